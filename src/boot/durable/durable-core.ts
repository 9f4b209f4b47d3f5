// The core as a durable program is linked with it: calls go through the recording door, faults to whoever
// brings the process up again, and fuel is looked at for loops that never end.
import { leaveStack } from "../../abi/index.ts";
import type { Core, PortalEntry, Runner } from "../../process/index.ts";

export interface DurableCoreOptions {
  readonly enter: () => number;
  /** The stack that the thread's code is on. */
  readonly stack: () => Runner;
  readonly onExit: (code: number) => void;
  readonly onFault: (reason: number, error: unknown) => void;
  /** How long the process may compute without a call. */
  readonly hang: { readonly limitNs: number; readonly nowNs: () => number } | undefined;
  /** It did so for longer, and leaves its stack. */
  readonly onHang: (error: Error) => void;
}

export class DurableCore implements Core {
  readonly registers: Int32Array;
  readonly enter: () => number;
  readonly left: () => void;
  readonly #core: Core;
  readonly #options: DurableCoreOptions;
  #hasCalled = true;
  #computesSinceNs = 0;

  constructor(core: Core, options: DurableCoreOptions) {
    this.#core = core;
    this.#options = options;
    this.registers = core.registers;
    this.left = core.left;
    this.enter = () => {
      this.#hasCalled = true;
      return options.enter();
    };
  }

  current(): number {
    return this.#core.current();
  }

  isInPortal(): boolean {
    return this.#core.isInPortal();
  }

  detachPortal(take: (thrown: unknown) => Runner): boolean {
    return this.#core.detachPortal(take);
  }

  portalEnded(label: number): void {
    this.#core.portalEnded(label);
  }

  leaving(): Runner {
    return this.#options.stack();
  }

  exited(code: number): void {
    this.#options.onExit(code);
    this.#core.exited(code);
  }

  faulted(reason: number, error: unknown): void {
    this.#options.onFault(reason, error);
  }

  setRunner(thread: number, runner: Runner): void {
    this.#core.setRunner(thread, runner);
  }

  setPortal(endpoint: number, entry: PortalEntry): void {
    this.#core.setPortal(endpoint, entry);
  }

  setPortalServer(space: number, portalOf: (handler: number) => PortalEntry): void {
    this.#core.setPortalServer(space, portalOf);
  }

  /** A process that makes no call for too long is taken for one that never will. */
  preempt(): number {
    const { hang, onHang } = this.#options;
    if (hang === undefined) return this.#core.preempt();
    const nowNs = hang.nowNs();
    if (this.#hasCalled) this.#computesSinceNs = nowNs;
    this.#hasCalled = false;
    if (nowNs - this.#computesSinceNs <= hang.limitNs) return this.#core.preempt();
    this.#hasCalled = true;
    onHang(new Error(`it computed for ${Math.round(hang.limitNs / 1e6)} ms without a call`));
    return leaveStack;
  }
}
