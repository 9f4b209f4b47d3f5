// The file servers, each run through the conformance suite.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostDirectory, MemoryFiles, overlay } from "../../src/server/files/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { filesConformance, type TreeUnderTest } from "./files-conformance.ts";

function memoryTree(): TreeUnderTest {
  let timeNs = 1_700_000_000_000_000_000n;
  const tree = new MemoryFiles({ nowNs: () => (timeNs += 1_000_000n) });
  return { tree, dispose: () => undefined, timePrecisionNs: 0n };
}

/** Without `hasPaths`, as on a host where an open directory is not a path as well. */
function hostTree(hasPaths: boolean, callsUntilFast = Infinity): TreeUnderTest {
  const path = mkdtempSync(join(tmpdir(), "shoal-files-"));
  const tree = new HostDirectory(new NodeFiles(hasPaths, callsUntilFast), path);
  const dispose = (): void => rmSync(path, { recursive: true });
  // Node passes times to the system as seconds, in a number that cannot hold all nanoseconds.
  return { tree, dispose, timePrecisionNs: callsUntilFast === Infinity ? 1000n : 0n };
}

filesConformance("a tree in memory", memoryTree);
filesConformance("a directory of the host", () => hostTree(true));
filesConformance("a directory of the host, by the C library", () => hostTree(true, 0));
filesConformance("a directory of a host without directory paths", () => hostTree(false), [
  {
    test: "keeps a directory that moved reachable by who has it open",
    why: "a directory is known by the path under which it was opened",
  },
]);

/** What is below is not empty before: the suite's own names were there, and were removed. */
function overlayTree(make: () => TreeUnderTest): TreeUnderTest {
  const lower = memoryTree().tree;
  const upper = make();
  return { ...upper, tree: overlay(lower, upper.tree) };
}

filesConformance("an overlay, changes in memory", () => overlayTree(memoryTree));
filesConformance("an overlay, changes in a directory of the host", () =>
  overlayTree(() => hostTree(true, 0)),
);
