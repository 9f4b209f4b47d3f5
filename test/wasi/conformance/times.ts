// Times: set, kept, made now, of files, directories and links.
import { expect, it } from "vitest";
import { Errno, TimeFlag } from "../../../src/userlib/index.ts";
import type { TreeUnderTest } from "../files-conformance.ts";
import { bothRights, type Guest, type Stat } from "../guest.ts";

const [early, late] = [1_000_000_001_000_002_003n, 1_200_000_000_123_456_789n];
const both = TimeFlag.access | TimeFlag.modification;

function setTimes(
  g: Guest,
  path: string,
  options: { accessed?: bigint; modified?: bigint; which?: number; follow?: boolean },
): number {
  const { accessed = 0n, modified = 0n, which = both, follow = true } = options;
  const text = g.put(path);
  const lookup = follow ? 1 : 0;
  return 0 - g.call("path_filestat_set_times", 3, lookup, ...text, accessed, modified, which);
}

export function timesSuite(guest: () => Guest, under: () => TreeUnderTest): void {
  function expectTimes(stat: Stat | number, accessed: bigint, modified: bigint): void {
    if (typeof stat === "number") throw new Error(`no stat: errno ${-stat}`);
    const precision = under().timePrecisionNs;
    const differences = [stat.accessed - accessed, stat.modified - modified];
    for (const difference of differences) {
      expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(precision);
    }
  }

  it("sets both times by path and by descriptor", () => {
    const g = guest();
    g.create("a");
    expect(setTimes(g, "a", { accessed: early, modified: late })).toBe(0);
    expectTimes(g.stat("a"), early, late);
    const fd = g.open("a", { rights: bothRights });
    expect(g.call("fd_filestat_set_times", fd, late, early, both)).toBe(0);
    expectTimes(g.fstat(fd), late, early);
  });

  it("leaves the time alone that is not mentioned", () => {
    const g = guest();
    g.create("a");
    setTimes(g, "a", { accessed: early, modified: early });
    setTimes(g, "a", { modified: late, which: TimeFlag.modification });
    expectTimes(g.stat("a"), early, late);
    setTimes(g, "a", { accessed: late, which: TimeFlag.access });
    expectTimes(g.stat("a"), late, late);
    expect(setTimes(g, "a", { which: 0 })).toBe(0);
    expectTimes(g.stat("a"), late, late);
  });

  it("sets a time to now", () => {
    const g = guest();
    g.create("a");
    setTimes(g, "a", { accessed: early, modified: early });
    expect(setTimes(g, "a", { which: TimeFlag.modificationNow })).toBe(0);
    expect((g.stat("a") as Stat).modified).toBeGreaterThan(late);
    expectTimes({ ...(g.stat("a") as Stat), modified: 0n }, early, 0n);
  });

  it("refuses a time that is both given and now", () => {
    const g = guest();
    g.create("a");
    const which = TimeFlag.access | TimeFlag.accessNow;
    expect(setTimes(g, "a", { which })).toBe(-Errno.inval);
    expect(g.call("fd_filestat_set_times", 3, 0n, 0n, 12)).toBe(Errno.inval);
    expect(setTimes(g, "a", { which: 16 })).toBe(-Errno.inval);
    expect(setTimes(g, "missing", {})).toBe(-Errno.noent);
  });

  it("sets the times of a link itself, or of its target", () => {
    const g = guest();
    g.create("a");
    g.symlink("a", "l");
    setTimes(g, "a", { accessed: early, modified: early });
    expect(setTimes(g, "l", { accessed: late, modified: late, follow: false })).toBe(0);
    expectTimes(g.stat("a"), early, early);
    expect((g.stat("l", false) as Stat).modified / 1_000_000_000n).toBe(late / 1_000_000_000n);
    expect(setTimes(g, "l", { accessed: late, modified: late })).toBe(0);
    expectTimes(g.stat("a"), late, late);
  });

  it("sets the times of directories", () => {
    const g = guest();
    g.mkdir("d");
    expect(setTimes(g, "d", { accessed: early, modified: late })).toBe(0);
    expectTimes(g.stat("d"), early, late);
    const fd = g.open("d");
    expect(g.call("fd_filestat_set_times", fd, late, early, both)).toBe(0);
    expectTimes(g.stat("d"), late, early);
  });

  it("notes a change of content", () => {
    const g = guest();
    g.create("a");
    setTimes(g, "a", { accessed: early, modified: early });
    const fd = g.open("a", { rights: bothRights });
    g.write(fd, "x");
    expect((g.fstat(fd) as Stat).modified).toBeGreaterThan(late);
  });
}
