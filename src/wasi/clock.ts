// clock_time_get and clock_res_get. The monotonic clock is the kernel's own, one trivial call; the
// others are the clock server's. clock_time_get is hot: it allocates nothing.
import { Register, Syscall } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import { Clock, ClockAsk, Errno } from "../userlib/index.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const clockCount = 4;

export const clockTimeGet: WasiFunction = {
  begin(p: WasiProcess, clock: number, _precision: bigint, result: number) {
    if (clock >>> 0 >= clockCount) return Errno.inval;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    if (clock === Clock.monotonic) return readMonotonic(p, result);
    p.call.begin(p.clock, ClockAsk.now, clock);
    const errno = enter(p);
    return errno === 0 ? conclude(p, errno, result) : errno;
  },
  finish(p: WasiProcess, _clock: number, _precision: bigint, result: number) {
    return conclude(p, outcome(p), result);
  },
};

export const clockResGet: WasiFunction = {
  begin(p: WasiProcess, clock: number, result: number) {
    if (clock >>> 0 >= clockCount) return Errno.inval;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    p.call.begin(p.clock, ClockAsk.resolution, clock);
    const errno = enter(p);
    return errno === 0 ? conclude(p, errno, result) : errno;
  },
  finish(p: WasiProcess, _clock: number, result: number) {
    return conclude(p, outcome(p), result);
  },
};

/** The kernel answers in registers and at once. */
function readMonotonic(p: WasiProcess, result: number): number {
  enterClockRead(p);
  return conclude(p, Errno.success, result);
}

/** Leaves the nanoseconds since the core started in the first two words. */
export function enterClockRead(p: WasiProcess): void {
  const { caller } = p.call;
  caller.registers[Register.call] = Syscall.clockRead;
  caller.enter();
  assert(p.call.status === 0, "clockRead cannot be refused", p.call.status);
}

function conclude(p: WasiProcess, errno: number, result: number): number {
  if (errno === 0) p.memory.setWords(result, p.call.word(0), p.call.word(1));
  return errno;
}
