// The file servers, each run through the conformance suite.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostDirectory, MemoryFiles } from "../../src/server/files/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { filesConformance, type TreeUnderTest } from "./files-conformance.ts";

function memoryTree(): TreeUnderTest {
  let timeNs = 1_700_000_000_000_000_000n;
  const tree = new MemoryFiles({ nowNs: () => (timeNs += 1_000_000n) });
  return { tree, dispose: () => undefined, timePrecisionNs: 0n };
}

function hostTree(): TreeUnderTest {
  const path = mkdtempSync(join(tmpdir(), "shoal-files-"));
  const tree = new HostDirectory(new NodeFiles(), path);
  const dispose = (): void => rmSync(path, { recursive: true });
  // Node passes times to the system in whole microseconds.
  return { tree, dispose, timePrecisionNs: 1000n };
}

filesConformance("a tree in memory", memoryTree);
filesConformance("a directory of the host", hostTree);
