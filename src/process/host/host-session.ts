// A session between a client and a child process that speaks JSON-RPC in lines: events in, records and
// lines out. It knows no clock and no process. Whoever runs it makes the records durable before anything
// that is said after them goes out, and starts a child when one is wanted.
//
// The client's requests are answered once each, in whichever life of the child; the child of a later life
// is told what it has to know (rebuild.ts), then what is still in work.
import { applyRecord, isOrphan } from "./apply-record.ts";
import { ChildLife } from "./child-life.ts";
import { fromChild } from "./from-child.ts";
import { idKey, lineOf, type Message, type Notification, parseLine } from "./message.ts";
import { isPoison, poisonText } from "./poison-request.ts";
import type { HostSink, NumberedLine, SessionMachine } from "./session-machine.ts";
import type { HostRecord, Pending, SessionState } from "./session-state.ts";
import { cancellation, cancelledIdOf, errorResponse, Method, progressOf } from "./tool-protocol.ts";
import { asAnswer, asProgress } from "./answer.ts";

export class HostSession implements SessionMachine {
  readonly state: SessionState;
  readonly #sink: HostSink;
  #life: ChildLife | undefined;
  #gaveUp: string | undefined;
  /** Lines that wait for a child, by their number. */
  #held: { readonly line: number; readonly text: string }[] = [];

  constructor(state: SessionState, sink: HostSink) {
    this.state = state;
    this.#sink = sink;
  }

  get heard(): number {
    return this.state.lastIn;
  }

  get unsent(): readonly NumberedLine[] {
    return this.state.unsent;
  }

  get openCount(): number {
    return this.state.inFlight.length;
  }

  get hasEnded(): boolean {
    return this.state.hasEnded;
  }

  get broken(): string | undefined {
    return this.#gaveUp;
  }

  snapshot(): HostRecord {
    return { kind: "state", state: this.state };
  }

  /** Whether anybody waits for a child: the client for an answer, or to go on. */
  get needsChild(): boolean {
    return !this.state.hasEnded || this.state.inFlight.length > 0;
  }

  fromClient(number: number, line: string): boolean {
    if (number <= this.state.lastIn) return true;
    if (number !== this.state.lastIn + 1) return false;
    const before = this.state.inFlight;
    this.#commit({ kind: "in", number, line });
    if (this.#gaveUp !== undefined) this.#refuseAll(this.#gaveUp);
    else this.#passOn(number, line, before);
    return true;
  }

  clientEnded(): void {
    if (this.state.hasEnded) return;
    this.#commit({ kind: "end" });
    this.#closeIfDone();
  }

  acknowledged(number: number): void {
    this.state.unsent = this.state.unsent.filter((one) => one.number > number);
  }

  childStarted(): void {
    this.#commit({ kind: "life" });
    this.#life = new ChildLife(this.state);
    this.#advance();
  }

  fromChild(line: string): void {
    const life = this.#life;
    if (life === undefined) return;
    const parsed = parseLine(line);
    if (parsed === undefined) {
      this.#sink.note(`it said what is no message: ${line.slice(0, 200)}`);
      return;
    }
    const { texts, replies, note } = fromChild(this.state, life, parsed.messages);
    if (note !== undefined) this.#sink.note(note);
    const isSame = texts.length === parsed.messages.length && !life.hasChanged;
    const out = isSame ? line : lineOf(texts, parsed.isBatch);
    if (out !== undefined) this.#say(out);
    for (const reply of replies) this.#sink.toChild(reply);
    this.#cancelOrphans();
    if (life.isLive) this.#deliver();
    else this.#advance();
  }

  childDied(isOwn: boolean): number {
    const life = this.#life;
    if (life === undefined) return 0;
    this.#life = undefined;
    const serials = this.state.inFlight
      .map(({ serial }) => serial)
      .filter((serial) => life.delivered.has(serial));
    if (serials.length > 0) this.#commit({ kind: "died", serials, isOwn });
    for (const pending of this.state.inFlight.filter(isPoison)) {
      this.#say(errorResponse(pending.id, poisonText(pending)));
      this.#sink.note(`${pending.method} is set aside: the server died of it time and again`);
    }
    this.#cancelOrphans();
    return serials.length;
  }

  giveUp(reason: string): void {
    this.#gaveUp = reason;
    this.#refuseAll(reason);
  }

  #refuseAll(reason: string): void {
    for (const { id } of this.state.inFlight) this.#say(errorResponse(id, reason));
  }

  #commit(record: HostRecord): void {
    this.#sink.record(record);
    applyRecord(this.state, record);
  }

  #say(line: string): void {
    const number = this.state.lastOut + 1;
    this.#commit({ kind: "out", number, line });
    this.#sink.toClient(number, line);
  }

  #passOn(number: number, line: string, before: readonly Pending[]): void {
    const parsed = parseLine(line);
    const life = this.#life;
    if (parsed === undefined) return this.#sendOrHold(number, line);
    const texts = parsed.messages
      .filter(({ kind }) => kind !== "request")
      .map((message) => this.#translate(message, number, before))
      .filter((text) => text !== undefined);
    const text = lineOf(texts, parsed.isBatch);
    if (text !== undefined) this.#sink.toChild(text);
    if (life?.isLive === true) this.#deliver();
  }

  /** What the child is told of a message that is no request; undefined for nothing, now at least. */
  #translate(message: Message, number: number, before: readonly Pending[]): string | undefined {
    const life = this.#life;
    if (message.kind === "response") {
      return message.id === undefined ? undefined : asAnswer(life, message.id, message.text);
    }
    if (message.kind === "request") return undefined;
    switch (message.method) {
      case Method.initialized:
        // A new child will be told it as a part of the handshake.
        if (life === undefined && this.state.initialize !== undefined) return undefined;
        break;
      case Method.cancelled:
        return this.#cancel(message, before);
      case Method.progress: {
        const progress = progressOf(message.params);
        if (progress !== undefined) return asProgress(this.state, life, progress.token, message);
      }
    }
    if (life?.isLive === true) return message.text;
    this.#held.push({ line: number, text: message.text });
    return undefined;
  }

  /** A request that the child works on is cancelled; it need not hear of others. */
  #cancel({ params, text }: Notification, before: readonly Pending[]): string | undefined {
    const id = cancelledIdOf(params);
    const given = before.find((one) => id !== undefined && idKey(one.id) === idKey(id));
    if (given === undefined || !this.#wasSent(given)) return undefined;
    if (given.token !== undefined) this.#life!.muted.add(idKey(given.token));
    return text;
  }

  #wasSent({ serial }: Pending): boolean {
    return this.#life?.delivered.has(serial) === true;
  }

  #sendOrHold(number: number, text: string): void {
    if (this.#life?.isLive === true) this.#sink.toChild(text);
    else this.#held.push({ line: number, text });
  }

  /** The next steps of a rebuild, as far as they go without an answer. */
  #advance(): void {
    const life = this.#life!;
    for (let text = life.nextStep(); text !== undefined; text = life.nextStep()) {
      this.#sink.toChild(text);
    }
    if (life.isLive) this.#deliver();
  }

  /** Tells the child all that has waited for it, in the order in which it came. */
  #deliver(): void {
    const life = this.#life!;
    const waiting = [...this.#held, ...life.takeWaiting(this.state)];
    this.#held = [];
    for (const { text } of waiting.toSorted((a, b) => a.line - b.line)) this.#sink.toChild(text);
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    const life = this.#life;
    if (life === undefined || !life.isLive || life.isClosed || !this.state.hasEnded) return;
    if (this.state.inFlight.some((one) => !this.#wasSent(one))) return;
    life.isClosed = true;
    this.#sink.closeChild();
  }

  /** Takes questions back that nobody asks any more: what asked them is done, or gone. */
  #cancelOrphans(): void {
    for (const question of this.state.questions) {
      const { id, answer } = question;
      if (answer !== undefined || !isOrphan(this.state, question)) continue;
      if (this.#life?.hasAsked(id) === true) continue;
      this.#say(cancellation(id, "the request that asked this is done"));
    }
  }
}
