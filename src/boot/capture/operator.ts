// The operator: a process of TypeScript that stops, reads, sets and resumes threads by kernel calls, as any
// program could that was given control of them. Whoever composes a system hands it work: each piece is done
// whole, by a thread above all programs, so that nobody runs between its calls.
import {
  forever,
  Kind,
  leaveStack,
  Register,
  Status,
  statusName,
  Syscall,
} from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import { createObject, createRootSpace, grant, startThread } from "../../kernel/index.ts";
import type { Runner } from "../../process/index.ts";
import type { CoreLoop } from "../core.ts";

/** Slots of the operator's space; from `firstFree` on they are for what it is given. */
const slots = { notification: 2, firstReference: 8, firstFree: 16 } as const;

/** Above every program. */
const priority = 31;

/** Where the states of objects are read and written in its memory. */
const stateAddress = 1024;

const workBit = 1;
/** Raised when a stack has left. */
const stackBit = 2;

/** A kernel call that should not have been refused. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}

/** Calls that never wait. Each throws an OperatorError if it is refused. */
export interface OperatorCalls {
  /** Answers w0. */
  call(syscall: number, a0: number, a1?: number, a2?: number): number;
  /** The exported state of an object, of so many words; references are not 0 if there is something. */
  getState(slot: number, words: number): Int32Array;
  setState(slot: number, words: ArrayLike<number>): void;
  /** A message of one word, which its receiver answers at once. */
  tell(slot: number, label: number, word: number): void;
  /** Gives back a capability that the operator was given; what it named may be gone. */
  giveBack(slot: number): void;
  /** Stops a thread, and raises the operator's notification when its stack is out. */
  stop(slot: number): void;
}

export class Operator implements Runner, OperatorCalls {
  readonly #core: CoreLoop;
  readonly #space: number;
  readonly #notification: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  readonly #work: (() => void)[] = [];
  #nextSlot: number = slots.firstFree;
  readonly #freeSlots: number[] = [];
  #isWaiting = false;
  #onStack: (() => void) | undefined;

  constructor(core: CoreLoop) {
    const { kernel, memories } = core;
    this.#core = core;
    this.#space = createRootSpace(kernel);
    memories.attach(this.#space, this.#memory);
    this.#notification = createObject(kernel, Kind.notification, this.#space);
    const given = { kind: Kind.notification, row: this.#notification };
    grant(kernel, this.#space, slots.notification, given);
    const thread = createObject(kernel, Kind.thread, this.#space, [priority]);
    core.setRunner(thread, this);
    startThread(kernel, thread);
  }

  /** A capability of its own, in the slot that is answered, until it is given back. */
  give(kind: number, row: number, badge = 0): number {
    const slot = this.#freeSlots.pop() ?? this.#nextSlot++;
    grant(this.#core.kernel, this.#space, slot, { kind, row, badge });
    return slot;
  }

  /**
   * Does some work and answers what it answered or threw: when the event loop has come round, or as soon as
   * what is given to `when` is called, by a service at its work.
   */
  perform<Answer>(
    work: (calls: OperatorCalls) => Answer,
    when?: (wake: () => void) => void,
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#work.push(() => {
      try {
        resolve(work(this));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    if (when === undefined) this.#core.raise(this.#notification, workBit);
    else when(() => this.#core.interrupt(this.#notification, workBit));
    return promise;
  }

  /** Resolves when the next stack has left that was asked to. To be called before it can. */
  nextStack(): Promise<void> {
    return new Promise((resolve) => (this.#onStack = resolve));
  }

  call(syscall: number, a0: number, a1 = 0, a2 = 0, a3 = 0): number {
    this.#put(syscall, a0, a1, a2, a3);
    return this.#enter();
  }

  #put(syscall: number, a0: number, a1: number, a2: number, a3: number): void {
    const { registers } = this.#core;
    registers[Register.call] = syscall;
    registers[Register.a0] = a0;
    registers[Register.a1] = a1;
    registers[Register.a2] = a2;
    registers[Register.a3] = a3;
  }

  getState(slot: number, words: number): Int32Array {
    const state = new Int32Array(this.#memory.buffer, stateAddress, words);
    this.call(Syscall.objectGetState, slot, stateAddress, words, slots.firstReference);
    const filled = this.#core.registers[Register.w1]!;
    for (let i = 0; i < filled; i++) this.call(Syscall.capabilityDelete, slots.firstReference + i);
    return state.slice();
  }

  setState(slot: number, words: ArrayLike<number>): void {
    new Int32Array(this.#memory.buffer, stateAddress, words.length).set(words);
    this.call(Syscall.objectSetState, slot, stateAddress, words.length);
  }

  tell(slot: number, label: number, word: number): void {
    const { registers } = this.#core;
    registers.fill(0, Register.w0, Register.w0 + 6);
    registers[Register.label] = label;
    registers[Register.w0] = word;
    registers[Register.sendTimeout] = 0;
    registers[Register.receiveTimeout] = forever;
    this.call(Syscall.call, slot);
  }

  stop(slot: number): void {
    this.call(Syscall.threadStop, slot, slots.notification, stackBit);
  }

  giveBack(slot: number): void {
    this.#put(Syscall.capabilityDelete, slot, 0, 0, 0);
    // Refused if the slot is empty, because what it named has ended.
    this.#core.enter();
    this.#freeSlots.push(slot);
  }

  #enter(): number {
    const { registers } = this.#core;
    const next = this.#core.enter();
    assert(next !== leaveStack, "what the operator calls never waits");
    const status = registers[Register.status]!;
    if (status !== Status.ok) {
      throw new OperatorError(`a kernel call was refused: ${statusName(status) ?? status}`);
    }
    return registers[Register.w0]!;
  }

  // Its thread waits for its notification, and works when it is raised.

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#work.length = 0;
  }

  #run(): void {
    const { registers } = this.#core;
    for (;;) {
      if (this.#isWaiting) this.#raised(registers[Register.w0]!);
      this.#isWaiting = true;
      registers[Register.call] = Syscall.notificationWait;
      registers[Register.a0] = slots.notification;
      registers[Register.a1] = 0;
      registers[Register.receiveTimeout] = forever;
      if (this.#core.enter() === leaveStack) break;
    }
    this.#core.left();
  }

  #raised(bits: number): void {
    if ((bits & stackBit) !== 0) this.#onStack?.();
    for (const work of this.#work.splice(0)) work();
  }
}
