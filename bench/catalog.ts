// The benchmarks there are. The command lists and runs them from here and from nowhere else.
import { channelBench } from "./channel/channel.ts";
import { filesBench } from "./files/files.ts";
import { flukeBench } from "./fluke/fluke.ts";
import type { Bench } from "./harness/bench.ts";
import { httpBench } from "./http/http.ts";
import { ipcBench } from "./ipc/ipc.ts";
import { pipeBench } from "./pipe/pipe.ts";
import { programsBench } from "./programs/programs.ts";
import { recoveryBench } from "./recovery/recovery.ts";
import { servicesBench } from "./services/services.ts";
import { startupBench } from "./startup/startup.ts";
import { taxBench } from "./tax/tax.ts";

export const benches: readonly Bench[] = [
  ipcBench,
  programsBench,
  filesBench,
  flukeBench,
  startupBench,
  httpBench,
  pipeBench,
  taxBench,
  recoveryBench,
  servicesBench,
  channelBench,
];

export function findBench(name: string): Bench | undefined {
  return benches.find((bench) => bench.name === name);
}
