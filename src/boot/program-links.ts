// What the programs of a session are linked with: WASI by way of their core's door, and, if their calls are to
// be seen, what writes them down.
import type { Library } from "../process/index.ts";
import { areaPages } from "../userlib/index.ts";
import type { DescriptorTable, WasiProcess } from "../wasi/index.ts";
import type { PauseDoor } from "./capture/pause.ts";
import type { ProgramSpec } from "./session.ts";
import type { SpawnedProgram, System } from "./system.ts";
import { tracedProgram, traceOfProgram } from "./trace/program-trace.ts";
import { tracedEnter } from "./trace/trace.ts";
import { makeWasiProcess } from "./wasi-library.ts";

export interface ProgramLinksOptions {
  readonly system: System;
  readonly trace: ((line: string) => void) | undefined;
  readonly pause: PauseDoor | undefined;
  /** Whether a line of the trace has to say whose it is. */
  readonly hasSeveral: () => boolean;
}

/** A thread of a program that is linked. */
export interface LinkedThread {
  readonly pid: number;
  readonly spec: ProgramSpec;
  readonly spawned: SpawnedProgram;
  readonly table: DescriptorTable;
  /** Of the communication area or its annex, and the number of the thread; 0 is the first. */
  readonly page: number;
  readonly thread: number;
}

export class ProgramLinks {
  readonly #options: ProgramLinksOptions;

  constructor(options: ProgramLinksOptions) {
    this.#options = options;
  }

  wasiProcess({ pid, spec, spawned, table, page, thread }: LinkedThread): WasiProcess {
    const { args, env, durable } = spec;
    const { system, pause } = this.#options;
    const { core } = system;
    const { memories, registers } = core;
    // A durable process has a door of its own, which sees to its images.
    const isPausing = pause !== undefined && durable === undefined;
    const door = isPausing ? () => pause.enter() : () => spawned.core.enter();
    return makeWasiProcess({
      caller: {
        registers,
        area: page < areaPages ? memories.area(spawned.space) : memories.annex(spawned.space),
        enter: tracedEnter(door, registers, this.#traceOf(pid, args, thread)),
      },
      memory: () => memoryOf(spawned).buffer,
      table,
      args,
      env,
      page,
      onExit: () => system.endWithCurrent(spawned.space),
    });
  }

  /** What writes down the calls of a thread; none if nobody wants to see them. */
  wrap(
    pid: number,
    { args }: ProgramSpec,
    spawned: () => SpawnedProgram,
    thread: number,
  ): ((library: Library) => Library) | undefined {
    const write = this.#traceOf(pid, args, thread);
    if (write === undefined) return undefined;
    const { registers } = this.#options.system.core;
    return (library) => tracedProgram(library, registers, () => memoryOf(spawned()), write);
  }

  #traceOf(
    pid: number,
    args: readonly string[],
    thread: number,
  ): ((line: string) => void) | undefined {
    const { trace, hasSeveral } = this.#options;
    if (trace === undefined) return undefined;
    return traceOfProgram(trace, hasSeveral() ? { pid, name: args[0] ?? "" } : undefined, thread);
  }
}

function memoryOf({ program }: SpawnedProgram): Uint8Array {
  const { memory } = program;
  return memory === undefined ? new Uint8Array(0) : new Uint8Array(memory.buffer);
}
