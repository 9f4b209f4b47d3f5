// The Node adapter passes the suite, on real threads, real time and a real directory.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { machineConformance } from "./machine.ts";
import type { World } from "./world.ts";

const waitMsMax = 20_000;

function nodeWorld(): World {
  const directory = mkdtempSync(join(tmpdir(), "shoal-machine-"));
  return {
    machine: createNodeMachine({ coreCount: 3, storeDirectory: directory }),
    until: async (predicate) => {
      const giveUpMs = performance.now() + waitMsMax;
      while (!predicate()) {
        if (performance.now() > giveUpMs) throw new Error("what was waited for did not happen");
        await nextTurn();
      }
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

machineConformance("machine/node", nodeWorld);
