// Lists of sockets that threads poll again and again, kept by the server from one poll to the next: a
// poll of a thousand connections of which one has something to say costs what that one costs.
//
// Of each list it is known which entries may be ready. All are in the beginning; an entry is again whenever
// something happens to its socket, and is no longer once it was looked at and found not ready. One that
// was found ready stays, since a poll tells of it until it has been dealt with.
import {
  type Answer,
  askAgain,
  Errno,
  Interest,
  type Later,
  type Message,
  notReady,
  readyRecordBytes,
  type ServiceHost,
} from "../../userlib/index.ts";
import type { Socket, Watcher } from "./socket.ts";

/** What a client's handle is, if it is anything. */
export type SocketOf = (badge: number, handle: number) => Socket | undefined;

/** What a socket that a client knows by a handle is ready for: `notReady`, or `readiness(...)`. */
export type Readiness = (socket: Socket | undefined, interest: number) => number;

interface Entry {
  readonly handle: number;
  readonly interest: number;
  /** What the client knows it by. */
  readonly number: number;
  readonly socket: Socket | undefined;
}

class WatchList implements Watcher {
  readonly badge: number;
  readonly entries: Entry[] = [];
  /** Entries that may be ready. */
  readonly doubtful = new Set<number>();
  /** Through which the thread that waits is owed an answer, or 0, and how many records it has room for. */
  ticket = 0;
  recordsMax = 0;

  constructor(badge: number) {
    this.badge = badge;
  }

  add(entry: Entry): void {
    const index = this.entries.push(entry) - 1;
    this.doubtful.add(index);
    entry.socket?.watchers.push({ watcher: this, index });
  }

  changed(index: number): void {
    this.doubtful.add(index);
  }

  /** Lets go of the sockets. */
  end(): void {
    for (const { socket } of this.entries) {
      if (socket !== undefined) socket.watchers = socket.watchers.filter((o) => o.watcher !== this);
    }
  }
}

export class WatchLists {
  readonly #socketOf: SocketOf;
  readonly #readinessOf: Readiness;
  /** By badge and thread. */
  readonly #lists = new Map<number, Map<number, WatchList>>();
  readonly #waiting = new Set<WatchList>();

  constructor(socketOf: SocketOf, readinessOf: Readiness) {
    this.#socketOf = socketOf;
    this.#readinessOf = readinessOf;
  }

  /** Threads that wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lists that are kept. */
  get count(): number {
    let count = 0;
    for (const lists of this.#lists.values()) count += lists.size;
    return count;
  }

  /** Answers a message labelled `Ask.watch`. */
  tell({ badge, words, bytes }: Message, host: ServiceHost): Answer {
    const [thread, isFirst] = [words[0]!, words[1] !== 0];
    let list = this.#lists.get(badge)?.get(thread);
    if (isFirst || list === undefined) {
      if (list !== undefined) this.#drop(list, thread, host);
      list = this.#keep(new WatchList(badge), thread);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + readyRecordBytes <= bytes.length; at += readyRecordBytes) {
      const handle = view.getInt32(at, true);
      const interest = view.getInt32(at + 4, true);
      const number = view.getInt32(at + 8, true);
      list.add({ handle, interest, number, socket: this.#socketOf(badge, handle) });
    }
    return { label: Errno.success, words: [list.entries.length] };
  }

  /** Answers a message labelled `Ask.watched`. */
  ask({ badge, words }: Message, host: ServiceHost): Answer | Later {
    const list = this.#lists.get(badge)?.get(words[0]!);
    if (list === undefined) return { label: Errno.srch };
    this.#release(list, Errno.intr, host);
    list.recordsMax = words[1]!;
    const answer = this.#answer(list, host);
    if (answer !== undefined) return answer;
    const later = host.defer();
    list.ticket = later.later;
    this.#waiting.add(list);
    return later;
  }

  /** Something has changed: answers those who waited for it. */
  retry(host: ServiceHost): void {
    for (const list of this.#waiting) {
      const answer = this.#answer(list, host);
      if (answer === undefined) continue;
      host.answer(list.ticket, answer);
      list.ticket = 0;
      this.#waiting.delete(list);
    }
  }

  /** A client is gone, with all its threads. */
  forget(badge: number, host: ServiceHost): void {
    for (const [thread, list] of this.#lists.get(badge) ?? []) this.#drop(list, thread, host);
  }

  /** A client is to be captured: whoever waits asks again. */
  letGo(badge: number, host: ServiceHost): void {
    for (const list of this.#lists.get(badge)?.values() ?? []) this.#release(list, askAgain, host);
  }

  #keep(list: WatchList, thread: number): WatchList {
    let lists = this.#lists.get(list.badge);
    if (lists === undefined) this.#lists.set(list.badge, (lists = new Map()));
    lists.set(thread, list);
    return list;
  }

  #drop(list: WatchList, thread: number, host: ServiceHost): void {
    this.#release(list, Errno.intr, host);
    list.end();
    const lists = this.#lists.get(list.badge);
    lists?.delete(thread);
    if (lists?.size === 0) this.#lists.delete(list.badge);
  }

  /** Ends the wait of a thread that has given it up, or is to. */
  #release(list: WatchList, label: number, host: ServiceHost): void {
    if (list.ticket === 0) return;
    host.answer(list.ticket, { label });
    list.ticket = 0;
    this.#waiting.delete(list);
  }

  /** The entries that are ready, as many as there is room for; those that were told come last next time. */
  #answer(list: WatchList, { outbox }: ServiceHost): Answer | undefined {
    const { doubtful, entries } = list;
    if (doubtful.size === 0) return undefined;
    const room = Math.min(list.recordsMax, Math.floor(outbox.length / readyRecordBytes));
    const out = new DataView(outbox.buffer, outbox.byteOffset, outbox.byteLength);
    const told: number[] = [];
    for (const index of doubtful) {
      if (told.length === room) break;
      const ready = this.#entryReadiness(list.badge, entries[index]!);
      if (ready === notReady) doubtful.delete(index);
      else writeRecord(out, told.push(index) - 1, entries[index]!, ready);
    }
    if (told.length === 0) return undefined;
    for (const index of told) {
      doubtful.delete(index);
      doubtful.add(index);
    }
    const bytes = outbox.subarray(0, told.length * readyRecordBytes);
    return { label: Errno.success, words: [told.length], bytes };
  }

  /** A handle that is no longer what it was when it was told of is as one that is gone. */
  #entryReadiness(badge: number, { handle, interest, socket }: Entry): number {
    const isSame = socket !== undefined && this.#socketOf(badge, handle) === socket;
    return this.#readinessOf(isSame ? socket : undefined, interest);
  }
}

function writeRecord(out: DataView, place: number, entry: Entry, ready: number): void {
  const at = place * readyRecordBytes;
  out.setInt32(at, entry.interest | ((ready & 1) === 0 ? 0 : Interest.hangup), true);
  out.setInt32(at + 4, Math.min(Math.floor(ready / 2), 0x7fff_ffff), true);
  out.setInt32(at + 8, entry.number, true);
}
