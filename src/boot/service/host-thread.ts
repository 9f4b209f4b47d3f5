// A kernel thread that stands for code of the host: while that code makes calls, the thread runs; while an
// answer is outstanding, it waits for it in the kernel; else it waits at its notification. It has a part of
// the memory to itself, with room for the longest message and answer.
import {
  Descriptor,
  descriptorWords,
  forever,
  portalBytesMax,
  Register,
  Syscall,
} from "../../abi/index.ts";
import type { Runner } from "../../process/index.ts";

/** A message to send. The bytes are read before `write` returns. */
export interface HostMessage {
  readonly slot: number;
  readonly label: number;
  readonly words: ArrayLike<number>;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** What a call came to. Words and bytes are views, valid until the next call. */
export interface HostAnswer {
  readonly status: number;
  readonly label: number;
  readonly registers: Int32Array;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Where things stand in the part of a thread. A descriptor at address 0 would be none. */
const area = { send: 16, receive: 64, outbox: 4096, inbox: 4096 + portalBytesMax } as const;
export const threadPages = Math.ceil((area.inbox + portalBytesMax) / 65536);

/** Bytes that are cheaper to copy one by one than by a call into the engine. */
const fewBytes = 64;

export interface HostThreadOptions {
  readonly memory: WebAssembly.Memory;
  /** Where its part begins. */
  readonly at: number;
  readonly row: number;
  readonly notification: number;
  /** Slot of the notification. */
  readonly wakeSlot: number;
  readonly onResume: (thread: HostThread) => void;
  readonly onGone: (thread: HostThread) => void;
}

export class HostThread implements Runner {
  readonly row: number;
  readonly notification: number;
  /** What it waits for an answer with. */
  over: ((answer: HostAnswer | undefined) => void) | undefined;
  readonly #options: HostThreadOptions;
  #buffer: ArrayBufferLike;
  #words: Int32Array;
  #outbox: Uint8Array;
  #inbox: Uint8Array;

  constructor(options: HostThreadOptions) {
    this.#options = options;
    this.row = options.row;
    this.notification = options.notification;
    this.#buffer = options.memory.buffer;
    const views = viewsOf(this.#buffer, options.at);
    this.#words = views.words;
    this.#outbox = views.outbox;
    this.#inbox = views.inbox;
  }

  resume(): void {
    queueMicrotask(() => this.#options.onResume(this));
  }

  drop(): void {
    this.#options.onGone(this);
  }

  /** Writes a call into the registers. */
  write(registers: Int32Array, { slot, label, words, bytes, length }: HostMessage): void {
    if (this.#buffer !== this.#options.memory.buffer) this.#refresh();
    const { at } = this.#options;
    if (length > fewBytes) this.#outbox.set(bytes.subarray(0, length));
    else for (let i = 0; i < length; i++) this.#outbox[i] = bytes[i];
    if (length > 0) this.#describe(area.send, at + area.outbox, length);
    this.#describe(area.receive, at + area.inbox, portalBytesMax);
    registers[Register.call] = Syscall.call;
    registers[Register.a0] = slot;
    registers[Register.a1] = length === 0 ? 0 : at + area.send;
    registers[Register.a2] = at + area.receive;
    registers[Register.label] = label;
    for (let i = 0; i < 6; i++) registers[Register.w0 + i] = words[i] ?? 0;
    registers[Register.sendTimeout] = forever;
    registers[Register.receiveTimeout] = forever;
  }

  /** Writes the call by which it waits until it is wanted. */
  writePark(registers: Int32Array): void {
    registers[Register.call] = Syscall.notificationWait;
    registers[Register.a0] = this.#options.wakeSlot;
    registers[Register.a1] = 0;
    registers[Register.receiveTimeout] = forever;
  }

  /** The answer in the registers. */
  answer(registers: Int32Array): HostAnswer {
    if (this.#buffer !== this.#options.memory.buffer) this.#refresh();
    const status = registers[Register.status];
    const label = registers[Register.label];
    const at = (area.receive >> 2) + Descriptor.directBytes;
    const length = status === 0 ? this.#words[at] : 0;
    return { status, label, registers, bytes: this.#inbox, length };
  }

  /** The memory has grown: views of what it was are empty. */
  #refresh(): void {
    this.#buffer = this.#options.memory.buffer;
    const views = viewsOf(this.#buffer, this.#options.at);
    this.#words = views.words;
    this.#outbox = views.outbox;
    this.#inbox = views.inbox;
  }

  #describe(descriptor: number, address: number, bytes: number): void {
    const at = descriptor >> 2;
    for (let word = at; word < at + descriptorWords; word++) this.#words[word] = 0;
    this.#words[at + Descriptor.directBytes] = bytes;
    this.#words[at + Descriptor.directAddress] = address;
  }
}

function viewsOf(buffer: ArrayBufferLike, at: number) {
  return {
    words: new Int32Array(buffer, at, area.outbox >> 2),
    outbox: new Uint8Array(buffer, at + area.outbox, portalBytesMax),
    inbox: new Uint8Array(buffer, at + area.inbox, portalBytesMax),
  };
}
