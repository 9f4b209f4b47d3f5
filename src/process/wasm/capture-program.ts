// Taking a whole program out, and putting it back into fresh instances: everything of a process that is
// not in the kernel and not a server's. Each thread of a process is an instance of its own, so what
// belongs to several, the memory that they import, is found by its identity and kept once.
import { CaptureError } from "./capture-error.ts";
import type { PreparedModule } from "./prepare/index.ts";
import type { Program } from "./program.ts";
import {
  type MemoryState,
  type ProgramState,
  programStateVersion,
  type ProgramThreadState,
} from "./program-state.ts";
import type { InstanceState, UnwindingStack } from "./resume/index.ts";
import { maximumPages } from "./thread-memory.ts";
import type { ProgramStack } from "./thread-stack.ts";

/** A thread with its code. */
export interface CapturedThread {
  /** What the caller knows it by. */
  readonly id: number;
  readonly program: Program;
  readonly stack: ProgramStack;
}

/**
 * The state of a process, all of whose threads are stopped with their stacks out, in the order in which
 * they were made. `area`: the communication area of its space.
 *
 * @throws CaptureError with the reason, if a stack is not out or holds what cannot be saved
 */
export function captureProgram(threads: readonly CapturedThread[], area: Int32Array): ProgramState {
  const [first] = threads;
  if (first === undefined) throw new CaptureError("A process without threads has no state.");
  const memories = new Map<WebAssembly.Memory, MemoryState>();
  const states = threads.map((thread) => captureThread(thread, memories));
  const { prepared } = first.program;
  return {
    version: programStateVersion,
    hash: prepared.hash,
    preparedHash: hashOf(prepared),
    memories: [...memories.values()],
    area: new Uint8Array(area.buffer, area.byteOffset, area.byteLength).slice(),
    threads: states,
  };
}

function captureThread(
  { id, program, stack }: CapturedThread,
  memories: Map<WebAssembly.Memory, MemoryState>,
): ProgramThreadState {
  const { returned, frames } = stack.position();
  const capture = captureOf(program);
  const { globals, tables, memories: views } = capture.readState();
  const own = capture.memories();
  own.forEach((memory, index) => {
    if (memories.has(memory)) return;
    memories.set(memory, { bytes: views[index]!, ...memoryFacts(program.prepared, index) });
  });
  const order = [...memories.keys()];
  const { entry, args } = program.startOf(stack);
  const indices = own.map((memory) => order.indexOf(memory));
  const progress = program.saveProgress();
  return { id, entry, args, returned, frames, memories: indices, globals, tables, progress };
}

function memoryFacts(
  { facts, memoryMaxBytes }: PreparedModule,
  index: number,
): Omit<MemoryState, "bytes"> {
  const fact = facts.memories[index]!;
  const isImported = fact.importedAs !== undefined;
  const pages = isImported ? maximumPages(fact, memoryMaxBytes) : (fact.maxPages ?? Infinity);
  return { isImported, maxPages: pages === Infinity ? null : pages };
}

/** Makes an instance for a thread; `memory` is the imported one, unless this thread is the first. */
export type MakeInstance = (
  thread: ProgramThreadState,
  memory: WebAssembly.Memory | undefined,
) => Program;

/**
 * Puts a program back: fresh instances with the state written into them, and stacks that go on where they
 * were when their threads are resumed. Neither start functions nor initial data are run or kept. The
 * communication area is the caller's to write.
 *
 * @throws CaptureError if the state is of another version, program or preparation
 */
export function restoreProgram(
  state: ProgramState,
  prepared: PreparedModule,
  make: MakeInstance,
): CapturedThread[] {
  check(state, prepared);
  const programs: Program[] = [];
  // All of them before anything is written: an instance begins by initialising what it imports.
  for (const thread of state.threads) programs.push(make(thread, programs[0]?.memory));
  return state.threads.map((thread, at) => {
    const program = programs[at]!;
    captureOf(program).writeState(instanceState(state, thread, prepared));
    program.loadProgress(thread.progress);
    const { returned, frames } = thread;
    const stack = program.runnerAt(
      { entry: thread.entry, args: thread.args },
      { returned, frames },
    );
    return { id: thread.id, program, stack };
  });
}

function instanceState(
  { memories }: ProgramState,
  { memories: indices, globals, tables }: ProgramThreadState,
  prepared: PreparedModule,
): InstanceState {
  return {
    memories: indices.map((index, at) => {
      const memory = memories[index];
      if (memory === undefined) throw new CaptureError(`The state lacks memory ${index}.`);
      checkMaximum(memory, memoryFacts(prepared, at));
      return memory.bytes;
    }),
    globals,
    tables,
  };
}

function checkMaximum({ maxPages }: MemoryState, facts: { maxPages: number | null }): void {
  if (maxPages === facts.maxPages) return;
  const pages = (count: number | null): string => (count === null ? "any number of" : `${count}`);
  throw new CaptureError(
    `The program was run with at most ${pages(maxPages)} pages of memory, and would go on with ` +
      `${pages(facts.maxPages)}. Give it the limit that it had.`,
  );
}

function check({ version, hash, preparedHash }: ProgramState, prepared: PreparedModule): void {
  if (version !== programStateVersion) {
    throw new CaptureError(
      `The state has version ${version}, and this is version ${programStateVersion}.`,
    );
  }
  if (hash !== prepared.hash) {
    throw new CaptureError(`The state is of the program ${hash}, and this is ${prepared.hash}.`);
  }
  if (preparedHash === hashOf(prepared)) return;
  throw new CaptureError(
    "The program was prepared otherwise: its frames fit the level, the limits and the version of " +
      "Shoal that it was run with.",
  );
}

function captureOf({ capture }: Program): UnwindingStack {
  if (capture === undefined) {
    throw new CaptureError("The program is not prepared for capture. Run it at level checkpoint.");
  }
  return capture;
}

const hashes = new WeakMap<PreparedModule, string>();

function hashOf(prepared: PreparedModule): string {
  const known = hashes.get(prepared);
  if (known !== undefined) return known;
  const made = process.getBuiltinModule("node:crypto").hash("sha256", prepared.bytes);
  hashes.set(prepared, made);
  return made;
}
