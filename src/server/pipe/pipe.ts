// One pipe: a ring of bytes, the readers that wait for some and the writers that wait for room. At most
// `pipeBufferBytes` are written whole or not at all, never mixed with another's; more may be taken in
// parts. Whoever came first is served first. When the last writer is gone readers find the end, and
// when the last reader is gone writers are refused.
//
// A waiting writer's bytes are kept beside the ring, at most `waitingBytesMax` of each: a longer write
// is answered short, and is for the client to go on with.
import { askAgain, Errno } from "../../userlib/index.ts";
import type { Answer, Later, ServiceHost } from "../../userlib/index.ts";
import type { PipeState } from "./pipe-states.ts";
import { Ring } from "./ring.ts";

/** POSIX's PIPE_BUF on Linux: no write of so much is ever split. */
export const pipeBufferBytes = 4096;
export const capacityBytes = 65_536;
const waitingBytesMax = 65_536;

/**
 * Where the bytes of a read are put in the outbox. What comes before is used by answers that have to be
 * given to others on the way.
 */
const readOffset = 4096;

interface WaitingRead {
  readonly ticket: number;
  readonly badge: number;
  readonly bytesMax: number;
}

interface WaitingWrite {
  readonly ticket: number;
  readonly badge: number;
  /** What had been taken when it began to wait, and what had not. */
  readonly before: number;
  readonly bytes: Uint8Array;
  done: number;
}

const words = [0];
const counted: Answer = { label: Errno.success, words };

function countAnswer(count: number): Answer {
  words[0] = count;
  return counted;
}

export class Pipe {
  readonly number: number;
  readonly #ring: Ring;
  #reads: WaitingRead[] = [];
  #writes: WaitingWrite[] = [];
  /** Open handles of each end. */
  readers = 0;
  writers = 0;
  /** Bytes of the next write that a reader had already, in a life before: they are not read again. */
  taken = 0;
  /** A buffer for the next write that has to wait. */
  #spare: Uint8Array | undefined;

  constructor(number: number, capacity: number) {
    this.number = number;
    this.#ring = new Ring(capacity);
  }

  /** Bytes that a read would find. */
  get count(): number {
    return this.#ring.count;
  }

  /** Bytes that a write would be taken at once; 0 if it would have to wait. */
  get room(): number {
    const isOpen = this.#writes.length === 0 && this.#ring.room >= this.#atomicBytes;
    return isOpen ? this.#ring.room : 0;
  }

  /** Readers and writers that wait. */
  get waiting(): number {
    return this.#reads.length + this.#writes.length;
  }

  get #atomicBytes(): number {
    return Math.min(pipeBufferBytes, this.#ring.capacity);
  }

  exportState(): PipeState {
    return { number: this.number, capacity: this.#ring.capacity, bytes: this.#ring.copy() };
  }

  /** Fills a new pipe with the bytes that another had. */
  fill(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#ring.put(bytes);
  }

  write(badge: number, bytes: Uint8Array, mayWait: boolean, host: ServiceHost): Answer | Later {
    const known = Math.min(this.taken, bytes.length);
    this.taken -= known;
    if (this.readers === 0) return known > 0 ? countAnswer(known) : { label: Errno.pipe };
    if (this.#writes.length > 0) return this.#writeLater(badge, bytes, known, mayWait, host);
    const handed = known + this.#handOver(known === 0 ? bytes : bytes.subarray(known), host);
    const rest = handed === 0 ? bytes : bytes.subarray(handed);
    const isWhole = handed === 0 && bytes.length <= this.#atomicBytes;
    const fits = Math.min(rest.length, this.#ring.room);
    const put = isWhole && fits < rest.length ? 0 : fits;
    if (put > 0) this.#ring.put(put === rest.length ? rest : rest.subarray(0, put));
    const done = handed + put;
    if (done === bytes.length) return countAnswer(done);
    return this.#writeLater(badge, bytes, done, mayWait, host);
  }

  /** Bytes go straight from a writer's message to readers that wait. Answers how many went. */
  #handOver(bytes: Uint8Array, host: ServiceHost): number {
    let done = 0;
    while (done < bytes.length && this.#reads.length > 0) {
      const { ticket, bytesMax } = this.#reads.shift()!;
      const count = Math.min(bytes.length - done, bytesMax);
      words[0] = count;
      const part = bytes.subarray(done, done + count);
      if (host.answer(ticket, { label: Errno.success, words, bytes: part })) done += count;
    }
    return done;
  }

  #writeLater(
    badge: number,
    bytes: Uint8Array,
    before: number,
    mayWait: boolean,
    host: ServiceHost,
  ): Answer | Later {
    if (!mayWait) return before > 0 ? countAnswer(before) : { label: Errno.again };
    const later = host.defer();
    const rest = bytes.subarray(before, before + waitingBytesMax);
    const kept = (this.#spare ?? new Uint8Array(waitingBytesMax)).subarray(0, rest.length);
    this.#spare = undefined;
    kept.set(rest);
    this.#writes.push({ ticket: later.later, badge, before, bytes: kept, done: 0 });
    return later;
  }

  read(badge: number, bytesMax: number, mayWait: boolean, host: ServiceHost): Answer | Later {
    if (this.#ring.count > 0 || bytesMax === 0) return this.#readNow(bytesMax, host);
    if (this.writers === 0) return countAnswer(0);
    if (!mayWait) return { label: Errno.again };
    const later = host.defer();
    this.#reads.push({ ticket: later.later, badge, bytesMax });
    return later;
  }

  #readNow(bytesMax: number, host: ServiceHost): Answer {
    const count = Math.min(bytesMax, this.#ring.count);
    const bytes = host.outbox.subarray(readOffset, readOffset + count);
    this.#ring.take(bytes);
    this.#admit(host);
    words[0] = count;
    return { label: Errno.success, words, bytes };
  }

  /** Room was made: waiting writes go in, in their order. */
  #admit(host: ServiceHost): void {
    while (this.#writes.length > 0) {
      const first = this.#writes[0]!;
      const { before, bytes, done, ticket } = first;
      const isWhole = before === 0 && bytes.length <= this.#atomicBytes;
      const count = Math.min(this.#ring.room, bytes.length - done);
      if (count === 0 || (isWhole && count < bytes.length)) return;
      this.#ring.put(bytes.subarray(done, done + count));
      first.done += count;
      if (first.done < bytes.length) return;
      this.#writes.shift();
      this.#spare = new Uint8Array(bytes.buffer);
      host.answer(ticket, countAnswer(before + first.done));
    }
  }

  /** A handle of the reading end was closed. */
  closeReader(host: ServiceHost): void {
    if (--this.readers > 0) return;
    for (const { ticket, before, done } of this.#writes.splice(0)) {
      const moved = before + done;
      host.answer(ticket, moved > 0 ? countAnswer(moved) : { label: Errno.pipe });
    }
  }

  /** A handle of the writing end was closed. */
  closeWriter(host: ServiceHost): void {
    if (--this.writers > 0) return;
    for (const { ticket } of this.#reads.splice(0)) host.answer(ticket, countAnswer(0));
  }

  /**
   * A client is to be captured: its read, of which nothing has been done, is for it to ask again, and its
   * write is answered with what has been taken of it.
   */
  letGo(badge: number, host: ServiceHost): void {
    const isOwn = (one: WaitingRead | WaitingWrite): boolean => one.badge === badge;
    const reads = this.#reads.filter(isOwn);
    const writes = this.#writes.filter(isOwn);
    this.#reads = this.#reads.filter((one) => !isOwn(one));
    this.#writes = this.#writes.filter((one) => !isOwn(one));
    for (const { ticket } of reads) host.answer(ticket, { label: askAgain });
    for (const { ticket, before, done } of writes) {
      const moved = before + done;
      host.answer(ticket, moved > 0 ? countAnswer(moved) : { label: askAgain });
    }
    this.#admit(host);
  }

  /** A client is gone: what it waited for is not for it any more. Answering releases the tickets. */
  forget(badge: number, host: ServiceHost): void {
    const isGone = (one: WaitingRead | WaitingWrite): boolean => one.badge === badge;
    const gone = [...this.#reads.filter(isGone), ...this.#writes.filter(isGone)];
    this.#reads = this.#reads.filter((one) => !isGone(one));
    this.#writes = this.#writes.filter((one) => !isGone(one));
    for (const { ticket } of gone) host.answer(ticket, { label: Errno.intr });
    this.#admit(host);
  }
}
