// clock_time_get and clock_res_get. The monotonic clock is the kernel's own, one trivial call; the
// others are the clock server's. clock_time_get is hot: it allocates nothing.
import { leaveStack, Register, Syscall } from "../abi/index.ts";
import { Clock, ClockAsk, Errno } from "../userlib/index.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const clockCount = 4;

export const clockTimeGet: WasiFunction = {
  begin(p: WasiProcess, clock: number, _precision: bigint, result: number) {
    if (clock >>> 0 >= clockCount) return Errno.inval;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    if (clock === Clock.monotonic) p.call.caller.registers[Register.call] = Syscall.clockRead;
    else p.call.begin(p.clock, ClockAsk.now, clock);
    if (p.call.enter() === leaveStack) return leaveStack;
    return conclude(p, clock, result);
  },
  finish(p: WasiProcess, clock: number, _precision: bigint, result: number) {
    return conclude(p, clock, result);
  },
};

export const clockResGet: WasiFunction = {
  begin(p: WasiProcess, clock: number, result: number) {
    if (clock >>> 0 >= clockCount) return Errno.inval;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    p.call.begin(p.clock, ClockAsk.resolution, clock);
    const errno = enter(p);
    return errno === leaveStack ? leaveStack : conclude(p, clock, result);
  },
  finish(p: WasiProcess, clock: number, result: number) {
    return conclude(p, clock, result);
  },
};

function conclude(p: WasiProcess, clock: number, result: number): number {
  // The kernel's own clock answers in registers alone: there is no label to look at.
  const isKernels = clock === Clock.monotonic && p.call.status === 0;
  const errno = isKernels ? Errno.success : outcome(p);
  if (errno === 0) p.memory.setWords(result, p.call.word(0), p.call.word(1));
  return errno;
}
