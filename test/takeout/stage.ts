// A stage for stopping one program: a system, a program that makes the calls it is told to from some
// frames deep, and an operator that stops it, and puts it back in place or elsewhere.
import {
  InitialSlot,
  Kind,
  Register,
  registerCount,
  StackState,
  ThreadState,
} from "../../src/abi/index.ts";
import { System } from "../../src/boot/system.ts";
import { createObject, createRootSpace, grant, verify } from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import type {
  ExecutionModel,
  FaultReport,
  PreparedModule,
  Program,
  ProgramState,
} from "../../src/process/index.ts";
import { field, Operator } from "./operator.ts";

export const targetPriority = 16;
export const operatorPriority = 8;
/** The notification by which the operator hears that a stack has left. */
const leftBit = 2;

export interface Ended {
  readonly code: number;
  readonly fault: FaultReport | undefined;
  /** The registers of every call that the program made, as it found them afterwards. */
  readonly registers: readonly (readonly number[])[];
}

/** Registers of a call of the program. */
export type ProgramCall = Partial<Record<keyof typeof Register, number>>;

/** Where the program finds its calls, and how many there are. */
const callsAddress = 64;
const countAddress = 0;

export class Stage {
  readonly system: System;
  readonly ended: Promise<Ended>;
  readonly #machine = createNodeMachine();
  readonly #prepared: PreparedModule;
  readonly #end = Promise.withResolvers<Ended>();
  readonly #crash = Promise.withResolvers<never>();
  #callCount = 0;
  readonly #granted: { kind: number; row: number }[] = [];
  readonly #left: number;
  /** Holds a name of every object: one ends with its last. */
  readonly #keeper: number;
  #target: { space: number; program: Program };
  #fault: FaultReport | undefined;
  /** How often the program was put into a space: only the last counts. */
  #incarnation = 0;
  /** The target's thread, in the kernel and by the operator's name. */
  thread: number;
  slot = 0;
  spaceSlot = 0;

  constructor(prepared: PreparedModule) {
    this.#prepared = prepared;
    this.system = new System({ machine: this.#machine, onCrash: this.#crash.reject });
    const spawned = this.system.spawn(this.#options());
    this.#target = spawned;
    this.thread = spawned.thread;
    this.ended = this.#end.promise;
    this.#keeper = createRootSpace(this.system.core.kernel);
    this.#left = createObject(this.system.core.kernel, Kind.notification, 0);
  }

  /** An object that nobody owns, in the next free slot of the program; answers that slot and its row. */
  give(kind: number, words: readonly number[] = []): { slot: number; row: number } {
    return this.name(kind, createObject(this.system.core.kernel, kind, 0, words));
  }

  /** The same of an object that is there already. */
  name(kind: number, row: number): { slot: number; row: number } {
    this.#granted.push({ kind, row });
    const slot = InitialSlot.firstFree + this.#granted.length - 1;
    grant(this.system.core.kernel, this.#keeper, slot, { kind, row });
    grant(this.system.core.kernel, this.#target.space, slot, { kind, row });
    return { slot, row };
  }

  /** Tells the program which calls to make. */
  tell(calls: readonly ProgramCall[]): void {
    const words = this.#memory();
    this.#callCount = calls.length;
    words[countAddress] = calls.length;
    calls.forEach((call, i) => {
      const at = wordOf(i);
      words[at + Register.sendTimeout] = -1;
      words[at + Register.receiveTimeout] = -1;
      for (const [name, value] of Object.entries(call)) {
        words[at + Register[name as keyof typeof Register]] = value;
      }
    });
  }

  /** Writes a word of the program's memory. */
  poke(word: number, value: number): void {
    this.#memory()[word] = value;
  }

  /** Runs the script until it and the program have ended. */
  async play(script: (operator: Operator) => Promise<void>): Promise<Ended> {
    const operator = new Operator(this.system, operatorPriority, async (one) => {
      this.#hold(one);
      await script(one);
    });
    this.system.core.start();
    const all = Promise.all([this.ended, operator.over]);
    try {
      const [ended] = await Promise.race([all, this.#crash.promise]);
      verify(this.system.core.kernel);
      return ended;
    } finally {
      this.system.core.stop();
      this.#machine.close();
    }
  }

  /** Stops the program's thread and waits until its stack has left; answers its state. */
  async stop(operator: Operator): Promise<Int32Array> {
    const told = operator.hold(Kind.notification, this.#left);
    const { words } = await operator.must("threadStop", { a0: this.slot, a1: told, a2: leftBit });
    const early = field(await operator.stateOf(this.slot), "stack");
    if (words[0] !== early) throw new Error(`stopping answered ${words[0]}, the state ${early}`);
    await operator.must("notificationWait", { a0: told, a1: leftBit });
    const state = await operator.stateOf(this.slot);
    if (field(state, "state") !== ThreadState.stopped) throw new Error("the thread is not stopped");
    if (field(state, "stack") === StackState.leaving) throw new Error("it was told too early");
    return state;
  }

  /** What the program is, outside of the kernel. */
  capture(): ProgramState {
    return this.system.capture(this.#target.space);
  }

  /** Takes the stopped program out, ends it, and puts it back into a new space: its thread is stopped. */
  async move(
    operator: Operator,
    state: Int32Array,
    model: ExecutionModel = "process",
  ): Promise<void> {
    const out = structuredClone(this.capture());
    this.#incarnation++;
    await operator.must("objectDestroy", { a0: this.spaceSlot });
    const restored = this.system.restore(this.#options(model), out, () => ({ library: new Map() }));
    this.#target = restored;
    this.thread = restored.threads.get(out.threads[0].id)!;
    this.#granted.forEach((given, i) => {
      grant(this.system.core.kernel, restored.space, InitialSlot.firstFree + i, given);
    });
    this.#hold(operator);
    await operator.setState(this.slot, state);
  }

  #hold(operator: Operator): void {
    this.slot = operator.hold(Kind.thread, this.thread);
    this.spaceSlot = operator.hold(Kind.space, this.#target.space);
  }

  #options(model: ExecutionModel = "process") {
    const incarnation = ++this.#incarnation;
    return {
      prepared: this.#prepared,
      model,
      priority: targetPriority,
      fuelSlice: 1000,
      onFault: (report: FaultReport) => (this.#fault = report),
      onExit: (code: number) => {
        if (incarnation === this.#incarnation) this.#exited(code);
      },
    };
  }

  #exited(code: number): void {
    const words = this.#memory();
    const calls = Array.from({ length: this.#callCount }, (_, call) => call);
    const registers = calls.map((call) => [...words.subarray(wordOf(call), wordOf(call + 1))]);
    this.#end.resolve({ code, fault: this.#fault, registers });
  }

  #memory(): Int32Array {
    return new Int32Array(this.#target.program.memory!.buffer);
  }
}

function wordOf(call: number): number {
  return (callsAddress >> 2) + call * registerCount;
}
