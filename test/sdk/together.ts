// Runs C programs together on one core. Who may talk to whom is said by names of endpoints: a member
// serves some and calls others, and finds them in its slots from `InitialSlot.firstFree` on, first those
// it serves, then those it calls, in the order given.
//
// The whole kernel is verified every time a thread has left its stack, and at the end.
import { InitialSlot, Kind, Right, smallLimits } from "../../src/abi/index.ts";
import type { DurableOptions } from "../../src/boot/durable/durable.ts";
import { type SpawnedProgram, System } from "../../src/boot/system.ts";
import { createObject, grant, type Kernel, nextTickNs, verify } from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import type { FaultReport } from "../../src/process/index.ts";
import {
  type ExecutionModel,
  prepareModule,
  type PreparedModule,
} from "../../src/process/wasm/index.ts";
import { compileC } from "./compile.ts";

export interface Member {
  /** C sources, from the root of the tree; or a module made otherwise. */
  readonly program: readonly string[] | Uint8Array;
  readonly serves?: readonly Served[];
  readonly calls?: readonly Called[];
  readonly priority?: number;
  readonly durable?: DurableOptions;
  /** Called before anything runs, to prepare the instance. */
  readonly prepare?: (spawned: SpawnedProgram) => void;
}

export interface Served {
  readonly name: string;
  /** A portal with this handler number; without, a rendezvous. */
  readonly handler?: number;
}

export interface Called {
  readonly name: string;
  readonly badge?: number;
}

export interface Manner {
  readonly model: ExecutionModel;
  /** Prepared with fuel, and this much of it in a slice. */
  readonly fuelSlice?: number;
  /** Verifies after every call made by a thread too, not only when one leaves its stack. */
  readonly verifiesCalls?: boolean;
  /** Prepared so that stacks can be taken out; in the interrupt model they always are. */
  readonly isCapturable?: boolean;
  /** Ends the run at once. */
  readonly killed?: Promise<void>;
  /** Ends the run when it answers true after an exit; otherwise it ends when all have exited. */
  readonly isOver?: (codes: readonly (number | undefined)[]) => boolean;
}

export interface Outcome {
  /** Exit codes by member; undefined for one that has not ended. */
  readonly codes: readonly (number | undefined)[];
  readonly faults: readonly FaultReport[];
  readonly kernel: Kernel;
  readonly spawned: readonly SpawnedProgram[];
}

export async function prepareC(
  program: readonly string[] | Uint8Array,
  { model, fuelSlice, isCapturable = false }: Manner,
): Promise<PreparedModule> {
  const bytes = program instanceof Uint8Array ? program : await compileC(...program);
  const capture = isCapturable || model === "interrupt" ? "unwind" : "none";
  return prepareModule(bytes, { fuel: fuelSlice !== undefined, capture });
}

/** Runs the members until all have exited, or nothing can run any more. */
export async function runTogether(members: readonly Member[], manner: Manner): Promise<Outcome> {
  const prepared = await Promise.all(members.map(({ program }) => prepareC(program, manner)));
  const ended = Promise.withResolvers<void>();
  const machine = createNodeMachine();
  const isDurable = members.some(({ durable }) => durable !== undefined);
  const system = new System({
    machine,
    limits: smallLimits,
    onCrash: ended.reject,
    // A durable process may wait for what is none of the kernel's.
    onIdle: () => !isDurable && nextTickNs(system.core.kernel) === Infinity && ended.resolve(),
  });
  // A program keeps the door it was linked with, so it is opened before any is.
  verifyOften(system, manner.verifiesCalls ?? false);
  const codes: (number | undefined)[] = members.map(() => undefined);
  const isOver = manner.isOver ?? (() => codes.every((code) => code !== undefined));
  const faults: FaultReport[] = [];
  const spawned = members.map(({ priority, durable }, i) =>
    system.spawn({
      prepared: prepared[i],
      durable,
      model: manner.model,
      ...(manner.fuelSlice === undefined ? {} : { fuelSlice: manner.fuelSlice }),
      ...(priority === undefined ? {} : { priority }),
      onFault: (report) => faults.push(report),
      onExit: (code) => {
        codes[i] = code;
        if (isOver(codes)) ended.resolve();
      },
    }),
  );
  connect(system, members, spawned);
  members.forEach(({ prepare }, i) => prepare?.(spawned[i]));
  for (const one of spawned) system.start(one);
  system.core.start();
  await Promise.race([ended.promise, manner.killed ?? ended.promise]).finally(() => {
    system.core.stop();
    machine.close();
  });
  verify(system.core.kernel);
  return { codes, faults, kernel: system.core.kernel, spawned };
}

/** Makes the endpoints that members serve, and grants them to those who call them. */
function connect(
  { core }: System,
  members: readonly Member[],
  spawned: readonly SpawnedProgram[],
): void {
  const endpoints = new Map<string, number>();
  members.forEach(({ serves = [] }, i) => {
    const { space, program } = spawned[i];
    serves.forEach(({ name, handler }, n) => {
      const words = handler === undefined ? [] : [1, handler];
      const row = createObject(core.kernel, Kind.endpoint, space, words);
      if (handler !== undefined) core.setPortal(row, program.portal(handler));
      grant(core.kernel, space, InitialSlot.firstFree + n, { kind: Kind.endpoint, row });
      endpoints.set(name, row);
    });
  });
  members.forEach(({ serves = [], calls = [] }, i) => {
    calls.forEach(({ name, badge = 0 }, n) => {
      const row = endpoints.get(name);
      if (row === undefined) throw new RangeError(`no member serves an endpoint "${name}"`);
      const slot = InitialSlot.firstFree + serves.length + n;
      const rights = Right.send | Right.grant | Right.derive;
      grant(core.kernel, spawned[i].space, slot, { kind: Kind.endpoint, row, rights, badge });
    });
  });
}

/** Checks the kernel at every change of threads, on a stack that no program has used. */
function verifyOften({ core }: System, verifiesCalls: boolean): void {
  const left = core.left.bind(core);
  core.left = () => {
    verify(core.kernel);
    left();
  };
  if (!verifiesCalls) return;
  const enter = core.enter.bind(core);
  core.enter = () => {
    const isInPortal = core.isInPortal();
    const answer = enter();
    if (!isInPortal) verify(core.kernel);
    return answer;
  };
}
