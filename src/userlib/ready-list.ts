// The answer to `Ask.ready`, for every server of streams: which of the asked handles are ready, and who
// has to be told once one is. A server says what a handle is ready for, and calls `retry` whenever that
// may have changed. All state is plain data; with nobody waiting, `retry` costs a comparison.
import { askAgain } from "./client-states.ts";
import { Errno } from "./protocol/errno.ts";
import { Interest, readyRecordBytes } from "./protocol/stream.ts";
import type { Answer, Later, Message, ServiceHost } from "./service.ts";

/** A thread that asked, and waits for the answer or watches for a signal. */
interface Watch {
  readonly badge: number;
  /** Which of the client's threads asked: each waits for one thing at a time. */
  readonly thread: number;
  /** What an answer is owed through; 0 for a watch. */
  readonly ticket: number;
  readonly bits: number;
  readonly records: Uint8Array;
}

/** Of a handle that would have to wait. */
export const notReady = -1;

/** Of a handle that would not: bytes that can be moved, and whether the other end is gone. */
export function readiness(bytes: number, isHangup: boolean): number {
  return bytes * 2 + (isHangup ? 1 : 0);
}

/** What a client's handle is ready for now: `notReady`, or `readiness(...)`. */
export type ReadinessOf = (badge: number, handle: number, interest: number) => number;

export class ReadyList {
  readonly #readinessOf: ReadinessOf;
  #watches: Watch[] = [];

  constructor(readinessOf: ReadinessOf) {
    this.#readinessOf = readinessOf;
  }

  /** Threads that wait or watch now. */
  get count(): number {
    return this.#watches.length;
  }

  /** Answers a message labelled `Ask.ready`. */
  ask(message: Message, host: ServiceHost): Answer | Later {
    const { badge, words, bytes } = message;
    const [thread, bits] = [words[0]!, words[1]!];
    if (words[2] === 0) this.#forgetThread(badge, thread, host);
    const answer = this.#answer(badge, bytes, host);
    if (answer !== undefined) return answer;
    const nothing: Answer = { label: Errno.success, words: [0] };
    if (bytes.length < readyRecordBytes) return nothing;
    const later = bits === 0 ? host.defer() : undefined;
    // The inbox is the server's only until the handler returns.
    const records = bytes.slice();
    this.#watches.push({ badge, thread, ticket: later?.later ?? 0, bits, records });
    return later ?? nothing;
  }

  /** Something may have become ready: answers and signals those who waited for it. */
  retry(host: ServiceHost): void {
    if (this.#watches.length === 0) return;
    this.#watches = this.#watches.filter((watch) => !this.#settle(watch, host));
  }

  /** A client is gone. Answering it all the same releases the tickets. */
  forget(badge: number, host: ServiceHost): void {
    for (const watch of this.#watches.filter((one) => one.badge === badge)) {
      if (watch.ticket !== 0) host.answer(watch.ticket, { label: Errno.intr });
    }
    this.#watches = this.#watches.filter((watch) => watch.badge !== badge);
  }

  /**
   * A client is to be captured: whoever waits for an answer asks again. Who watches for a signal is to be
   * signalled by who captures it.
   */
  letGo(badge: number, host: ServiceHost): void {
    for (const { ticket } of this.#watches.filter((one) => one.badge === badge)) {
      if (ticket !== 0) host.answer(ticket, { label: askAgain });
    }
    this.#watches = this.#watches.filter((one) => one.badge !== badge);
  }

  /** Whether a watch is over, its thread having been told. */
  #settle({ badge, ticket, bits, records }: Watch, host: ServiceHost): boolean {
    const answer = this.#answer(badge, records, host);
    if (answer === undefined) return false;
    if (ticket === 0) host.signal(badge, bits);
    else host.answer(ticket, answer);
    return true;
  }

  /** A thread that asks again no longer waits for what it asked before: it was timed out. */
  #forgetThread(badge: number, thread: number, host: ServiceHost): void {
    if (this.#watches.length === 0) return;
    const isOld = (one: Watch): boolean => one.badge === badge && one.thread === thread;
    const old = this.#watches.filter(isOld);
    if (old.length === 0) return;
    this.#watches = this.#watches.filter((one) => !isOld(one));
    for (const { ticket } of old) if (ticket !== 0) host.answer(ticket, { label: Errno.intr });
  }

  /** The records that are ready, if any is. */
  #answer(badge: number, records: Uint8Array, host: ServiceHost): Answer | undefined {
    const asked = new DataView(records.buffer, records.byteOffset, records.byteLength);
    const out = new DataView(host.outbox.buffer, host.outbox.byteOffset, host.outbox.byteLength);
    let count = 0;
    for (let at = 0; at + readyRecordBytes <= records.length; at += readyRecordBytes) {
      const interest = asked.getInt32(at + 4, true);
      const ready = this.#readinessOf(badge, asked.getInt32(at, true), interest);
      if (ready === notReady) continue;
      const to = count++ * readyRecordBytes;
      out.setInt32(to, interest | ((ready & 1) === 0 ? 0 : Interest.hangup), true);
      out.setInt32(to + 4, Math.min(Math.floor(ready / 2), 0x7fff_ffff), true);
      out.setInt32(to + 8, asked.getInt32(at + 8, true), true);
    }
    if (count === 0) return undefined;
    const bytes = host.outbox.subarray(0, count * readyRecordBytes);
    return { label: Errno.success, words: [count], bytes };
  }
}
