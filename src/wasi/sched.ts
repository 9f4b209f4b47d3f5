// sched_yield: the other ready threads of the same priority go first.
import { leaveStack, Register, Syscall } from "../abi/index.ts";
import { Errno } from "../userlib/index.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

export const schedYield: WasiFunction = {
  begin(p: WasiProcess) {
    const { caller } = p.call;
    caller.registers[Register.call] = Syscall.threadYield;
    return caller.enter() === leaveStack ? leaveStack : Errno.success;
  },
  finish() {
    return Errno.success;
  },
};
