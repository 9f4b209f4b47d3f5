// `wasi.thread-spawn`: threads that a program makes of itself, as the wasi-threads proposal has them. A
// thread is another instance of the program's module over the same memory, on a stack of its own, which
// begins at the program's `wasi_thread_start`. All threads of a process have one descriptor table, one
// space and one core.
import { processThreadsMax } from "../abi/index.ts";
import { type CallProgress, type Library, LinkError, type ModuleFacts } from "../process/index.ts";
import { Errno } from "../userlib/index.ts";
import type { WasiProcess } from "../wasi/index.ts";
import type { SpawnedProgram, System } from "./system.ts";
import type { TraceForm } from "./trace/trace.ts";
import { LateProcess, wasiLibrary } from "./wasi-library.ts";

export const threadModule = "wasi";
const spawnImport = "thread-spawn";
const threadStart = "wasi_thread_start";

/** What the proposal leaves for thread numbers, from 1 on. */
const threadIdMax = 0x1fff_ffff;

export interface ProgramThreadsOptions {
  readonly system: System;
  /** The process, once it is there. */
  readonly spawned: () => SpawnedProgram;
  /** What the WASI functions of a thread work on; `thread` is 0 for the first. */
  readonly processOf: (page: number, thread: number) => WasiProcess;
  /** Wraps the functions of a thread, for tracing. */
  readonly wrap: (thread: number) => ((library: Library) => Library) | undefined;
}

export class ProgramThreads {
  readonly #options: ProgramThreadsOptions;
  readonly #usedPages = new Set<number>([0]);
  readonly #threads = new Set<number>();
  #lastThread = 0;

  constructor(options: ProgramThreadsOptions) {
    this.#options = options;
  }

  /** How many there are beside the first. */
  get count(): number {
    return this.#threads.size;
  }

  /** What a thread of the program is linked with. */
  linked(page = 0, thread = 0): { readonly library: Library; readonly progress: CallProgress } {
    const own = new LateProcess(() => this.#options.processOf(page, thread));
    const library = wasiLibrary(() => own.process());
    const spawn = (argument: number | bigint): number => this.#spawn(Number(argument));
    library.set(threadModule, new Map([[spawnImport, { begin: spawn, finish: spawn }]]));
    return { library, progress: own };
  }

  /** Answers the number of a new thread, or a negative errno. */
  #spawn(argument: number): number {
    const page = this.#freePage();
    if (page === undefined) return -Errno.again;
    const thread = this.#nextThread();
    const { system, spawned, wrap } = this.#options;
    try {
      system.addThread(spawned(), {
        ...this.linked(page, thread),
        wrap: wrap(thread),
        entry: threadStart,
        args: [thread, argument],
        onGone: () => this.#gone(page, thread),
      });
    } catch (error) {
      if (!isShortage(error)) throw error;
      return -Errno.again;
    }
    this.#usedPages.add(page);
    this.#threads.add(thread);
    return thread;
  }

  /** Each thread builds its messages in a page of its own; the first has page 0. */
  #freePage(): number | undefined {
    for (let page = 0; page < processThreadsMax; page++)
      if (!this.#usedPages.has(page)) return page;
    return undefined;
  }

  /** Numbers are used again only after all others were. */
  #nextThread(): number {
    do this.#lastThread = (this.#lastThread % threadIdMax) + 1;
    while (this.#threads.has(this.#lastThread));
    return this.#lastThread;
  }

  #gone(page: number, thread: number): void {
    this.#usedPages.delete(page);
    this.#threads.delete(thread);
  }
}

/** The kernel or the engine has no room for another thread. */
function isShortage(error: unknown): boolean {
  return error instanceof RangeError;
}

/** A program that makes threads must be made for them; one that is not is refused before it runs. */
export function checkThreads({ imports, exports, memories }: ModuleFacts): void {
  if (!imports.some(({ module, name }) => module === threadModule && name === spawnImport)) return;
  const start = exports.find(({ name }) => name === threadStart);
  const takes = start?.signature?.parameters.join();
  if (takes !== "i32,i32") {
    throw new LinkError(
      `a program that imports ${threadModule}.${spawnImport} exports the function "${threadStart}" of ` +
        "two 32-bit integers, where its threads begin. Link it with --export=wasi_thread_start.",
    );
  }
  if (memories.some(({ isShared, importedAs }) => isShared && importedAs !== undefined)) return;
  throw new LinkError(
    "the threads of a program need a shared memory that it imports. Link it with --shared-memory, " +
      "--import-memory and --max-memory.",
  );
}

/** How `--trace calls` shows what threads make of each other, and wait for; undefined for other calls. */
export function threadForm(module: string, name: string): TraceForm | undefined {
  if (module === threadModule) {
    return {
      parameters: ["arg"],
      result: (answer) => (answer > 0 ? `${answer}` : `${answer} again`),
    };
  }
  if (name === "atomic_notify") return { parameters: ["address", "count"] };
  if (!name.startsWith("atomic_wait")) return undefined;
  return {
    parameters: ["address", "expected", "timeout"],
    result: (answer) => ["0 woken", "1 not equal", "2 timed out"][answer] ?? `${answer}`,
  };
}
