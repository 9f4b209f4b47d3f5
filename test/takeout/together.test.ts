// Many stacks leave at a time: those of the threads of one process, which share a memory, and those of
// processes that have nothing in common. None gets another's frames.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  forever,
  InitialSlot,
  Kind,
  Register,
  StackState,
  Syscall,
  ThreadState,
} from "../../src/abi/index.ts";
import { type SpawnedProgram, System } from "../../src/boot/system.ts";
import { createObject, grant, verify } from "../../src/kernel/index.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { prepareModule, type ProgramState } from "../../src/process/index.ts";
import { assembleWat } from "../support/wat.ts";
import { field, Operator } from "./operator.ts";

const threadCount = 7;

/**
 * The first thread waits for a signal, then wakes the others and waits until they are done; the others
 * wait as many frames deep as their number says, and add what their frames have kept.
 */
const crewText = `(module
  (import "shoal" "syscall" (func $syscall (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (global $own (mut i32) (i32.const 0))
  (func $deep (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const 9000000000000)))
      (return (global.get $own))))
    (i32.add (local.get $n) (call $deep (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "_start") (result i32)
    (drop (call $syscall (i32.const 64)))
    (i32.atomic.store (i32.const 4) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 4) (i32.const -1)))
    (loop $again
      (if (i32.lt_u (i32.atomic.load (i32.const 8)) (i32.const ${threadCount})) (then
        (drop (memory.atomic.wait32 (i32.const 8) (i32.atomic.load (i32.const 8)) (i64.const -1)))
        (br $again))))
    (i32.atomic.load (i32.const 12)))
  (func (export "wasi_thread_start") (param $tid i32) (param $arg i32)
    (global.set $own (local.get $arg))
    (drop (i32.atomic.rmw.add (i32.const 12) (call $deep (local.get $tid))))
    (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 8) (i32.const -1)))))`;

/** What the threads add up to: their arguments, and 1 to their number each. */
const sum = Array.from({ length: threadCount }, (_, i) => i + 1).reduce(
  (all, tid) => all + tid * 100 + (tid * (tid + 1)) / 2,
  0,
);

const leftBit = 1;
const operatorPriority = 8;

let machine: Machine;
let system: System;
let failed: PromiseWithResolvers<never>;
/** By space: what its process ended with. */
let codes: Map<number, PromiseWithResolvers<number>>;

beforeEach(() => {
  failed = Promise.withResolvers();
  machine = createNodeMachine();
  system = new System({ machine, onCrash: failed.reject });
  codes = new Map();
});

afterEach(() => {
  verify(system.core.kernel);
  system.core.stop();
  machine.close();
});

const prepared = assembleWat(crewText).then((bytes) =>
  prepareModule(bytes, { fuel: true, capture: "unwind" }),
);

interface Crew extends SpawnedProgram {
  /** Kernel threads; the first is that of the process. */
  readonly rows: number[];
}

async function optionsOf(onSpace: (space: number) => void) {
  const end = Promise.withResolvers<number>();
  return {
    prepared: await prepared,
    priority: 16,
    onSpace(space: number) {
      codes.set(space, end);
      onSpace(space);
    },
    onExit: (code: number) => end.resolve(code),
  };
}

async function spawnCrew(signal: number): Promise<Crew> {
  const spawned = system.spawn(await optionsOf((space) => give(space, signal)));
  const words = new Int32Array(spawned.program.memory!.buffer, 64);
  words.set([Syscall.notificationWait, InitialSlot.firstFree, -1]);
  words[Register.receiveTimeout] = forever;
  for (let tid = 1; tid <= threadCount; tid++) {
    system.addThread(spawned, {
      library: new Map(),
      wrap: undefined,
      entry: "wasi_thread_start",
      args: [tid, tid * 100],
      onGone: () => undefined,
    });
  }
  system.start(spawned);
  return { ...spawned, rows: system.threadsOf(spawned.space) };
}

function give(space: number, signal: number): void {
  grant(system.core.kernel, space, InitialSlot.firstFree, { kind: Kind.notification, row: signal });
}

async function play(script: (operator: Operator) => Promise<void>): Promise<void> {
  const operator = new Operator(system, operatorPriority, script);
  system.core.start();
  await Promise.race([operator.over, failed.promise]);
}

/** Stops all the threads at once, and waits until all their stacks are out. */
async function stopAll(operator: Operator, slots: readonly number[]): Promise<Int32Array[]> {
  const told = operator.hold(
    Kind.notification,
    createObject(system.core.kernel, Kind.notification, 0),
  );
  for (const a0 of slots) await operator.must("threadStop", { a0, a1: told, a2: leftBit });
  for (;;) {
    const states: Int32Array[] = [];
    for (const slot of slots) states.push(await operator.stateOf(slot));
    expect(states.every((state) => field(state, "state") === ThreadState.stopped)).toBe(true);
    if (states.every((state) => field(state, "stack") === StackState.out)) return states;
    await operator.must("notificationWait", { a0: told, a1: leftBit });
  }
}

describe("the threads of a process", () => {
  it("are taken out together, and go on in fresh instances over one memory", async () => {
    const signal = createObject(system.core.kernel, Kind.notification, 0);
    const first = await spawnCrew(signal);
    let space = first.space;
    const states: ProgramState[] = [];
    await play(async (operator) => {
      const named = operator.hold(Kind.notification, signal);
      let rows = first.rows;
      for (let times = 0; times < 2; times++) {
        const slots = rows.map((row) => operator.hold(Kind.thread, row));
        const kernelStates = await stopAll(operator, slots);
        const state = structuredClone(system.capture(space));
        states.push(state);
        await operator.must("objectDestroy", { a0: operator.hold(Kind.space, space) });
        const options = await optionsOf((own) => give(own, signal));
        const restored = system.restore(options, state, () => ({ library: new Map() }));
        space = restored.space;
        rows = state.threads.map(({ id }) => restored.threads.get(id)!);
        for (const [at, row] of rows.entries()) {
          const slot = operator.hold(Kind.thread, row);
          await operator.setState(slot, kernelStates[at]);
          await operator.must("threadResume", { a0: slot });
        }
      }
      await operator.must("notificationSignal", { a0: named, a1: 1 });
    });
    expect(await Promise.race([codes.get(space)!.promise, failed.promise])).toBe(sum);
    const [state] = states;
    expect(state.memories).toHaveLength(1);
    expect(state.memories[0]).toMatchObject({ isImported: true, maxPages: 4 });
    expect(state.threads.map(({ args }) => args)).toEqual([
      [],
      ...Array.from({ length: threadCount }, (_, i) => [i + 1, (i + 1) * 100]),
    ]);
    // A wait of 9000 s is longer than one call: what is left is the thread's to remember.
    expect(state.threads[3].progress[0]).toBe(9_000_000_000);
    expect(states[1].threads[3].progress).toEqual(state.threads[3].progress);
  });
});

describe("processes that have nothing in common", () => {
  it("are stopped at once, and go on at once, again and again", async () => {
    const signals: number[] = [];
    const crews: Crew[] = [];
    for (let n = 0; n < 4; n++) {
      signals.push(createObject(system.core.kernel, Kind.notification, 0));
      crews.push(await spawnCrew(signals[n]));
    }
    await play(async (operator) => {
      const slots = crews.flatMap(({ rows }) => rows.map((row) => operator.hold(Kind.thread, row)));
      for (let times = 0; times < 5; times++) {
        await stopAll(operator, slots);
        for (const a0 of slots) await operator.must("threadResume", { a0 });
      }
      for (const row of signals) {
        const a0 = operator.hold(Kind.notification, row);
        await operator.must("notificationSignal", { a0, a1: 1 });
      }
    });
    const all = Promise.all(crews.map(({ space }) => codes.get(space)!.promise));
    expect(await Promise.race([all, failed.promise])).toEqual([sum, sum, sum, sum]);
  });
});
