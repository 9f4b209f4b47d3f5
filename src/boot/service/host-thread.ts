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
  /** Six. */
  readonly words: ArrayLike<number>;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** The same message for later, when what it is made of may be another. */
export function ownMessage(message: HostMessage): HostMessage {
  const { words, bytes, length } = message;
  return { ...message, words: Array.from(words), bytes: bytes.slice(0, length) };
}

/** What a call came to. It is the thread's own, and the bytes are a view: valid until the next call. */
export interface HostAnswer {
  readonly status: number;
  readonly label: number;
  /** w0 */
  readonly word: number;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Where things stand in the part of a thread. A descriptor at address 0 would be none. */
const area = { send: 16, receive: 64, outbox: 4096, inbox: 4096 + portalBytesMax } as const;
export const threadPages = Math.ceil((area.inbox + portalBytesMax) / 65536);

// Copies of imported constants, which the engine folds only when they are a module's own.
const callCall = Syscall.call;
const callNumber = Register.call;
const a0 = Register.a0;
const a1 = Register.a1;
const a2 = Register.a2;
const statusRegister = Register.status;
const labelRegister = Register.label;
const firstWord = Register.w0;
const sendTimeout = Register.sendTimeout;
const receiveTimeout = Register.receiveTimeout;
const never = forever;
const messageWords = 6;
const bytesMax = portalBytesMax;
const sendLength = (area.send >> 2) + Descriptor.directBytes;
const receiveLength = (area.receive >> 2) + Descriptor.directBytes;

/** Bytes that are cheaper to copy one by one than by a call into the engine. */
const fewBytes = 64;

const noBytes: Uint8Array = new Uint8Array(0);
const noWords: Int32Array = new Int32Array(0);

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
  readonly #at: number;
  readonly #answer = { status: 0, label: 0, word: 0, bytes: noBytes, length: 0 };
  #words = noWords;
  #outbox = noBytes;
  #inbox = noBytes;

  constructor(options: HostThreadOptions) {
    this.#options = options;
    this.#at = options.at;
    this.row = options.row;
    this.notification = options.notification;
    this.memoryGrew();
    this.#describe(area.send, this.#at + area.outbox);
    this.#describe(area.receive, this.#at + area.inbox);
  }

  /** Views of what the memory was are empty. */
  memoryGrew(): void {
    const { memory, at } = this.#options;
    this.#words = new Int32Array(memory.buffer, at, area.outbox >> 2);
    this.#outbox = new Uint8Array(memory.buffer, at + area.outbox, bytesMax);
    this.#inbox = new Uint8Array(memory.buffer, at + area.inbox, bytesMax);
    this.#answer.bytes = this.#inbox;
  }

  resume(): void {
    queueMicrotask(() => this.#options.onResume(this));
  }

  drop(): void {
    this.#options.onGone(this);
  }

  /** Writes a call into the registers. */
  write(registers: Int32Array, message: HostMessage): void {
    const { length } = message;
    const at = this.#at;
    const own = this.#words;
    if (length > 0) this.#put(message.bytes, length);
    own[sendLength] = length;
    own[receiveLength] = bytesMax;
    registers[callNumber] = callCall;
    registers[a0] = message.slot;
    registers[a1] = length === 0 ? 0 : at + area.send;
    registers[a2] = at + area.receive;
    registers[labelRegister] = message.label;
    const given = message.words;
    for (let i = 0; i < messageWords; i++) registers[firstWord + i] = given[i];
    registers[sendTimeout] = never;
    registers[receiveTimeout] = never;
  }

  #put(bytes: Uint8Array, length: number): void {
    const outbox = this.#outbox;
    if (length > fewBytes) outbox.set(bytes.subarray(0, length));
    else for (let i = 0; i < length; i++) outbox[i] = bytes[i];
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
    const answer = this.#answer;
    const status = registers[statusRegister];
    answer.status = status;
    answer.label = registers[labelRegister];
    answer.word = registers[firstWord];
    answer.length = status === 0 ? this.#words[receiveLength] : 0;
    return answer;
  }

  /** Where a string lies, or may go. Of each message only its length is different. */
  #describe(descriptor: number, address: number): void {
    this.#words.fill(0, descriptor >> 2, (descriptor >> 2) + descriptorWords);
    this.#words[(descriptor >> 2) + Descriptor.directAddress] = address;
  }
}
