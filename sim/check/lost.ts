// Whether a message is anywhere: in the registers of a thread that has not looked at them yet. A
// message that its sender was told is sent, that nobody has and that no thread took along, is lost.
import { Kind, Register } from "../../src/abi/index.ts";
import { isLive } from "../../src/base/index.ts";
import { Thread, threadShift } from "../../src/kernel/layout.ts";
import type { Mind } from "../mind.ts";
import type { World } from "../world.ts";
import { bookLabel } from "./messages.ts";

export function isAnywhere(world: World, mind: Mind): boolean {
  const { k } = world;
  // A thread that has ended or was given another state may have had it.
  if (world.goneCount !== mind.goneAt) return true;
  const table = k.tables[Kind.thread];
  for (let row = 1; row < table.highWater; row++) {
    if (row === k.current || !isLive(table, row)) continue;
    const registers = (row << threadShift) + Thread.registers;
    const isIt =
      k.threads[registers + Register.label] === bookLabel &&
      k.threads[registers + Register.w0] === mind.sent;
    if (isIt) return true;
  }
  return false;
}
