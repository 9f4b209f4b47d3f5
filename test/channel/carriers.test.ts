// Every carrier passes the suite: the simulated ones under several seeds, each of which orders things differently.
import { hostWorld, sharedWorld } from "./node-worlds.ts";
import { carrierConformance } from "./conformance.ts";
import { simMachineWorld, simWorld } from "./sim-worlds.ts";

carrierConformance("shared memory", sharedWorld);
carrierConformance("mapped memory", (shape) => hostWorld(shape, true));
carrierConformance("Unix socket", (shape) => hostWorld(shape, false));
for (const seed of [1, 2, 3, 20261121]) {
  carrierConformance(`simulated, seed ${seed}`, (shape) => simWorld(shape, seed));
  carrierConformance(`simulated cores, seed ${seed}`, (shape) => simMachineWorld(shape, seed));
}
