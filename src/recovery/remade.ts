// Calls on a process's own objects. What they made is gone with its kernel, and a replay in a new one
// makes them again, with the same slots; all other calls are answered from the log alone.
import { Syscall } from "../abi/index.ts";

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

export function isRemade(call: number): boolean {
  return remadeCalls.has(call);
}
