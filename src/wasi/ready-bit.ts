// By which bit of its process's notification a thread that polls several servers is woken. Threads have
// bits of their own as long as there are any; the others share the last one. Who is woken by that takes
// it from the rest, of whom it may have been meant for any, so it is handed on: once to each thread that
// was polling by then. One that is woken for nothing asks again and goes on waiting.
import {
  annexAddress,
  communicationAddress,
  communicationBytes,
  communicationPageBytes,
  InitialSlot,
  Register,
  Syscall,
} from "../abi/index.ts";
import type { WasiProcess } from "./process.ts";

const lastBit = 31;
const sharedBit = 1 << lastBit;

/** The threads of one process that poll by the bit they share, by the pages that are theirs. */
export class BitSharers {
  readonly polling = new Set<number>();
  /** To how many of them the bit is still to be handed on. */
  owed = 0;
}

/** Each thread of a process has a page of its own, and so its bit. */
export function readyBitOf(p: WasiProcess): number {
  return 1 << Math.min(pageOf(p.call.scratchAddress >>> 0), lastBit);
}

function pageOf(address: number): number {
  const isInArea = address >= communicationAddress;
  const first = isInArea ? 0 : communicationBytes / communicationPageBytes;
  const offset = address - (isInArea ? communicationAddress : annexAddress);
  return first + Math.floor(offset / communicationPageBytes);
}

/** The thread begins to ask; from now on a bit that is raised may be meant for it. */
export function joinSharers(p: WasiProcess): void {
  if (readyBitOf(p) === sharedBit) p.table.sharers.polling.add(p.call.scratchAddress);
}

/** The poll of the thread is over. */
export function leaveSharers(p: WasiProcess): void {
  const { sharers } = p.table;
  if (sharers.polling.size > 0) sharers.polling.delete(p.call.scratchAddress);
}

/** The thread was woken by its bit: hands it on if it is not its own. Whatever was in the registers is gone. */
export function handOnBit(p: WasiProcess): void {
  if (readyBitOf(p) !== sharedBit) return;
  const { sharers } = p.table;
  // The first who is woken owes it to all others, and each of those owes it to one less.
  sharers.owed = sharers.owed > 0 ? sharers.owed - 1 : sharers.polling.size - 1;
  if (sharers.owed <= 0) return;
  const { registers } = p.call.caller;
  registers[Register.call] = Syscall.notificationSignal;
  registers[Register.a0] = InitialSlot.ready;
  registers[Register.a1] = sharedBit;
  p.call.caller.enter();
}
