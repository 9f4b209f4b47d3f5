// The client's end of a session: numbers its lines, keeps those that are not acknowledged, and finds the
// holder again, or the next one, when the connection is lost.
import type { Socket } from "node:net";
import type { NamePlace } from "../../server/session/index.ts";
import { type AttachFrame, attachVersion, type Welcome } from "./attach-frame.ts";
import { attachPathOf } from "./command-holder.ts";
import type { CommandManner, Protocol } from "./command-manner.ts";
import { SocketLink } from "./socket-link.ts";

export interface AttachClientOptions {
  readonly place: NamePlace;
  readonly manner: CommandManner | undefined;
  readonly protocol: Protocol;
  /** For how long it is tried to reach a holder. */
  readonly timeoutMs: number;
  /** A line for the client, each once and in order; `done` when it has it. */
  readonly onLine: (line: string, done: () => void) => void;
  /** The server has ended. */
  readonly onOver: (code: number, reason: string) => void;
  /** It cannot be gone on with. */
  readonly onFailure: (reason: string) => void;
  /** There is nobody: before it is tried again. A text says why that is of no use. */
  readonly onNobody: () => string | undefined;
  /** More, or less again, waits than should. */
  readonly onFull: (isFull: boolean) => void;
}

const firstPauseMs = 5;
const pauseMsMax = 250;
/** A holder that takes a connection and then says nothing is not there. */
const welcomeMs = 5000;
const waitingBytesMax = 8 * 1024 * 1024;

export class AttachClient {
  readonly #options: AttachClientOptions;
  #session: string | undefined;
  #epoch = 0;
  #link: SocketLink | undefined;
  #isWelcome = false;
  #isOver = false;
  #hasEnded = false;
  /** The last line from the server that was taken, and the last that the client has. */
  #taken = 0;
  #lastLine = 0;
  #waiting: { readonly number: number; readonly line: string }[] = [];
  #waitingBytes = 0;
  #lostAtMs = performance.now();
  #attempts = 0;

  constructor(options: AttachClientOptions) {
    this.#options = options;
    this.#connect();
  }

  send(line: string): void {
    const number = ++this.#lastLine;
    this.#waiting.push({ number, line });
    this.#waitingBytes += line.length;
    if (this.#isWelcome) this.#link!.send({ kind: "line", number, line });
    if (this.#waitingBytes > waitingBytesMax) this.#options.onFull(true);
  }

  /** There will be no more lines; what is in work is still answered. */
  end(): void {
    this.#hasEnded = true;
    if (this.#isWelcome) this.#link!.send({ kind: "end" });
  }

  /** Gives the session up. */
  close(): void {
    this.#isOver = true;
    if (this.#isWelcome) this.#link!.send({ kind: "bye" });
    this.#link?.close();
  }

  #connect(): void {
    const { connect } = process.getBuiltinModule("node:net");
    const socket: Socket = connect(attachPathOf(this.#options.place));
    const link = new SocketLink(socket, {
      onFrame: (frame) => this.#link === link && this.#heard(link, frame),
      onClose: () => this.#link === link && this.#lost(),
    });
    this.#link = link;
    setTimeout(() => {
      if (this.#link === link && !this.#isWelcome) link.close();
    }, welcomeMs).unref();
    socket.on("connect", () => {
      const { manner, protocol, timeoutMs } = this.#options;
      const keepSeconds = Math.ceil(timeoutMs / 1000);
      const [session, heard] = [this.#session, this.#taken];
      const isNew = session === undefined;
      const given = isNew ? manner : undefined;
      link.send({
        kind: "hello",
        hello: { version: attachVersion, session, heard, keepSeconds, manner: given, protocol },
      });
    });
  }

  #lost(): void {
    if (this.#isOver) return;
    if (this.#isWelcome) {
      this.#isWelcome = false;
      this.#lostAtMs = performance.now();
      this.#attempts = 0;
    }
    const isLate = performance.now() - this.#lostAtMs > this.#options.timeoutMs;
    if (isLate)
      return this.#fail(`it could not be reached for ${this.#options.timeoutMs / 1000} s`);
    const useless = this.#options.onNobody();
    if (useless !== undefined) return this.#fail(useless);
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#attempts++, pauseMsMax);
    setTimeout(() => this.#isOver || this.#connect(), pauseMs);
  }

  #heard(link: SocketLink, frame: AttachFrame | undefined): void {
    switch (frame?.kind) {
      case "welcome":
        return this.#welcomed(link, frame.welcome);
      case "refused":
        return this.#fail(frame.reason);
      case "line":
        return this.#line(link, frame.number, frame.line);
      case "ack":
        return this.#acknowledged(frame.number);
      case "over":
        this.#isOver = true;
        link.send({ kind: "bye" });
        link.close();
        return this.#options.onOver(frame.code, frame.reason);
      case "hello":
      case "end":
      case "bye":
      case undefined:
        link.close();
    }
  }

  #welcomed(link: SocketLink, { session, epoch, heard }: Welcome): void {
    // A holder that was stopped, and is not the one any more, may wake up and answer.
    if (epoch < this.#epoch) return link.close();
    this.#epoch = epoch;
    this.#session = session;
    this.#isWelcome = true;
    this.#acknowledged(heard);
    for (const { number, line } of this.#waiting) link.send({ kind: "line", number, line });
    if (this.#hasEnded) link.send({ kind: "end" });
  }

  #line(link: SocketLink, number: number, line: string): void {
    if (number !== this.#taken + 1) return number > this.#taken ? link.close() : undefined;
    this.#taken = number;
    this.#options.onLine(line, () => {
      if (this.#isWelcome) this.#link!.send({ kind: "ack", number });
    });
  }

  #acknowledged(number: number): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!.number <= number) {
      this.#waitingBytes -= this.#waiting.shift()!.line.length;
    }
    if (this.#waitingBytes <= waitingBytesMax) this.#options.onFull(false);
  }

  #fail(reason: string): void {
    this.#isOver = true;
    this.#link?.close();
    this.#options.onFailure(reason);
  }
}
