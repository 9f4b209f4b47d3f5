// A program that runs in a session: what a session knows of it beside what the kernel and the servers do,
// which is what an image of it needs.
import type { Descriptor, DescriptorTable } from "../wasi/index.ts";
import type { ProgramThreads } from "./program-threads.ts";
import type { ProgramSpec } from "./session.ts";
import type { SpawnedProgram, SpawnOptions } from "./system.ts";

/** A program before it has a space. */
export interface MadeProgram {
  readonly options: SpawnOptions;
  readonly threads: ProgramThreads;
  /** Set when it has one; nothing of the program runs before. */
  spawned: SpawnedProgram | undefined;
}

export interface RunningProgram {
  readonly pid: number;
  readonly spec: ProgramSpec;
  /** What it has open, as it changes. */
  readonly table: DescriptorTable;
  /** What it has open now, also after it was brought up again. */
  readonly rows: () => readonly (Descriptor | null)[];
  /** The servers that it may call, if not all. */
  readonly slots: ReadonlySet<number> | undefined;
  /** Whether it has an endpoint to serve on. */
  readonly isServer: boolean;
  readonly spawned: SpawnedProgram;
  readonly threads: ProgramThreads;
}
