// The end of a run: every thread ends, every space is destroyed, and every table must be empty.
import { FaultReason, Kind, kindCount } from "../src/abi/index.ts";
import { isLive } from "../src/base/index.ts";
import { exited, portalFaulted, schedule, verify } from "../src/kernel/index.ts";
import { spaceClass } from "../src/kernel/object/space.ts";
import { settle } from "./driver.ts";
import { promise } from "./failure.ts";
import { takeNotices } from "./notices.ts";
import { mindOf, type World } from "./world.ts";

/** Ends the run: everything is destroyed, and nothing may be left. */
export function finish(world: World): void {
  unwind(world);
  destroyEverything(world);
  for (let kind = 1; kind < kindCount; kind++) {
    const { liveCount } = world.k.tables[kind];
    promise(liveCount === 0, () => `${liveCount} objects of kind ${kind} are left at the end`);
  }
  const pages = world.k.capabilityPages.liveCount;
  promise(pages === 0, () => `${pages} pages of capabilities are left at the end`);
}

/** Lets portals return and running threads end until the core is idle. */
function unwind(world: World): void {
  const { k } = world;
  k.eventPending[0] = 0;
  for (let n = 0; n < 10_000 && (k.current !== 0 || k.readyBits !== 0); n++) {
    world.storm = 0;
    if (k.current === 0 || world.isStopped) settle(world, schedule(k), 0);
    else if (k.portalDepth > 0) failPortal(world);
    else settle(world, exited(k, 0), k.current);
  }
  promise(k.current === 0, () => "a core whose threads all end becomes idle");
}

function failPortal(world: World): void {
  const { k } = world;
  const thread = k.current;
  // What a portal holds when it ends is nobody's any more.
  world.mutexes.forgetHolder(mindOf(world, thread));
  settle(world, portalFaulted(k, FaultReason.killed), thread);
}

function destroyEverything(world: World): void {
  const { k } = world;
  for (let row = 1; row < k.tables[Kind.space].highWater; row++) {
    if (!isLive(k.tables[Kind.space], row)) continue;
    destroySpace(world, row);
    takeNotices(world);
    verify(k);
  }
}

function destroySpace(world: World, row: number): void {
  for (let n = 0; n < 10_000; n++) {
    if (spaceClass.destroyStep(world.k, row)) return;
  }
  promise(false, () => `space ${row} cannot be destroyed`);
}
