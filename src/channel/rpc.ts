// Calls over a link, both ways: a request and its one answer, known to each other by a number that the caller chose.
// Any number may be open at once, and answers come in any order. When the far side is gone every open call is settled
// with the reason.
//
//   request   word 0: the call's number; then what is asked
//   answer    word 0: the number; then what is answered
//   abandon   word 0: the number; nobody waits any more. Of high priority; the request is answered all the same
import type { Ending } from "../machine/line.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import type { Link, LinkHandler } from "./link.ts";
import { CallDeadlineError, PeerLostError } from "./link-error.ts";
import { OpenCalls, type Waiter } from "./open-calls.ts";

/** Kinds of messages that calls are made of. Others are left to whoever drives the link. */
export const CallKind = { request: 1, answer: 2, abandon: 3 } as const;

/** Bytes of a message that are the call's number. */
export const numberBytes = 4;

/** Who was rung has a line to read, if it was not rung for nothing. */
const looksAfterBlock = 8;

export type CallWaiter = Waiter<IncomingMessage>;

/** Serves requests. Each is to be answered once, now or later, by `Rpc.answer` or `beginAnswer` and `publishAnswer`. */
export interface CallServer {
  /** What is asked begins with the message's second word. */
  request(call: number, message: IncomingMessage): void;
  /** The caller no longer waits for the answer. */
  abandoned(call: number): void;
  /** The caller is gone, with all its calls. */
  ended(ending: Ending): void;
}

export class Rpc implements LinkHandler {
  readonly link: Link;
  readonly #calls = new OpenCalls<IncomingMessage>();
  readonly #server: CallServer | undefined;
  #room = new Uint8Array(1024);
  #roomWords = new Int32Array(this.#room.buffer);

  /** @param server Who serves the far side's requests. Without one there must not be any. */
  constructor(link: Link, server?: CallServer) {
    this.link = link;
    this.#server = server;
    link.handle(this);
  }

  /** Calls of this side that somebody waits for. */
  get openCount(): number {
    return this.#calls.count;
  }

  /** When `expire` is to be called at the latest, in terms of the clock of deadlines. */
  get nextDeadlineNs(): number {
    return this.#calls.earliestNs;
  }

  isOpen(call: number): boolean {
    return this.#calls.isWaiting(call);
  }

  // ---- calling ----

  /**
   * Where what is asked can be written, for a call of one line: index in `link.words`. -1 if there is no room now.
   * To be followed by `call`.
   */
  begin(): number {
    const at = this.link.begin();
    return at < 0 ? -1 : at + 1;
  }

  /**
   * Makes the call that `begin` gave room for.
   *
   * @param count Bytes of what is asked, 0 to 52.
   * @param deadlineNs When it fails with a `CallDeadlineError`, by the clock that `expire` is told.
   * @returns Its number.
   */
  call(at: number, count: number, waiter: CallWaiter, deadlineNs = Infinity): number {
    const call = this.#calls.open(waiter, deadlineNs);
    this.link.words[at - 1] = call;
    this.link.publish(at - 1, CallKind.request, numberBytes + count);
    return call;
  }

  /** Makes a call of any length, now or when there is room. Fails at once if the far side is gone. */
  callBytes(asked: Uint8Array, waiter: CallWaiter, deadlineNs = Infinity): number {
    const { ending } = this.link;
    const call = this.#calls.open(waiter, deadlineNs);
    if (ending !== undefined) this.#calls.giveUp(call, new PeerLostError(ending));
    else this.#send(CallKind.request, call, asked);
    return call;
  }

  /** Waits for a call no longer: it fails with the error given, and the server is told. */
  abandon(call: number, error: Error): void {
    if (this.#calls.giveUp(call, error)) this.#tellAbandoned(call);
  }

  /** Fails the calls whose deadline has passed. */
  expire(nowNs: number): void {
    const late = (): Error => new CallDeadlineError("the answer did not come in time");
    for (const call of this.#calls.expire(nowNs, late)) this.#tellAbandoned(call);
  }

  /**
   * Looks for the answer of a call so many times, without letting the event loop have its turn. Gives up sooner if
   * something else has come that is to be handled first.
   *
   * @returns Whether the call is settled.
   */
  spin(call: number, looks: number): boolean {
    const { link } = this;
    if (link.isHandling) return false;
    for (let look = 0; look < looks; look++) {
      const kind = link.nextKind;
      if (kind < 0) continue;
      if (kind !== CallKind.answer && kind !== 0) return false;
      link.turn(1);
      if (!this.#calls.isWaiting(call)) return true;
    }
    return false;
  }

  /**
   * Blocks this thread until something comes, but not for long, and settles the call if that is its answer. For a far
   * side that had to be woken: it may need this processor. Whoever drives the link must be awake, since the bell is
   * not set afterwards.
   *
   * @returns Whether the call is settled.
   */
  block(call: number, timeoutMs: number): boolean {
    const { link } = this;
    if (link.isHandling || link.carrier.wait === undefined) return false;
    if (link.fallAsleep()) {
      link.carrier.wait(timeoutMs);
      link.rise();
    }
    return this.spin(call, looksAfterBlock);
  }

  // ---- serving ----

  /** Where an answer of one line can be written; as `begin`. To be followed by `publishAnswer`. */
  beginAnswer(): number {
    return this.begin();
  }

  /** @param count Bytes of the answer, 0 to 52. */
  publishAnswer(call: number, at: number, count: number): void {
    this.link.words[at - 1] = call;
    this.link.publish(at - 1, CallKind.answer, numberBytes + count);
  }

  /** Answers a request, with any length, now or when there is room. */
  answer(call: number, answered: Uint8Array): void {
    this.#send(CallKind.answer, call, answered);
  }

  // ---- what the link tells ----

  message(message: IncomingMessage): void {
    const call = message.words[message.at];
    switch (message.kind) {
      case CallKind.request:
        this.#server?.request(call, message);
        return;
      case CallKind.answer:
        this.#calls.close(call)?.answered(call, message);
        return;
      case CallKind.abandon:
        this.#server?.abandoned(call);
        return;
    }
  }

  ended(ending: Ending): void {
    this.#calls.failAll(new PeerLostError(ending));
    this.#server?.ended(ending);
  }

  #send(kind: number, call: number, content: Uint8Array): void {
    const length = numberBytes + content.length;
    if (length > this.#room.length) {
      this.#room = new Uint8Array(2 ** Math.ceil(Math.log2(length)));
      this.#roomWords = new Int32Array(this.#room.buffer);
    }
    this.#roomWords[0] = call;
    this.#room.set(content, numberBytes);
    this.link.send(kind, this.#room.subarray(0, length));
  }

  #tellAbandoned(call: number): void {
    this.link.send(CallKind.abandon, new Uint8Array(Int32Array.of(call).buffer), true);
  }
}
