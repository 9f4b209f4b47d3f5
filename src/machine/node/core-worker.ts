// What runs first in the thread of a started core: it makes the core's machine from what core 0 sent,
// then loads the module that was asked for and calls its entry. The thread lives until it is stopped
// or an exception leaves a handler, even while it has nothing to do.
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../base/index.ts";
import type { CoreBoot, PortTo } from "./cores.ts";
import { NodeMachine } from "./node-machine.ts";

assert(parentPort !== null, "core-worker is the entry of a worker thread");
// Written by WorkerCores of the same version of this program, and by nobody else.
const boot = workerData as CoreBoot;
const machine = new NodeMachine(boot.link, boot.core);

for (const { core, port } of boot.ports) machine.doorbells.connect(core, port);
// Listening also keeps the thread alive.
parentPort.on("message", ({ core, port }: PortTo) => machine.doorbells.connect(core, port));
machine.doorbells.lookSoon();

const module: Readonly<Record<string, unknown>> = await import(boot.url);
const entry = module[boot.name];
if (typeof entry !== "function") {
  throw new TypeError(`${boot.url} does not export the function ${boot.name} for a core to run.`);
}
entry(machine, boot.data);
