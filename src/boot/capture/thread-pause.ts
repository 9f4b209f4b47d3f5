// A notification by which the thread of a durable process waits for what is none of the kernel's: that its
// log is stable, or that a server has been brought up.
import { forever, Kind, Register, slotsPerSpace, Syscall } from "../../abi/index.ts";
import { createObject, grant } from "../../kernel/index.ts";
import type { Pause } from "../../recovery/index.ts";
import type { CoreLoop } from "../core.ts";

/** The last slot of its table. */
const pauseSlot = slotsPerSpace - 1;

export function threadPause(core: CoreLoop, space: number): Pause {
  const { kernel, registers } = core;
  const row = createObject(kernel, Kind.notification, space);
  grant(kernel, space, pauseSlot, { kind: Kind.notification, row });
  return {
    ask() {
      registers.fill(0);
      registers[Register.call] = Syscall.notificationWait;
      registers[Register.a0] = pauseSlot;
      registers[Register.receiveTimeout] = forever;
    },
    wake: () => core.raise(row, 1),
  };
}
