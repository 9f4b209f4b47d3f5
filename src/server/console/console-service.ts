// The console server: handles 0, 1 and 2 are the standard streams of the command that was started. A
// write is answered once the host has taken all of it, so that a program that writes faster than the
// host reads is held back; writes to a stream are taken in the order in which they were asked, and so
// are reads. What has to wait is kept in queues of plain data, tried again on every signal.
import { joinBytes } from "../../base/index.ts";
import {
  Ask,
  askAgain,
  type ClientStates,
  Errno,
  FdFlag,
  filestatBytes,
  FilestatOffset,
  Filetype,
  Interest,
  notReady,
  readiness,
  ReadyList,
} from "../../userlib/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { type ConsoleDevice, type StreamKind, wouldBlock } from "./console-device.ts";

interface WaitingRead {
  readonly ticket: number;
  readonly badge: number;
  readonly bytesMax: number;
}

interface WaitingWrite {
  readonly ticket: number;
  readonly badge: number;
  readonly bytes: Uint8Array;
  done: number;
}

const streamCount = 3;

/** The type that a stream's descriptor reports. */
export function filetypeOfStream(kind: StreamKind): number {
  const isDevice = kind === "terminal" || kind === "character";
  return isDevice ? Filetype.characterDevice : Filetype.unknown;
}

export class ConsoleService implements Service {
  readonly name = "console";
  readonly #device: ConsoleDevice;
  readonly #reads: WaitingRead[] = [];
  readonly #writes: WaitingWrite[][] = [[], [], []];
  readonly #polls = new ReadyList((_, stream, interest) => this.#readiness(stream, interest));
  /** Input that was read for somebody who had gone; the next reader gets it. */
  #unread: Uint8Array | undefined;
  /** Why the last write to the device ended early: `wouldBlock`, a negative errno, or 0. */
  #refusal = 0;
  readonly #written = { label: 0, words: [0, 0, 0] };

  constructor(device: ConsoleDevice) {
    this.#device = device;
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    if (message.label === Ask.ready) return this.#polls.ask(message, host);
    const stream = message.words[0];
    if (stream < 0 || stream >= streamCount) return { label: Errno.badf };
    switch (message.label) {
      case Ask.write:
        return this.#write(stream, message, host);
      case Ask.read:
        return this.#read(stream, message, host);
      case Ask.stat:
        return this.#stat(stream, host);
      case Ask.close:
        return { label: Errno.success };
      case Ask.sync:
      case Ask.setTimes:
        return { label: Errno.inval };
      default:
        return { label: Errno.spipe };
    }
  }

  onSignal(_bits: number, host: ServiceHost): void {
    for (let stream = 0; stream < streamCount; stream++) this.#retryWrites(stream, host);
    this.#retryReads(host);
    this.#polls.retry(host);
  }

  /** What is open at a console is the same for everybody, and nothing of it a client's own. */
  readonly states: ClientStates = {
    exportClients: () => null,
    importClients: () => undefined,
    letGo: (badge, host) => this.#letGo(badge, host),
  };

  /** Input that was taken from the host and read by nobody: it is kept by who calls, from now on. */
  takeUnread(): Uint8Array {
    const parts = [this.#unread ?? new Uint8Array(0)];
    this.#unread = undefined;
    const more = this.#device.takeInput?.();
    if (more !== undefined) parts.push(more);
    return joinBytes(parts);
  }

  /** Input that comes before all that the host has. */
  giveUnread(bytes: Uint8Array): void {
    this.#putBack(bytes);
  }

  #letGo(badge: number, host: ServiceHost): void {
    this.#polls.letGo(badge, host);
    for (const { ticket } of taken(this.#reads, badge)) host.answer(ticket, { label: askAgain });
    for (const queue of this.#writes) {
      for (const { ticket, done } of taken(queue, badge)) {
        host.answer(ticket, done > 0 ? this.#wrote(done) : { label: askAgain });
      }
    }
  }

  /** Answering those who are gone releases their tickets. */
  onClientGone(badge: number, host: ServiceHost): void {
    this.#polls.forget(badge, host);
    const gone = [taken(this.#reads, badge), ...this.#writes.map((queue) => taken(queue, badge))];
    for (const { ticket } of gone.flat()) host.answer(ticket, { label: Errno.intr });
  }

  #write(stream: number, message: Message, host: ServiceHost): Answer | Later {
    const { bytes } = message;
    this.#refusal = wouldBlock;
    const done = this.#writes[stream].length > 0 ? 0 : this.#writeSome(stream, bytes, 0);
    if (done === bytes.length) return this.#wrote(done);
    const mayWait = (message.words[3] & FdFlag.nonblock) === 0;
    if (this.#refusal !== wouldBlock || !mayWait) {
      return done > 0 ? this.#wrote(done) : { label: -this.#refusal };
    }
    const later = host.defer();
    // The inbox is ours only until the handler returns.
    const rest = { ticket: later.later, badge: message.badge, bytes: bytes.slice(), done };
    this.#writes[stream].push(rest);
    return later;
  }

  #wrote(count: number): Answer {
    this.#written.words[0] = count;
    return this.#written;
  }

  /** Writes until all is taken or the device refuses. Answers how far it came, and sets `#refusal`. */
  #writeSome(stream: number, bytes: Uint8Array, from: number): number {
    let done = from;
    while (done < bytes.length) {
      const taken = this.#device.write(stream, done === 0 ? bytes : bytes.subarray(done));
      if (taken <= 0) {
        this.#refusal = taken === 0 ? wouldBlock : taken;
        return done;
      }
      done += taken;
    }
    this.#refusal = 0;
    return done;
  }

  #retryWrites(stream: number, host: ServiceHost): void {
    const queue = this.#writes[stream];
    while (queue.length > 0) {
      const first = queue[0];
      first.done = this.#writeSome(stream, first.bytes, first.done);
      if (this.#refusal === wouldBlock) return;
      queue.shift();
      const isError = this.#refusal !== 0 && first.done === 0;
      host.answer(first.ticket, isError ? { label: -this.#refusal } : this.#wrote(first.done));
    }
  }

  #read(stream: number, message: Message, host: ServiceHost): Answer | Later {
    // A terminal may be read through any of its streams: there is one input.
    if (stream !== 0 && this.#device.streams[stream] !== "terminal") return { label: Errno.badf };
    const bytesMax = Math.min(message.words[3] >>> 0, host.outbox.length);
    const answer = this.#reads.length > 0 ? undefined : this.#readSome(bytesMax, host);
    if (answer !== undefined) return answer;
    if ((message.words[4] & FdFlag.nonblock) !== 0) return { label: Errno.again };
    const later = host.defer();
    this.#reads.push({ ticket: later.later, badge: message.badge, bytesMax });
    return later;
  }

  #readSome(bytesMax: number, host: ServiceHost): Answer | undefined {
    const into = host.outbox.subarray(0, bytesMax);
    const count = this.#unread === undefined ? this.#device.read(0, into) : this.#takeUnread(into);
    if (count === wouldBlock) return undefined;
    if (count < 0) return { label: -count };
    return { label: Errno.success, words: [count], bytes: into.subarray(0, count) };
  }

  #takeUnread(into: Uint8Array): number {
    const unread = this.#unread ?? into.subarray(0, 0);
    const taken = unread.subarray(0, into.length);
    into.set(taken);
    this.#unread = taken.length < unread.length ? unread.subarray(taken.length) : undefined;
    return taken.length;
  }

  #retryReads(host: ServiceHost): void {
    while (this.#reads.length > 0) {
      const answer = this.#readSome(this.#reads[0].bytesMax, host);
      if (answer === undefined) return;
      const { ticket } = this.#reads.shift()!;
      const bytes = answer.bytes?.slice();
      if (!host.answer(ticket, answer) && bytes !== undefined) this.#putBack(bytes);
    }
  }

  #putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#unread = joinBytes([bytes, this.#unread ?? bytes.subarray(0, 0)]);
  }

  #stat(stream: number, host: ServiceHost): Answer {
    const bytes = host.outbox.subarray(0, filestatBytes).fill(0);
    bytes[FilestatOffset.type] = filetypeOfStream(this.#device.streams[stream]);
    bytes[FilestatOffset.inode] = stream + 1;
    bytes[FilestatOffset.links] = 1;
    return { label: Errno.success, words: [0], bytes };
  }

  #readiness(stream: number, interest: number): number {
    if (stream < 0 || stream >= streamCount) return readiness(0, true);
    if ((interest & Interest.read) === 0) return this.#writability(stream);
    const bytes = this.#unread === undefined ? this.#device.available(0) : this.#unread.length;
    return bytes === wouldBlock ? notReady : readiness(Math.max(0, bytes), bytes <= 0);
  }
  #writability(stream: number): number {
    if (this.#writes[stream].length > 0) return notReady;
    const writable = this.#device.writable?.(stream) ?? 1;
    return writable === wouldBlock ? notReady : readiness(writable > 0 ? 1 : 0, writable < 0);
  }
}

/** Takes what a client waits for out of a queue. */
function taken<One extends WaitingRead | WaitingWrite>(queue: One[], badge: number): One[] {
  const own = queue.filter((one) => one.badge === badge);
  const others = queue.filter((one) => one.badge !== badge);
  queue.splice(0, queue.length, ...others);
  return own;
}
