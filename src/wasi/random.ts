// random_get: bytes from the entropy server, straight into the program's memory. More than a message
// carries is a loop.
import { leaveStack, portalBytesMax } from "../abi/index.ts";
import { EntropyAsk, Errno } from "../userlib/index.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

export const randomGet: WasiFunction = {
  begin(p: WasiProcess, buffer: number, bytes: number) {
    if (!p.memory.holds(buffer, bytes)) return Errno.fault;
    p.doneBytes = 0;
    return fill(p, buffer, bytes >>> 0);
  },
  finish(p: WasiProcess, buffer: number, bytes: number) {
    const errno = take(p, outcome(p));
    return errno === 0 ? fill(p, buffer, bytes >>> 0) : errno;
  },
};

function fill(p: WasiProcess, buffer: number, bytes: number): number {
  while (p.doneBytes < bytes) {
    const count = Math.min(bytes - p.doneBytes, portalBytesMax);
    p.call.begin(p.entropy, EntropyAsk.fill, count).receive(buffer + p.doneBytes, count);
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    const refused = take(p, errno);
    if (refused !== 0) return refused;
  }
  return Errno.success;
}

function take(p: WasiProcess, errno: number): number {
  if (errno === 0) p.doneBytes += p.call.word(0);
  // A source that has nothing to give would keep us here for ever.
  return errno === 0 && p.call.word(0) <= 0 ? Errno.io : errno;
}
