// A kernel on a bench: one core's kernel with plain memories, where a test makes calls by hand, as
// whichever thread it likes, and looks at what came of them. Threads here have no code of their own:
// "running" one means that the next call is made in its name.
import {
  Kind,
  type Limits,
  type Next,
  Register,
  smallLimits,
  Syscall,
  type SyscallName,
  syscallName,
  ThreadState,
} from "../../src/abi/index.ts";
import { assert } from "../../src/base/index.ts";
import {
  createKernel,
  createObject,
  createRootSpace,
  enter,
  grant,
  type Kernel,
  portalFaulted,
  portalReturned,
  Preemption,
  schedule,
  startThread,
  type Techniques,
  tick,
} from "../../src/kernel/index.ts";
import { materialize } from "../../src/kernel/ipc/lazy-portals.ts";
import { Thread, threadShift } from "../../src/kernel/layout.ts";
import {
  leaveReadyQueue,
  makeCurrent,
  makeReady,
  saveRegisters,
  startSlice,
  stateOf,
} from "../../src/kernel/schedule.ts";
import { CountingMemories } from "./counting-memories.ts";

/** What a call is made with. What is left out is 0; timeouts left out last for ever. */
export interface CallArguments {
  readonly a0?: number;
  readonly a1?: number;
  readonly a2?: number;
  readonly a3?: number;
  readonly label?: number;
  readonly words?: readonly number[];
  readonly sendTimeout?: number;
  readonly receiveTimeout?: number;
}

/** The registers of a thread, as its program sees them when a call is over. */
export interface Answer {
  /** The call still to be made, undefined if the last one is over. */
  readonly pending: SyscallName | undefined;
  readonly status: number;
  readonly label: number;
  readonly words: readonly number[];
  readonly badge: number;
  readonly a1: number;
  readonly a2: number;
  readonly a3: number;
}

export interface BenchOptions {
  readonly limits?: Partial<Limits>;
  readonly preemption?: Preemption;
  readonly techniques?: Partial<Techniques>;
}

export interface GrantOptions {
  readonly slot?: number;
  readonly rights?: number;
  readonly badge?: number;
}

const stateNames = new Map<number, string>(
  Object.entries(ThreadState).map(([name, value]) => [value, name]),
);

export class KernelBench {
  readonly k: Kernel;
  readonly memories: CountingMemories = new CountingMemories();
  readonly eventPending: Int32Array = new Int32Array(1);
  readonly #nextSlot = new Map<number, number>();

  constructor(options: BenchOptions = {}) {
    this.k = createKernel({
      limits: { ...smallLimits, ...options.limits },
      memories: this.memories,
      preemption: options.preemption ?? Preemption.none,
      eventPending: this.eventPending,
      ...(options.techniques === undefined ? {} : { techniques: options.techniques }),
    });
  }

  /** A space with a memory, that nobody made. */
  space(byteCount = 65536): number {
    const row = createRootSpace(this.k);
    this.memories.give(row, byteCount);
    return row;
  }

  /** A thread that is ready and has no call to make. */
  thread(space: number, priority = 16): number {
    const row = createObject(this.k, Kind.thread, space, [priority]);
    startThread(this.k, row);
    return row;
  }

  object(kind: number, space: number, words: readonly number[] = []): number {
    return createObject(this.k, kind, space, words);
  }

  /** Puts a capability to an object into a slot of a space, and answers which. */
  grant(space: number, kind: number, row: number, options: GrantOptions = {}): number {
    const slot = options.slot ?? this.freeSlot(space);
    grant(this.k, space, slot, { kind, row, ...options });
    return slot;
  }

  /** A slot that no test was given before. */
  freeSlot(space: number): number {
    const slot = this.#nextSlot.get(space) ?? 1;
    this.#nextSlot.set(space, slot + 1);
    return slot;
  }

  /** An object for a space, and the slot of that space in which it is named. */
  own(kind: number, space: number, words: readonly number[] = []): { row: number; slot: number } {
    const row = this.object(kind, space, words);
    return { row, slot: this.grant(space, kind, row) };
  }

  /** Makes a call as a thread, which must be ready or running. */
  make(thread: number, call: SyscallName, args: CallArguments = {}): Next {
    this.run(thread);
    return this.makeCurrent(call, args);
  }

  /** Makes a call as whoever runs, which may be a portal. */
  makeCurrent(call: SyscallName, args: CallArguments = {}): Next {
    this.putCall(call, args);
    return enter(this.k);
  }

  /** As `make`, leaving calls that are still to be made, and copies that stopped, where they are. */
  makeAs(thread: number, call: SyscallName, args: CallArguments = {}): Next {
    if (this.k.current !== thread) this.#switchTo(thread);
    return this.makeCurrent(call, args);
  }

  /** Makes the call that is in the register file. */
  enterCurrent(): Next {
    return enter(this.k);
  }

  /** Fills the register file for a call, without making it. */
  putCall(call: SyscallName | undefined, args: CallArguments): void {
    const { registers } = this.k;
    registers.fill(0);
    registers[Register.call] = call === undefined ? 0 : Syscall[call];
    registers[Register.a0] = args.a0 ?? 0;
    registers[Register.a1] = args.a1 ?? 0;
    registers[Register.a2] = args.a2 ?? 0;
    registers[Register.a3] = args.a3 ?? 0;
    registers[Register.label] = args.label ?? 0;
    (args.words ?? []).forEach((word, i) => (registers[Register.w0 + i] = word));
    registers[Register.sendTimeout] = args.sendTimeout ?? -1;
    registers[Register.receiveTimeout] = args.receiveTimeout ?? -1;
  }

  /** The status of a call that does not wait. */
  status(thread: number, call: SyscallName, args: CallArguments = {}): number {
    this.make(thread, call, args);
    const answer = this.answer(thread);
    assert(answer.pending === undefined, "the call is over", thread);
    return answer.status;
  }

  portalReturns(args: CallArguments = {}): Next {
    this.putCall(undefined, args);
    return portalReturned(this.k);
  }

  portalFaults(reason: number): Next {
    return portalFaulted(this.k, reason);
  }

  /** Lets a ready thread run, in front of everybody. */
  run(thread: number): void {
    const k = this.k;
    this.settle();
    if (k.current === thread) return;
    this.#switchTo(thread);
    if (k.registers[Register.call] !== 0) schedule(k);
  }

  #switchTo(thread: number): void {
    const k = this.look();
    assert(k.portalDepth === 0, "no portal is left in the middle", k.portalDepth);
    assert(stateOf(k, thread) === ThreadState.ready, "a thread that acts is ready", thread);
    this.#putBack();
    leaveReadyQueue(k, thread);
    makeCurrent(k, thread);
    startSlice(k);
    k.switchWanted = false;
  }

  #putBack(): void {
    const k = this.k;
    if (k.current === 0) return;
    saveRegisters(k);
    const thread = k.current;
    k.current = 0;
    makeReady(k, thread, true);
  }

  /** The running thread goes on with a call that stopped between two steps, to its end. */
  goOn(): void {
    const k = this.k;
    const thread = k.current;
    for (let step = 0; k.current === thread && k.registers[Register.call] !== 0; step++) {
      assert(step < 10_000, "a call comes to its end", thread);
      schedule(k);
    }
  }

  /** Threads that were woken to make their call again make it. */
  settle(): void {
    const k = this.k;
    this.look();
    if (k.portalDepth > 0) return;
    for (let round = 0; round < 1000; round++) {
      const thread = this.#readyWithCall();
      if (thread === 0) return;
      this.#putBack();
      leaveReadyQueue(k, thread);
      makeCurrent(k, thread);
      schedule(k);
    }
    throw new Error("a call is made again and again without coming to an end");
  }

  #readyWithCall(): number {
    const k = this.k;
    for (let row = 1; row < k.tables[Kind.thread]!.highWater; row++) {
      const isLive = (k.threads[row << threadShift]! & 1) === 1;
      if (!isLive || row === k.current || stateOf(k, row) !== ThreadState.ready) continue;
      if (k.threads[(row << threadShift) + Thread.registers] !== 0) return row;
    }
    return 0;
  }

  /** Writes down what the fast path left out, so that rows can be read. */
  look(): Kernel {
    if (this.k.lazyCount > 0) materialize(this.k);
    return this.k;
  }

  answer(thread: number): Answer {
    const isCurrent = thread === this.k.current;
    // The register file is always true; rows are, once what the fast path left out is written down.
    const k = isCurrent ? this.k : this.look();
    const words = isCurrent ? k.registers : k.threads;
    const at = isCurrent ? 0 : (thread << threadShift) + Thread.registers;
    return {
      pending: syscallName(words[at]!),
      status: words[at + Register.status]!,
      label: words[at + Register.label]!,
      words: Array.from(words.slice(at + Register.w0, at + Register.w0 + 6)),
      badge: words[at + Register.badge]!,
      a1: words[at + Register.a1]!,
      a2: words[at + Register.a2]!,
      a3: words[at + Register.a3]!,
    };
  }

  /** The state of a thread by name; "running" for the one that runs. */
  stateOf(thread: number): string {
    const k = this.look();
    return thread === k.current ? "running" : stateNames.get(stateOf(k, thread))!;
  }

  /** Lets microseconds pass. */
  pass(us: number): void {
    tick(this.k, this.k.nowNs + us * 1000);
  }

  /** Live rows by kind, and pages of capabilities: to compare before and after. */
  liveCounts(): number[] {
    this.look();
    return [...this.k.tables.map((table) => table.liveCount), this.k.capabilityPages.liveCount];
  }
}
