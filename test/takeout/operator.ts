// An operator: a thread without a stack of its own that makes kernel calls one after the other, as a
// debugger, a checkpointer or a supervisor would, and nothing but kernel calls.
import {
  forever,
  Kind,
  leaveStack,
  Register,
  stateWord,
  stateWords,
  Status,
  statusName,
  Syscall,
  type SyscallName,
} from "../../src/abi/index.ts";
import type { System } from "../../src/boot/system.ts";
import { createObject, createRootSpace, grant, startThread } from "../../src/kernel/index.ts";
import type { Runner } from "../../src/process/index.ts";

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

export interface Answer {
  readonly status: number;
  readonly label: number;
  readonly words: readonly number[];
}

export type Script = (operator: Operator) => Promise<void>;

/** Where the operator has states written. */
const stateAddress = 1024;
const threadWords = stateWords("thread");
/** Slots for what a state refers to. */
const firstReference = 400;

export class Operator implements Runner {
  readonly system: System;
  readonly space: number;
  readonly thread: number;
  /** What the script ended with. */
  readonly over: Promise<void>;
  readonly #words = new Int32Array(new ArrayBuffer(65_536));
  readonly #script: Script;
  #end = Promise.withResolvers<void>();
  #resume: (() => void) | undefined;
  #isStarted = false;
  #nextSlot = 64;
  #nextReference = firstReference;

  constructor(system: System, priority: number, script: Script) {
    this.system = system;
    this.#script = script;
    this.over = this.#end.promise;
    const { kernel, memories } = system.core;
    this.space = createRootSpace(kernel);
    memories.attach(this.space, this.#words.buffer);
    this.thread = createObject(kernel, Kind.thread, this.space, [priority]);
    system.core.setRunner(this.thread, this);
    startThread(kernel, this.thread);
  }

  /** A slot of the operator's with a capability to an object. */
  hold(kind: number, row: number): number {
    const slot = this.#nextSlot++;
    grant(this.system.core.kernel, this.space, slot, { kind, row });
    return slot;
  }

  async make(call: SyscallName, args: CallArguments = {}): Promise<Answer> {
    const { core } = this.system;
    const { registers } = core;
    registers.fill(0);
    registers[Register.call] = Syscall[call];
    registers[Register.a0] = args.a0 ?? 0;
    registers[Register.a1] = args.a1 ?? 0;
    registers[Register.a2] = args.a2 ?? 0;
    registers[Register.a3] = args.a3 ?? 0;
    registers[Register.label] = args.label ?? 0;
    (args.words ?? []).forEach((word, i) => (registers[Register.w0 + i] = word));
    registers[Register.sendTimeout] = args.sendTimeout ?? forever;
    registers[Register.receiveTimeout] = args.receiveTimeout ?? forever;
    if (core.enter() === leaveStack) {
      const resumed = new Promise<void>((resolve) => (this.#resume = resolve));
      core.left();
      await resumed;
    }
    return {
      status: registers[Register.status],
      label: registers[Register.label],
      words: [...registers.subarray(Register.w0, Register.w0 + 6)],
    };
  }

  /** As `make`, of a call that must not be refused. */
  async must(call: SyscallName, args: CallArguments = {}): Promise<Answer> {
    const answer = await this.make(call, args);
    if (answer.status === Status.ok) return answer;
    throw new Error(`${call} answered ${statusName(answer.status)}`);
  }

  /** The state of a thread, in words; with capabilities to what it refers to. */
  async stateOf(slot: number): Promise<Int32Array> {
    const a3 = this.#nextReference;
    const { words } = await this.must("objectGetState", {
      a0: slot,
      a1: stateAddress,
      a2: threadWords,
      a3,
    });
    this.#nextReference += words[1];
    return this.#words.slice(stateAddress >> 2, (stateAddress >> 2) + words[0]);
  }

  async setState(slot: number, state: Int32Array): Promise<void> {
    this.#words.set(state, stateAddress >> 2);
    await this.must("objectSetState", { a0: slot, a1: stateAddress, a2: state.length });
  }

  resume(): void {
    const resume = this.#isStarted ? this.#resume : (): void => void this.#run();
    this.#isStarted = true;
    if (resume !== undefined) queueMicrotask(resume);
  }

  drop(): void {
    this.#end.resolve();
  }

  async #run(): Promise<void> {
    try {
      await this.#script(this);
      this.#end.resolve();
    } catch (error) {
      this.#end.reject(error instanceof Error ? error : new Error(String(error)));
    }
    this.system.core.exited(0);
    this.system.core.left();
  }
}

/** A field of a thread's state. */
export function field(state: Int32Array, name: string, index = 0): number {
  return state[stateWord("thread", name) + index];
}
