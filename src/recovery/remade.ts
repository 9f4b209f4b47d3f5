// Calls on a process's own objects. What they made is gone with its kernel, and a replay in a new one
// makes them again, with the same slots; all other calls are answered from the log alone.
import { Register, Status, Syscall, syscallName } from "../abi/index.ts";

const remadeCalls: ReadonlySet<number> = new Set([
  Syscall.objectCreate,
  Syscall.objectDestroy,
  Syscall.objectSetState,
  Syscall.capabilityMint,
  Syscall.capabilityCopy,
  Syscall.capabilityMove,
  Syscall.capabilityDelete,
  Syscall.capabilityRevoke,
  Syscall.setAdd,
  Syscall.setRemove,
  Syscall.spaceBind,
  Syscall.regionWrite,
  Syscall.timerSet,
  Syscall.timerCancel,
]);

/** Those whose arguments are in memory: the call alone does not say what they made. */
const unsavedCalls: ReadonlySet<number> = new Set([Syscall.objectSetState, Syscall.regionWrite]);

/** The calls that made a process's own objects, to be made again from an image in a new kernel. */
export class RemadeCalls {
  #calls: Int32Array[] = [];
  /** Why no image can be made of the process, if so. */
  refusal: string | undefined;

  /** A call is over that went well. */
  over(asked: Int32Array): void {
    const call = asked[Register.call]!;
    if (!remadeCalls.has(call)) return;
    if (unsavedCalls.has(call)) this.refusal = `it has made the call ${syscallName(call)}`;
    this.#calls.push(asked.slice());
  }

  exportState(): number[][] {
    return this.#calls.map((call) => [...call]);
  }

  importState(calls: readonly (readonly number[])[]): void {
    this.#calls = calls.map((call) => Int32Array.from(call));
  }

  /** Makes them in a new kernel. Answers the status of the first that was refused, or 0. */
  makeAgain(registers: Int32Array, callNow: () => boolean): number {
    for (const call of this.#calls) {
      registers.set(call);
      const isOver = callNow();
      const status = registers[Register.status]!;
      if (!isOver || status !== 0) return isOver ? status : Status.wouldBlock;
    }
    return Status.ok;
  }
}

export function isRemade(call: number): boolean {
  return remadeCalls.has(call);
}
