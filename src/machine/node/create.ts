// Makes the machine that a Node process is: core 0 on this thread, the others as threads on demand.
import { assert } from "../../base/index.ts";
import type { Machine } from "../machine.ts";
import { takeOrigin } from "./clock.ts";
import { WorkerCores } from "./cores.ts";
import { NodeMachine } from "./node-machine.ts";
import { makeArenaBuffer } from "./shared-arena.ts";

export interface NodeMachineOptions {
  /** How many cores there may be at once. One, unless given. */
  readonly coreCount?: number;
  /** Where the store keeps its files. Without it, nothing can be stored. */
  readonly storeDirectory?: string;
  /** The most shared memory; address space is reserved for it, memory is taken as it is used. */
  readonly sharedBytesMax?: number;
  /** What the monotonic clock shows at first, nanoseconds: time goes on for those who saw it before. */
  readonly startNs?: number;
  /** How long before a deadline the timer polls the clock instead of sleeping. */
  readonly timerPollNs?: number;
}

const defaultSharedBytesMax = 256 * 1024 * 1024;
/** Node's timers are late by up to a millisecond, so sleeping stops that much earlier. */
const defaultTimerPollNs = 1_000_000;

export function createNodeMachine(options: NodeMachineOptions = {}): Machine {
  const coreCount = options.coreCount ?? 1;
  assert(Number.isSafeInteger(coreCount) && coreCount >= 1, "a machine has a core", coreCount);
  const machine = new NodeMachine(
    {
      coreCount,
      origin: takeOrigin(options.startNs),
      arena: makeArenaBuffer(options.sharedBytesMax ?? defaultSharedBytesMax),
      storeDirectory: options.storeDirectory,
      pollNs: options.timerPollNs ?? defaultTimerPollNs,
    },
    0,
  );
  machine.starter = new WorkerCores(machine);
  return machine;
}
