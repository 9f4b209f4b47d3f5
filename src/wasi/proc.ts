// How a program ends: proc_exit and proc_raise.
import { Errno } from "../userlib/index.ts";
import { immediate } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

/** Never comes back to the program: the answer is always `leaveStack`. */
export const procExit: WasiFunction = immediate((p: WasiProcess, code: number) => p.exit(code));

const signalCount = 31;
/** child, continue, urgent, window size, and none at all. */
const ignoredSignals = new Set([0, 16, 17, 22, 27]);
const signalExitBase = 128;

/** There are no handlers in WASI: a signal is ignored, or ends the program as a shell reports it. */
export const procRaise: WasiFunction = immediate((p: WasiProcess, signal: number) => {
  if (signal >>> 0 >= signalCount) return Errno.inval;
  return ignoredSignals.has(signal) ? Errno.success : p.exit(signalExitBase + signal);
});
