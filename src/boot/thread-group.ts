// The threads of one process, and when it is over: with its first thread, with one that faults, or with
// one that says so. Those that are left then never run again.
import type { CapturedThread, Core, Runner, ThreadStack } from "../process/index.ts";

export class ThreadGroup {
  readonly #core: Core;
  readonly #stacks = new Map<number, ThreadStack>();
  /** Threads whose end is the end of the process. */
  readonly #deciding = new Set<number>();
  /** Those whose code can be taken out, in the order in which they were made. */
  readonly #programs = new Map<number, CapturedThread>();
  #isOver = false;
  #isTold = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Adds a thread; `onGone` is called when it has ended. */
  add(thread: number, stack: ThreadStack, onGone: () => void = () => undefined): void {
    this.#stacks.set(thread, stack);
    stack.onGone = () => {
      this.#stacks.delete(thread);
      this.#programs.delete(thread);
      if (this.#deciding.has(thread)) this.#isOver = true;
      onGone();
    };
    this.#core.setRunner(thread, stack);
  }

  /** Remembers a thread's instance and stack, by which its code is taken out. */
  enroll(thread: CapturedThread): void {
    this.#programs.set(thread.id, thread);
  }

  /** Other code for a thread that is there already. */
  replace(thread: CapturedThread): void {
    const { id, stack } = thread;
    const old = this.#stacks.get(id);
    stack.onGone = old?.onGone;
    if (old !== undefined) {
      old.onGone = undefined;
      old.drop();
    }
    this.#stacks.set(id, stack);
    this.enroll(thread);
    this.#core.setRunner(id, stack);
  }

  get programs(): CapturedThread[] {
    return [...this.#programs.values()];
  }

  /** The process will be over when this thread is. */
  endsWith(thread: number): void {
    this.#deciding.add(thread);
  }

  /**
   * A thread has ended, and `left` are alive. True once, when the process is over: what is left of it is
   * taken off its stacks.
   */
  endsNow(left: number): boolean {
    if (this.#isTold || (left > 0 && !this.#isOver)) return false;
    this.#isTold = true;
    for (const [thread, stack] of this.#stacks) {
      stack.onGone = undefined;
      stack.drop();
      this.#core.setRunner(thread, new EndedThread(this.#core));
    }
    this.#stacks.clear();
    this.#programs.clear();
    return true;
  }
}

/** Stands for a thread whose process is over: if it is ever to run, it ends. */
class EndedThread implements Runner {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  resume(): void {
    queueMicrotask(() => {
      this.#core.exited(0);
      this.#core.left();
    });
  }

  drop(): void {
    // It has no stack.
  }
}
