// Sync that really syncs: what a program asks to be durable reaches the system's own call, for files and
// for directories, and what it does not ask for does not.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  fileService,
  HostDirectory,
  type HostFiles,
  MemoryFiles,
  overlay,
} from "../../src/server/files/index.ts";
import { NodeFiles } from "../../src/server/node/index.ts";
import { FdFlag, OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, Guest } from "./guest.ts";

/** A host that tells of each sync and of how it ended. */
function listened(host: HostFiles, synced: string[]): HostFiles {
  return new Proxy(host, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(call, target, args);
        if (name === "sync") synced.push(`${args[1] === true ? "data" : "all"}: ${String(result)}`);
        return result;
      };
    },
  });
}

describe("a sync of a directory of the host", () => {
  let directory: string;
  let synced: string[];
  let g: Guest;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "shoal-durable-"));
    synced = [];
    const tree = new HostDirectory(listened(new NodeFiles(), synced), directory);
    g = new Guest();
    g.grant(10, fileService("durable", tree), "/");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function openNew(fdFlags: number): number {
    return g.open("f", { flags: OpenFlag.create, rights: bothRights, fdFlags });
  }

  it("makes what was written durable, all or data alone", () => {
    const fd = openNew(0);
    g.write(fd, "text");
    expect(synced).toEqual([]);
    expect(g.call("fd_sync", fd)).toBe(0);
    expect(g.call("fd_datasync", fd)).toBe(0);
    expect(synced).toEqual(["all: 0", "data: 0"]);
  });

  it("makes a directory durable, the root and others", () => {
    g.mkdir("d");
    const fd = g.open("d", { flags: OpenFlag.directory });
    expect([g.call("fd_sync", 3), g.call("fd_sync", fd), g.call("fd_datasync", fd)]).toEqual([
      0, 0, 0,
    ]);
    expect(synced).toEqual(["all: 0", "all: 0", "data: 0"]);
  });

  it("follows every write through a descriptor that is to be in sync, and stops when told", () => {
    const fd = openNew(FdFlag.sync);
    g.write(fd, "a");
    g.call("fd_fdstat_set_flags", fd, FdFlag.dsync);
    g.pwrite(fd, "b", 0n);
    g.call("fd_fdstat_set_flags", fd, FdFlag.dsync | FdFlag.append);
    g.write(fd, "c");
    g.call("fd_fdstat_set_flags", fd, 0);
    g.write(fd, "d");
    expect(synced).toEqual(["all: 0", "data: 0", "data: 0"]);
  });

  it("reaches the host through an overlay that keeps its changes there", () => {
    const upper = new HostDirectory(listened(new NodeFiles(), synced), directory);
    const lower = new MemoryFiles({ nowNs: () => 1n });
    const merged = new Guest();
    merged.grant(10, fileService("overlay", overlay(lower, upper)), "/");
    merged.create("f", "x");
    synced.length = 0;
    merged.call("fd_sync", merged.open("f", { rights: bothRights }));
    expect(synced).toEqual(["all: 0"]);
  });
});
