// A kernel thread of TypeScript that makes calls for others: it waits at its notification until it is
// given one, makes it, tells what came of it, and waits again. While a call waits in the kernel, so does
// the thread, and nothing of it is on any stack.
import { forever, leaveStack, Register, Syscall } from "../../abi/index.ts";
import type { Core, Runner } from "../core.ts";

/** A call to make: `write` puts it into the registers, `over` finds its answer there. */
export interface Errand {
  /** Asked when a thread comes to it; without, it is. */
  readonly isNeeded?: () => boolean;
  write(registers: Int32Array, area: number): void;
  over(registers: Int32Array, area: number): void;
}

export interface ClientThreadOptions {
  readonly core: Core;
  /** Address of the memory that is this thread's own. */
  readonly area: number;
  /** Slot of the notification by which it is woken. */
  readonly wakeSlot: number;
  /** What there is for it to do next. */
  readonly next: () => Errand | undefined;
  /** It found nothing to do, and waits. */
  readonly onIdle: () => void;
}

export class ClientThread implements Runner {
  readonly #options: ClientThreadOptions;
  #errand: Errand | undefined;
  #isGone = false;

  constructor(options: ClientThreadOptions) {
    this.#options = options;
  }

  resume(): void {
    queueMicrotask(() => this.#run());
  }

  drop(): void {
    this.#isGone = true;
  }

  #run(): void {
    if (this.#isGone) return;
    const { core, area } = this.#options;
    do {
      const done = this.#errand;
      this.#errand = undefined;
      done?.over(core.registers, area);
      this.#write(core.registers);
    } while (core.enter() !== leaveStack);
    core.left();
  }

  /** Puts the next call into the registers: what there is to do, or to wait until there is something. */
  #write(registers: Int32Array): void {
    const { next, onIdle, area, wakeSlot } = this.#options;
    this.#errand = next();
    if (this.#errand !== undefined) {
      this.#errand.write(registers, area);
      return;
    }
    onIdle();
    registers[Register.call] = Syscall.notificationWait;
    registers[Register.a0] = wakeSlot;
    registers[Register.a1] = 0;
    registers[Register.receiveTimeout] = forever;
  }
}
