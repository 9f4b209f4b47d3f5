// A program outside of the kernel, as plain data: what an image of a process holds beside the states of
// its kernel objects. It is read while every thread of the process is stopped with its stack out, and
// written into fresh instances of the same prepared program, here or anywhere else.
//
// Everything in it can be cloned, sent and written to a file. The same process gives the same bytes in the
// same order. What the servers keep for the process (open files, pipes) is theirs, and not in it.
import type { Frames, TableState } from "./resume/index.ts";

/** Raised whenever the same process would be described differently. Another version is refused. */
export const programStateVersion = 1;

export interface ProgramState {
  readonly version: number;
  /** SHA-256 of the program as it was given, in hexadecimal. */
  readonly hash: string;
  /**
   * SHA-256 of what preparation made of it, in hexadecimal: level and rewriter are the same if this is,
   * and frames fit no other.
   */
  readonly preparedHash: string;
  /** Every memory of the process once, in the order in which its threads name them first. */
  readonly memories: readonly MemoryState[];
  /** The communication area of the space: descriptors and short buffers of calls that are open. */
  readonly area: Uint8Array;
  /** In the order in which they were made; the first is the one that the process began with. */
  readonly threads: readonly ProgramThreadState[];
}

export interface MemoryState {
  /**
   * All of its bytes, a multiple of 64 KiB. `captureProgram` answers a view of the memory itself, which
   * changes as soon as a thread runs: copy it, page by page if need be, before one is resumed. A clone of
   * the view of a shared memory is no copy.
   */
  readonly bytes: Uint8Array;
  /** Pages of 64 KiB that it may grow to; null for as many as the engine allows. */
  readonly maxPages: number | null;
  /** It is imported, and made by the loader: one for all threads. The others are of one instance. */
  readonly isImported: boolean;
}

/** One thread, which is an instance of its own: only an imported memory is common to several. */
export interface ProgramThreadState {
  /** What the caller of `captureProgram` knows the thread by. */
  readonly id: number;
  /** The export that it began at, with these arguments. */
  readonly entry: string;
  readonly args: readonly number[];
  /**
   * How many of its functions have returned: the start function of the program, if it has one, is called
   * before the entry.
   */
  readonly returned: number;
  /** Its stack, innermost frame first; null if the function that comes next has not been called. */
  readonly frames: Frames | null;
  /** By index of the program's memories: which of the process's it is. */
  readonly memories: readonly number[];
  /** The mutable globals by index, dropped segments among them, as frames save values. */
  readonly globals: Uint8Array<ArrayBuffer>;
  /** Each table that code writes to, in order. */
  readonly tables: readonly TableState[];
  /**
   * What the library call that the innermost frame is in has to remember: first what is left of a wait on
   * memory in microseconds, then what the program's library saved.
   */
  readonly progress: readonly number[];
}
