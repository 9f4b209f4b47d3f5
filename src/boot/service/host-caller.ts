// Code of the host as a process of the system: its calls are kernel calls of threads of a space of its own.
// While nothing else runs on the core, a call is made at once, on the stack of whoever asked, and what a
// portal answers at once is there when it returns. Otherwise it waits for its turn.
import { Kind, leaveStack } from "../../abi/index.ts";
import {
  createObject,
  createRootSpace,
  grant,
  interrupt,
  schedule,
  startThread,
} from "../../kernel/index.ts";
import type { CoreLoop } from "../core.ts";
import {
  type HostAnswer,
  type HostMessage,
  HostThread,
  ownMessage,
  threadPages,
} from "./host-thread.ts";

const pageBytes = 65536;

/** Calls between two looks at the clock, and how long the event loop may wait for its turn, nanoseconds. */
const callsPerLook = 64;
const burstNsMax = 5_000_000;

/** Calls that can be under way at once; more wait. */
const threadsMax = 512;

/** Slots of such a space: one for each thread, then its user's. */
export const hostSlots = { firstThread: 64, firstFree: 1024 } as const;

interface Waiting {
  readonly message: HostMessage;
  readonly over: (answer: HostAnswer | undefined) => void;
}

export class HostCaller {
  readonly space: number;
  readonly #core: CoreLoop;
  readonly #memory: WebAssembly.Memory;
  readonly #threads: HostThread[] = [];
  readonly #idle: HostThread[] = [];
  readonly #queue: Waiting[] = [];
  /** The one that runs, if the host's own code does. */
  #running: HostThread | undefined;
  /** The one whose call was not answered at once, until somebody waits for that. */
  #left: HostThread | undefined;
  /** Calls since the clock was looked at, and when the host's code got the processor. */
  #calls = 0;
  #beganNs = 0;
  #isClosed = false;

  constructor(core: CoreLoop) {
    this.#core = core;
    this.space = createRootSpace(core.kernel);
    this.#memory = new WebAssembly.Memory({
      initial: threadPages,
      maximum: threadPages * threadsMax,
    });
    core.memories.attach(this.space, this.#memory);
  }

  /**
   * Makes a call, if the host's code has the processor or can have it. Undefined: it was not made, or is
   * not answered yet; `later` tells of it, and is to be asked before anything else is called.
   */
  call(message: HostMessage): HostAnswer | undefined {
    const thread = this.#running ?? this.#begin();
    if (thread === undefined) return undefined;
    const { registers, enter } = this.#core;
    thread.write(registers, message);
    if (enter() !== leaveStack) return thread.answer(registers);
    this.#running = undefined;
    this.#left = thread;
    return undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the call was made that `call` did not answer. */
  get isMade(): boolean {
    return this.#left !== undefined;
  }

  /**
   * What the call comes to that `call` did not answer; it is made when its turn comes, if it was not. `read`
   * gets the answer while it is there, or nothing if the process is over.
   */
  later<T>(message: HostMessage, read: (answer: HostAnswer | undefined) => T): Promise<T> {
    const thread = this.#left;
    if (thread === undefined) return this.#queued(message, read);
    this.#left = undefined;
    return new Promise<T>((resolve, reject) => {
      thread.over = settler(read, resolve, reject);
      this.#leave();
    });
  }

  /** Whoever makes call after call is to wait for a turn of the event loop, now and then. */
  isTurnDue(): boolean {
    if (++this.#calls < callsPerLook) return false;
    this.#calls = 0;
    return this.#core.machine.nowNs() - this.#beganNs > burstNsMax;
  }

  /** Nothing is called any more; whoever waits is told. */
  close(): void {
    this.#isClosed = true;
    for (const { over } of this.#queue.splice(0)) over(undefined);
    for (const thread of this.#threads) tellGone(thread);
  }

  #queued<T>(message: HostMessage, read: (answer: HostAnswer | undefined) => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const over = settler(read, resolve, reject);
    if (this.#isClosed) over(undefined);
    else {
      this.#queue.push({ message: ownMessage(message), over });
      this.#wakeOne();
    }
    return promise;
  }

  /** Takes the processor for the host's code, if it is free. */
  #begin(): HostThread | undefined {
    const { kernel } = this.#core;
    if (this.#isClosed || kernel.current !== 0) return undefined;
    const thread = this.#idle.pop();
    if (thread !== undefined) interrupt(kernel, thread.notification, 1);
    const found = thread ?? this.#make();
    if (found === undefined) return undefined;
    schedule(kernel);
    if (kernel.current === found.row) return this.#runs(found);
    // Others were ready before; it has its turn after them, and what is to be called waits for that.
    this.#leave();
    return undefined;
  }

  /** A new thread, ready to run, unless there are as many as can be. */
  #make(): HostThread | undefined {
    if (this.#threads.length === threadsMax) return undefined;
    const { kernel } = this.#core;
    const number = this.#threads.length;
    const at = number * threadPages * pageBytes;
    const missing = at + threadPages * pageBytes - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / pageBytes));
      for (const one of this.#threads) one.memoryGrew();
    }
    const row = createObject(kernel, Kind.thread, this.space);
    const notification = createObject(kernel, Kind.notification, this.space);
    const wakeSlot = hostSlots.firstThread + number;
    grant(kernel, this.space, wakeSlot, { kind: Kind.notification, row: notification });
    const thread = new HostThread({
      memory: this.#memory,
      at,
      row,
      notification,
      wakeSlot,
      onResume: (one) => this.#resumed(one),
      onGone: tellGone,
    });
    this.#threads.push(thread);
    this.#core.setRunner(row, thread);
    startThread(kernel, row);
    return thread;
  }

  /** The host's code has the processor until the event loop has its turn. */
  #runs(thread: HostThread): HostThread {
    this.#running = thread;
    this.#beganNs = this.#core.machine.nowNs();
    setImmediate(() => this.#park(thread));
    return thread;
  }

  /** The kernel lets a thread go on: its call is over, or there is something to do. */
  #resumed(thread: HostThread): void {
    if (this.#isClosed || this.#core.current() !== thread.row) return;
    const { over } = thread;
    thread.over = undefined;
    over?.(thread.answer(this.#core.registers));
    this.#runs(thread);
    this.#serveQueue();
  }

  #serveQueue(): void {
    const { registers } = this.#core;
    while (this.#running !== undefined) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      const thread = this.#running;
      thread.write(registers, next.message);
      if (this.#core.enter() === leaveStack) {
        this.#running = undefined;
        thread.over = next.over;
        this.#leave();
      } else next.over(thread.answer(registers));
    }
    if (this.#queue.length > 0) this.#wakeOne();
  }

  #park(thread: HostThread): void {
    if (this.#running !== thread || this.#isClosed) return;
    this.#serveQueue();
    if (this.#running !== thread) return;
    do thread.writePark(this.#core.registers);
    while (this.#core.enter() !== leaveStack);
    this.#running = undefined;
    this.#idle.push(thread);
    this.#leave();
  }

  /** Whoever runs now goes on, but not on the stack of the host's code. */
  #leave(): void {
    queueMicrotask(() => this.#core.left());
  }

  #wakeOne(): void {
    const thread = this.#idle.pop();
    const { machine, kernel } = this.#core;
    machine.post(() => {
      if (this.#isClosed) return;
      if (thread !== undefined) interrupt(kernel, thread.notification, 1);
      else if (this.#queue.length > 0) this.#make();
    });
  }
}

function tellGone(thread: HostThread): void {
  const { over } = thread;
  thread.over = undefined;
  over?.(undefined);
}

function settler<T>(
  read: (answer: HostAnswer | undefined) => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): (answer: HostAnswer | undefined) => void {
  return (answer) => {
    try {
      resolve(read(answer));
    } catch (error) {
      reject(error);
    }
  };
}
