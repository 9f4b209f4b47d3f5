// Random work on two trees, call by call: every answer must be the same, and what is there in the end as
// well. A tree in memory is compared with a directory of the host, whose answers are the operating
// system's own; and an overlay with a plain tree that holds what the overlay shows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import {
  fileService,
  type FileTree,
  HostDirectory,
  MemoryFiles,
  overlay,
} from "../../src/server/files/index.ts";
import { hasDirectoryPaths, NodeFiles } from "../../src/server/node/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { everything, firstDifference, stepOf } from "./files-random.ts";
import { Guest } from "./guest.ts";

const seeds = Array.from({ length: 60 }, (_, i) => 20261120 + i);
const stepsPerSeed = 250;

function inMemory(): FileTree {
  let timeNs = 1n;
  return new MemoryFiles({ nowNs: () => timeNs++ });
}

function guestOn(tree: FileTree): Guest {
  const guest = new Guest();
  guest.grant(10, fileService("tree", tree), "/");
  return guest;
}

function onHost<Result>(use: (tree: FileTree) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), "shoal-differential-"));
  const tree = new HostDirectory(new NodeFiles(), directory);
  try {
    return use(tree);
  } finally {
    tree.close();
    rmSync(directory, { recursive: true });
  }
}

/** Something to begin with, made by random calls of its own. */
function fill(seed: number, tree: FileTree): FileTree {
  const guest = guestOn(tree);
  const random = new Random(seed, "below");
  for (let i = 0; i < stepsPerSeed; i++) stepOf(random).run(guest);
  return tree;
}

describe.runIf(hasDirectoryPaths())("a tree in memory and one of the host", () => {
  it.each(seeds)("answer the same to the same random calls, seed %i", (seed) => {
    onHost((tree) => {
      const [memory, host] = [guestOn(inMemory()), guestOn(tree)];
      const random = new Random(seed, "files");
      expect(firstDifference(random, stepsPerSeed, memory, host)).toBeUndefined();
      expect(everything(memory)).toEqual(everything(host));
    });
  });

  it("would be told apart by one errno", () => {
    expect(guestOn(inMemory()).rmdir("missing")).toBe(-Errno.noent);
  });
});

describe("an overlay and a plain tree with the same content", () => {
  let filled = 0;
  afterAll(() => expect(filled).toBeGreaterThan(4 * seeds.length));

  function compare(seed: number, upper: FileTree): void {
    const lower = fill(seed, inMemory());
    const below = guestOn(lower);
    const before = everything(below);
    filled += before.length;
    const [merged, plain] = [guestOn(overlay(lower, upper)), guestOn(fill(seed, inMemory()))];
    const random = new Random(seed, "overlay");
    expect(firstDifference(random, stepsPerSeed, merged, plain)).toBeUndefined();
    expect(everything(merged)).toEqual(everything(plain));
    expect(everything(below)).toEqual(before);
    // Another server over the same two trees finds what this one left.
    expect(everything(guestOn(overlay(lower, upper)))).toEqual(everything(plain));
  }

  it.each(seeds)("answer the same, changes in memory, seed %i", (seed) => {
    compare(seed, inMemory());
  });

  it.runIf(hasDirectoryPaths()).each(seeds.slice(0, 20))(
    "answer the same, changes in a directory of the host, seed %i",
    (seed) => onHost((upper) => compare(seed, upper)),
  );
});
