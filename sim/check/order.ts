// The order in which waiting senders are served: an open receive takes the one that came first. The
// order of coming is noted after every event, for all threads; what comes together counts as together.
import { Kind, Register, ThreadState } from "../../src/abi/index.ts";
import { isLive } from "../../src/base/index.ts";
import { Thread, threadShift } from "../../src/kernel/layout.ts";
import { promise } from "../failure.ts";
import type { Mind } from "../mind.ts";
import { mindOf, type World } from "../world.ts";

/** Notes who waits now: senders that came, and the stage at which each thread waits. */
export function noteWaiting(world: World): void {
  const { k } = world;
  const table = k.tables[Kind.thread];
  const clock = ++world.queueClock;
  for (let row = 1; row < table.highWater; row++) {
    if (!isLive(table, row)) continue;
    const base = row << threadShift;
    const state = k.threads[base + Thread.state];
    if (state < ThreadState.sending || state > ThreadState.sleeping) {
      const mind = world.minds[row];
      if (mind !== undefined && mind.queuedAt !== 0) mind.queuedAt = 0;
      continue;
    }
    const mind = mindOf(world, row);
    mind.stage = k.threads[base + Thread.registers + Register.call];
    const isSender =
      state === ThreadState.sending ||
      (state === ThreadState.transferring && k.threads[base + Thread.step] === ThreadState.sending);
    const on = isSender ? k.threads[base + Thread.waitsOn] : 0;
    if (mind.queuedAt === 0 || mind.queuedOn !== on) mind.queuedAt = on === 0 ? 0 : clock;
    mind.queuedOn = on;
  }
}

/** A sender was taken from a queue by an open receive: nobody came before it who still waits. */
export function checkServed(world: World, served: Mind): void {
  if (served.queuedAt === 0) return;
  const { k } = world;
  const table = k.tables[Kind.thread];
  for (let row = 1; row < table.highWater; row++) {
    const mind = world.minds[row];
    if (mind === undefined || !isLive(table, row) || mind.queuedOn !== served.queuedOn) continue;
    const isWaiting = k.threads[(row << threadShift) + Thread.state] === ThreadState.sending;
    if (!isWaiting || mind.queuedAt === 0) continue;
    promise(
      mind.queuedAt >= served.queuedAt,
      () => `thread ${row} came first and still waits to send`,
    );
  }
}
