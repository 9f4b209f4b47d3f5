// The benchmarks there are. The command lists and runs them from here and from nowhere else.
import { flukeBench } from "./fluke/fluke.ts";
import type { Bench } from "./harness/bench.ts";
import { ipcBench } from "./ipc/ipc.ts";
import { programsBench } from "./programs/programs.ts";
import { startupBench } from "./startup/startup.ts";

export const benches: readonly Bench[] = [ipcBench, programsBench, flukeBench, startupBench];

export function findBench(name: string): Bench | undefined {
  return benches.find((bench) => bench.name === name);
}
