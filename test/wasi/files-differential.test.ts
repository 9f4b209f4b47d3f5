// Random work on a tree in memory and, call by call, on a directory of the host: every answer must be
// the same, and what is there in the end as well. The host's answers are the operating system's own, so
// this compares our file system in memory with a real one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { fileService, HostDirectory, MemoryFiles } from "../../src/server/files/index.ts";
import { hasDirectoryPaths, NodeFiles } from "../../src/server/node/index.ts";
import { Errno, OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, Guest, readRight, type Stat, writeRight } from "./guest.ts";

const seeds = Array.from({ length: 60 }, (_, i) => 20261120 + i);
const stepsPerSeed = 250;
const names = ["a", "b", "c", "d"];
const rightSets = [readRight, writeRight, bothRights];
/** Steps shown when one is answered differently. */
const stepsKept = 12;

function pathOf(random: Random): string {
  const depth = random.between(1, 3);
  const parts = Array.from({ length: depth }, () =>
    random.chance(1, 12) ? random.pick([".", ".."]) : random.pick(names),
  );
  return parts.join("/") + (random.chance(1, 8) ? "/" : "");
}

/** One step: what it is called, and what a guest answers to it. */
interface Step {
  readonly title: string;
  readonly run: (g: Guest) => unknown;
}

function stepOf(random: Random): Step {
  const [path, other] = [pathOf(random), pathOf(random)];
  const fd = random.between(4, 9);
  const follow = random.chance(1, 2);
  const text = "x".repeat(random.between(0, 40));
  const offset = random.between(0, 60);
  const flags = random.below(16) & ~(random.chance(3, 4) ? OpenFlag.directory : 0);
  const rights = random.pick(rightSets);
  const whence = random.below(3);
  const step = (title: string, run: (g: Guest) => unknown): Step => ({ title, run });
  const kinds: readonly (() => Step)[] = [
    () =>
      step(`open ${path} flags ${flags} rights ${rights} follow ${follow}`, (g) =>
        g.open(path, { flags, rights, follow }),
      ),
    () => step(`close ${fd}`, (g) => g.close(fd)),
    () => step(`write ${fd} ${text.length}`, (g) => g.write(fd, text)),
    () => step(`pwrite ${fd} at ${offset}`, (g) => g.pwrite(fd, text, BigInt(offset))),
    () => step(`read ${fd}`, (g) => g.read(fd, 30)),
    () =>
      step(`seek ${fd} ${offset - 30} from ${whence}`, (g) =>
        g.seek(fd, BigInt(offset - 30), whence),
      ),
    () => step(`resize ${fd} ${offset}`, (g) => g.call("fd_filestat_set_size", fd, BigInt(offset))),
    () => step(`append ${fd}`, (g) => g.call("fd_fdstat_set_flags", fd, offset & 1)),
    () => step(`mkdir ${path}`, (g) => g.mkdir(path)),
    () => step(`mkdir ${other}`, (g) => g.mkdir(other)),
    () => step(`rmdir ${path}`, (g) => g.rmdir(path)),
    () => step(`unlink ${path}`, (g) => g.unlink(path)),
    () => step(`symlink ${other} ${path}`, (g) => g.symlink(other, path)),
    () => step(`readlink ${path}`, (g) => g.readlink(path)),
    () => step(`link ${path} ${other} follow ${follow}`, (g) => g.link(path, other, follow)),
    () => step(`rename ${path} ${other}`, (g) => g.rename(path, other)),
    () => step(`stat ${path} follow ${follow}`, (g) => comparable(g.stat(path, follow))),
    () => step(`fstat ${fd}`, (g) => comparable(g.fstat(fd))),
    () => step(`list ${path}`, (g) => list(g, path)),
  ];
  return random.pick(kinds)();
}

/** What of a stat means the same on every file system: not the size of a directory, not its links. */
function comparable(stat: Stat | number): unknown {
  if (typeof stat === "number") return stat;
  const isDirectory = stat.type === 3;
  return { type: stat.type, ...(isDirectory ? {} : { size: stat.size, links: stat.links }) };
}

function list(g: Guest, path: string): unknown {
  const fd = g.open(path, { flags: OpenFlag.directory });
  if (fd < 0) return fd;
  const listing = g.readdir(fd, 4096);
  g.close(fd);
  if (typeof listing === "number") return listing;
  return listing.entries.map(({ name, type }) => `${name}:${type}`).sort();
}

/** Everything below a path, with the contents of files. */
function tree(g: Guest, path = "."): string[] {
  const found = list(g, path);
  if (!Array.isArray(found)) throw new RangeError(`cannot list ${path}`);
  return found.flatMap((entry: string) => {
    const [name, type] = entry.split(":");
    const inner = `${path}/${name}`;
    if (name === "." || name === "..") return [];
    if (type === "3") return [`${inner}/`, ...tree(g, inner)];
    return [`${inner} ${type === "7" ? g.readlink(inner) : g.content(inner)}`];
  });
}

describe.runIf(hasDirectoryPaths())("a tree in memory and one of the host", () => {
  it.each(seeds)("answer the same to the same random calls, seed %i", (seed) => {
    const directory = mkdtempSync(join(tmpdir(), "shoal-differential-"));
    try {
      let timeNs = 1n;
      const [memory, host] = [new Guest(), new Guest()];
      memory.grant(10, fileService("memory", new MemoryFiles({ nowNs: () => timeNs++ })), "/");
      host.grant(10, fileService("host", new HostDirectory(new NodeFiles(), directory)), "/");
      const random = new Random(seed, "files");
      const recent: string[] = [];
      for (let i = 0; i < stepsPerSeed; i++) {
        const { title, run } = stepOf(random);
        recent.push(title);
        const history = recent.slice(-stepsKept).join("; ");
        expect(run(memory), history).toEqual(run(host));
      }
      expect(tree(memory)).toEqual(tree(host));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("would be told apart by one errno", () => {
    const g = new Guest();
    g.grant(10, fileService("memory", new MemoryFiles({ nowNs: () => 1n })), "/");
    expect(g.rmdir("missing")).toBe(-Errno.noent);
  });
});
