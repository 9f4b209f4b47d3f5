// A thread of the interrupt execution model: its stack is thrown out when it waits, and put back when it
// runs: by our own capture (`unwound-stack.ts`), or by Binaryen's Asyncify (`asyncified-stack.ts`), the
// reference that ours is tested and measured against.
import type { StackState } from "../../abi/index.ts";
import type { Core } from "../core.ts";
import {
  type Entry,
  firstPosition,
  type Loss,
  reasonOf,
  type StackOptions,
  type StackPosition,
  type ProgramStack,
} from "./thread-stack.ts";

/** What `call` answers if the stack came out instead. */
export const stackOut = Symbol("the stack is out");

/** A stack that an import takes out when it must wait; after that the import is called again. */
export abstract class ThrowableStack implements ProgramStack {
  onGone: (() => void) | undefined;
  protected readonly args: readonly number[];
  /** Entries that have returned. */
  protected returned: number;
  protected loss: Loss | undefined;
  readonly #core: Core;
  readonly #entries: readonly Entry[];
  readonly #ends: (code: number) => void;
  readonly #broke: ((error: unknown) => void) | undefined;
  #thread = 0;
  #isGone = false;

  constructor(core: Core, options: StackOptions) {
    const { entries, args, position = firstPosition, ends, broke } = options;
    this.#core = core;
    this.#entries = entries;
    this.args = args;
    this.returned = position.returned;
    this.#ends = ends ?? ((code) => core.exited(code));
    this.#broke = broke;
  }

  /** The thread is not on its stack, since it is stopped: what there is of it is out already. */
  abstract takeOut(told: (state: StackState) => void): void;
  abstract position(): StackPosition;

  /** Whether the import now called is the one that the stack was taken out of. */
  abstract isBack(): boolean;
  /** The import now called must wait: takes the stack out, by throwing or once it has returned. */
  abstract throwOut(): void;
  /** Calls an entry, or goes on in it where its stack was taken out. */
  protected abstract call(entry: Entry): number | void | typeof stackOut;
  /** The code broke: nothing of it is on its way out or in any more. */
  protected abstract forget(): void;

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
    this.onGone?.();
  }

  #run(): void {
    if (this.#isGone) return;
    this.#thread = this.#core.current();
    try {
      if (this.loss !== undefined) throw this.loss.error;
      this.#enter();
    } catch (error) {
      this.#fault(error);
    }
    this.#core.left();
  }

  #enter(): void {
    let code: number | void;
    for (; this.returned < this.#entries.length; this.returned++) {
      const answer = this.call(this.#entries[this.returned]!);
      if (answer === stackOut) return;
      code = answer;
    }
    this.#ends(typeof code! === "number" ? code : 0);
  }

  /**
   * Code that breaks while its frames are taken out is not the running thread's any more: it has no
   * code to go on with, and faults when it runs again.
   */
  #fault(error: unknown): void {
    this.forget();
    this.#broke?.(error);
    if (this.#core.current() === this.#thread) this.#core.faulted(reasonOf(error), error);
    else this.loss = { error };
  }
}
