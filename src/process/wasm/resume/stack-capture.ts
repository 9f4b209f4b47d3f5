// Taking a stack out and putting it back, behind one interface: what the execution models, checkpoint
// and tests ask of it. Ours is `UnwindingStack`; Binaryen's Asyncify stands behind the same interface
// in tests and benchmarks.
import type { Frames } from "./frames.ts";

export interface StackCapture {
  /**
   * Called by an import that must wait. Its caller must leave at once with what this throws; by the time
   * the program's entry is left too, every frame has saved itself.
   */
  unwind(): never;
  /** Whether what a program's entry threw is the stack coming out, and no error of the program's. */
  isUnwinding(thrown: unknown): boolean;
  /** The frames that came out, as plain data. To be called once, and before any other capture. */
  take(): Frames;
  /**
   * What goes on where the frames were: to be called once, in place of the entry, whose result it
   * answers. The innermost frame makes its import call again, with the same arguments.
   */
  resume(frames: Frames): () => unknown;
}

/** One that can also take out a stack which the engine holds suspended. */
export interface SuspendedStackCapture extends StackCapture {
  /**
   * Takes a suspended stack out. `reject` rejects its suspension; once its entry has been left with an
   * exception that `isUnwinding`, what is answered here answers the frames. Any number of stacks may be
   * on their way out at a time.
   */
  expel(reject: (reason: WebAssembly.Exception) => void): () => Frames;
  /** As `resume`, on a stack of its own, which may be suspended again. */
  resumeSuspending(frames: Frames): () => Promise<unknown>;
}
