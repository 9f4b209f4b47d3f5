// A TypeScript process that calls others for a device of the host, as many at once as it has threads:
// for each call that is under way one waits in the kernel. Threads are made when they are needed, and
// kept. Each has a part of the memory to itself, with room for the longest message to a portal and back.
import {
  Descriptor,
  descriptorWords,
  forever,
  portalBytesMax,
  Register,
  Syscall,
} from "../../abi/index.ts";
import type { Core } from "../core.ts";
import type { SpaceMemories } from "../memories.ts";
import { ClientThread, type Errand } from "./client-thread.ts";

/** A message as it is sent: a label, up to six words, bytes. */
export interface ClientMessage {
  readonly label: number;
  readonly words: ArrayLike<number>;
  readonly bytes: Uint8Array;
}

/** What a call came to. Words and bytes are views, valid until the function that gets them returns. */
export interface ClientAnswer extends ClientMessage {
  readonly status: number;
  readonly words: Int32Array;
}

export interface MakeOptions {
  readonly isNeeded?: () => boolean;
  /** Gets the status. */
  readonly over?: (status: number) => void;
}

/** Slots of such a process; from `firstFree` on they are its user's. */
export const clientSlots = { endpoint: 2, firstThread: 64, firstFree: 8192 } as const;

/** What a new thread is made of. */
export interface ThreadParts {
  /** Calls back when bits of the notification in this slot are to be raised. */
  readonly wake: () => void;
  /** Lets the thread run. */
  readonly start: (thread: ClientThread) => void;
}

export interface ClientProcessOptions {
  readonly core: Core;
  readonly memories: SpaceMemories;
  readonly space: number;
  /** Makes a thread: puts it into `slot`, and a notification of its own into `slot + 1`. */
  readonly makeThread: (slot: number) => ThreadParts;
}

/** Calls that can be under way at once. */
export const clientThreadsMax = 512;

/** Where things stand in the memory of a thread. A descriptor at address 0 would be none. */
const area = { send: 16, receive: 64, outbox: 4096, inbox: 4096 + portalBytesMax } as const;
const pageBytes = 65536;
const areaPages = Math.ceil((area.inbox + portalBytesMax) / pageBytes);

const noBytes = new Uint8Array(0);

export class ClientProcess {
  readonly #options: ClientProcessOptions;
  readonly #memory: WebAssembly.Memory;
  readonly #queue: Errand[] = [];
  /** How to wake each thread that waits for something to do. */
  readonly #idle: (() => void)[] = [];
  #threadCount = 0;

  constructor(options: ClientProcessOptions) {
    this.#options = options;
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: areaPages * clientThreadsMax });
    options.memories.attach(options.space, this.#memory);
  }

  /** Threads that were made so far. */
  get threadCount(): number {
    return this.#threadCount;
  }

  /**
   * Calls the endpoint in a slot, and then `over`. The bytes are looked at when a thread comes to it, not
   * before. Answers a function that gives the call up: then it is soon over, as `interrupted`.
   */
  call(slot: number, message: ClientMessage, over: (answer: ClientAnswer) => void): () => void {
    let threadSlot = 0;
    let isOver = false;
    let isGivenUp = false;
    const interrupt = (): void => {
      isGivenUp = true;
      if (threadSlot === 0) return;
      // It may be over, and its thread elsewhere, when another thread comes to this.
      const isNeeded = (): boolean => !isOver;
      this.make(Syscall.threadInterrupt, [threadSlot], { isNeeded });
    };
    this.#add({
      write: (registers, at) => {
        this.#writeCall(registers, at, slot, message);
        threadSlot = threadSlotOf(at);
        if (isGivenUp) interrupt();
      },
      over: (registers, at) => {
        isOver = true;
        over(this.#answer(registers, at));
      },
    });
    return interrupt;
  }

  /** Makes a call that never waits, such as `capabilityMint`, if it is still needed by then. */
  make(call: number, args: readonly number[], { isNeeded, over }: MakeOptions = {}): void {
    this.#add({
      ...(isNeeded === undefined ? {} : { isNeeded }),
      write: (registers) => {
        registers[Register.call] = call;
        for (let i = 0; i < 4; i++) registers[Register.a0 + i] = args[i] ?? 0;
      },
      over: (registers) => over?.(registers[Register.status]!),
    });
  }

  #add(errand: Errand): void {
    this.#queue.push(errand);
    const wake = this.#idle.pop();
    if (wake !== undefined) wake();
    else if (this.#threadCount < clientThreadsMax) this.#addThread();
  }

  /** It begins with the queue: there is no need to wake it. */
  #addThread(): void {
    const { core, makeThread } = this.#options;
    const at = this.#threadCount++ * areaPages * pageBytes;
    const missing = at + areaPages * pageBytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / pageBytes));
    const slot = threadSlotOf(at);
    const { wake, start } = makeThread(slot);
    const next = (): Errand | undefined => this.#next();
    const onIdle = (): void => void this.#idle.push(wake);
    start(new ClientThread({ core, area: at, wakeSlot: slot + 1, next, onIdle }));
  }

  #next(): Errand | undefined {
    for (;;) {
      const errand = this.#queue.shift();
      if (errand?.isNeeded?.() !== false) return errand;
    }
  }

  #writeCall(
    registers: Int32Array,
    at: number,
    slot: number,
    { label, words, bytes }: ClientMessage,
  ): void {
    const { buffer } = this.#memory;
    new Uint8Array(buffer, at + area.outbox, bytes.length).set(bytes);
    this.#describe(at + area.send, at + area.outbox, bytes.length);
    this.#describe(at + area.receive, at + area.inbox, portalBytesMax);
    registers[Register.call] = Syscall.call;
    registers[Register.a0] = slot;
    registers[Register.a1] = bytes.length === 0 ? 0 : at + area.send;
    registers[Register.a2] = at + area.receive;
    registers[Register.label] = label;
    for (let i = 0; i < 6; i++) registers[Register.w0 + i] = words[i] ?? 0;
    registers[Register.sendTimeout] = forever;
    registers[Register.receiveTimeout] = forever;
  }

  #describe(descriptor: number, address: number, bytes: number): void {
    const words = new Int32Array(this.#memory.buffer, descriptor, descriptorWords).fill(0);
    words[Descriptor.directBytes] = bytes;
    words[Descriptor.directAddress] = address;
  }

  #answer(registers: Int32Array, at: number): ClientAnswer {
    const status = registers[Register.status]!;
    const label = registers[Register.label]!;
    const words = registers.subarray(Register.w0, Register.w0 + 6);
    if (status !== 0) return { status, label, words, bytes: noBytes };
    const descriptor = new Int32Array(this.#memory.buffer, at + area.receive, descriptorWords);
    const count = descriptor[Descriptor.directBytes]!;
    const bytes = new Uint8Array(this.#memory.buffer, at + area.inbox, count);
    return { status, label, words, bytes };
  }
}

function threadSlotOf(at: number): number {
  return clientSlots.firstThread + (at / (areaPages * pageBytes)) * 2;
}
