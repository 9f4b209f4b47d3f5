// One session of a holder: the state machine, its log, the child that lives now, and the connection of its
// client. Nothing is said to either side before what led to it is stable in the log.
import type { SessionMachine } from "../../process/index.ts";
import type { AttachFrame } from "./attach-frame.ts";
import { type ChildEnd, CommandChild, endLeftovers } from "./command-child.ts";
import { codeOfEnd, gaveUpCode, howChildEnded, isOwnDoing, whyUseless } from "./child-end.ts";
import type { CommandLog } from "./command-log.ts";
import type { CommandManner } from "./command-manner.ts";
import { machineOf, type Wire, wireOf } from "./session-protocol.ts";

/**
 * Decides what follows a child's end: a pause before the next one, or why there will be none. `answered`: the
 * requests that it has come to in its life.
 */
export interface ChildPolicy {
  decide(end: { readonly isOwn: boolean; readonly answered: number }): number | string;
}

/** The connection of a session's client. */
export interface AttachLink {
  send(frame: AttachFrame): void;
  setReading(isReading: boolean): void;
  close(): void;
}

export interface CommandSessionOptions {
  readonly id: string;
  readonly manner: CommandManner;
  readonly log: CommandLog;
  readonly policy: ChildPolicy;
  readonly stayCurrent: () => void;
  readonly say: (text: string) => void;
}

/** Bytes on their way to the client; beyond that the child is not read. */
const unreadBytesMax = 8 * 1024 * 1024;

export class CommandSession {
  readonly id: string;
  keepMs = 0;
  readonly #options: CommandSessionOptions;
  readonly #session: SessionMachine;
  readonly #wire: Wire;
  #link: AttachLink | undefined;
  #child: CommandChild | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unreadBytes = 0;
  #answered = 0;
  #total = 0;
  #over: { readonly code: number; readonly reason: string } | undefined;
  #isClosed = false;

  constructor(options: CommandSessionOptions) {
    this.#options = options;
    this.id = options.id;
    this.#wire = wireOf(options.manner);
    this.#session = machineOf(options.manner, options.log.records(), {
      record: (record) => this.#options.log.append(record),
      toChild: (line) => this.#forChild((child) => this.#tell(child, line)),
      toClient: (number, line) => this.#sendLine(number, line),
      closeChild: () => this.#forChild((child) => child.close()),
      note: (text) => this.#options.say(`${this.#name}: ${text}`),
    });
  }

  /** Requests that wait, and requests that were answered in this holder's life. */
  get counts(): { readonly open: number; readonly answered: number } {
    return { open: this.#session.openCount, answered: this.#total };
  }

  /** The last line of the client's that is known. */
  get heard(): number {
    return this.#session.heard;
  }

  get #name(): string {
    return this.#options.manner.file;
  }

  /** The client is there, or there again; the connection that it had before is over. */
  attach(link: AttachLink, heard: number, welcome: AttachFrame): void {
    this.#link?.close();
    this.#link = link;
    this.acknowledged(heard);
    this.#later(() => this.#link === link && link.send(welcome));
    this.#unreadBytes = 0;
    for (const { number, line } of this.#session.unsent) this.#sendLine(number, line);
    const over = this.#over;
    if (over !== undefined) this.#later(() => link.send({ kind: "over", ...over }));
    else if (this.#child === undefined && this.#timer === undefined) this.#start();
  }

  detach(link: AttachLink): boolean {
    if (this.#link !== link) return false;
    this.#link = undefined;
    return true;
  }

  /** False: a line is missing, so the connection is no good. */
  fromClient(number: number, line: string): boolean {
    const link = this.#link;
    if (!this.#session.fromClient(number, this.#wire.decode(line))) return false;
    this.#later(() => link?.send({ kind: "ack", number }));
    this.#options.log.cutTo(() => this.#session.snapshot());
    return true;
  }

  acknowledged(number: number): void {
    for (const { number: at, line } of this.#session.unsent) {
      if (at <= number) this.#unreadBytes -= line.length;
    }
    this.#session.acknowledged(number);
    if (this.#unreadBytes < unreadBytesMax) this.#child?.setReading(true);
  }

  clientEnded(): void {
    this.#session.clientEnded();
  }

  /** The log stays. `isOver`: so that the child may take its time to end. */
  close(isOver: boolean): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (isOver) this.#child?.end();
    else this.#child?.kill();
    this.#link?.close();
    this.#options.log.close();
  }

  #later(act: () => void): void {
    this.#options.log.whenStable(() => {
      if (!this.#isClosed) act();
    });
  }

  /** For the child that lives now: the next one is told by the session what it has to know. */
  #forChild(act: (child: CommandChild) => void): void {
    const child = this.#child;
    if (child === undefined) return;
    this.#later(() => {
      if (this.#child === child) act(child);
    });
  }

  #tell(child: CommandChild, line: string): void {
    child.tell(line);
    if (child.isFull) this.#link?.setReading(false);
  }

  #sendLine(number: number, line: string): void {
    const link = this.#link;
    this.#unreadBytes += line.length;
    if (this.#unreadBytes > unreadBytesMax) this.#child?.setReading(false);
    this.#later(() => {
      if (this.#link === link) link?.send({ kind: "line", number, line: this.#wire.encode(line) });
    });
  }

  #start(): void {
    this.#timer = undefined;
    this.#options.stayCurrent();
    endLeftovers(this.id);
    this.#answered = 0;
    const { manner } = this.#options;
    const child = new CommandChild({
      session: this.id,
      manner,
      onLine: (line) => this.#fromChild(child, line),
      onEnd: (end) => this.#childEnded(child, end),
      onDrain: () => this.#link?.setReading(true),
    });
    this.#child = child;
    this.#session.childStarted();
  }

  #fromChild(child: CommandChild, line: string): void {
    if (this.#child !== child || this.#isClosed) return;
    this.#options.stayCurrent();
    const open = this.#session.openCount;
    this.#session.fromChild(line);
    if (this.#session.broken !== undefined) return child.kill();
    const answered = Math.max(0, open - this.#session.openCount);
    this.#answered += answered;
    this.#total += answered;
    this.#options.log.cutTo(() => this.#session.snapshot());
  }

  #childEnded(child: CommandChild, end: ChildEnd): void {
    if (this.#child !== child || this.#isClosed) return;
    this.#child = undefined;
    this.#link?.setReading(true);
    const isOwn = isOwnDoing(end);
    if (isOwn && this.#isProper(end)) return this.#finish(codeOfEnd(end), "");
    // How often it may die at a request is the session's matter: that is none for the policy.
    this.#answered += this.#session.childDied(isOwn);
    if (this.#session.broken !== undefined) return this.#break(this.#session.broken);
    if (!this.#session.needsChild) return this.#finish(codeOfEnd(end), "");
    this.#decide(end, isOwn);
  }

  /** It was told that there is nothing more, or knows that by itself, and ended as it should. */
  #isProper({ code, error }: ChildEnd): boolean {
    const { broken, hasEnded, openCount } = this.#session;
    if (error !== undefined || broken !== undefined) return false;
    if (this.#options.manner.protocol === "bytes") return true;
    return hasEnded && (code === 0 || openCount === 0);
  }

  #break(why: string): void {
    this.#options.say(`${this.#name}: ${why}`);
    this.#finish(gaveUpCode, why);
  }

  #decide(end: ChildEnd, isOwn: boolean): void {
    const how = `${this.#name} ${howChildEnded(end)}`;
    const next =
      end.error === undefined
        ? this.#options.policy.decide({ isOwn, answered: this.#answered })
        : whyUseless(end.error);
    if (typeof next === "string") {
      this.#options.say(`${how}; given up: ${next}`);
      this.#session.giveUp(`shoal: ${how}, and is not started again: ${next}`);
      return this.#finish(codeOfEnd(end) || gaveUpCode, `${how}: ${next}`);
    }
    const when = next === 0 ? "now" : `in ${next / 1000} s`;
    this.#options.say(`${how}; starting it again ${when}`);
    this.#timer = setTimeout(() => this.#start(), next);
  }

  #finish(code: number, reason: string): void {
    const over = { code, reason };
    this.#over = over;
    const link = this.#link;
    this.#later(() => link?.send({ kind: "over", ...over }));
  }
}
