// What survives a crash of the simulated disk, and the faults it can be asked for.
import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { StoreStatus } from "../store.ts";
import { SimDisk } from "./disk.ts";

function contentOf(disk: SimDisk, name: string): number[] {
  const bytes = new Uint8Array(Math.max(disk.size(name), 0));
  disk.read(name, 0, bytes);
  return [...bytes];
}

describe("simulated disk", () => {
  it("keeps after a crash a whole number of appends and at least the flushed ones", () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const disk = new SimDisk();
      for (let append = 1; append <= 5; append++) {
        disk.append("log", new Uint8Array(10).fill(append));
        if (append === 2) disk.flush("log");
      }
      disk.crash(new Random(seed));
      const content = contentOf(disk, "log");
      sizes.add(content.length);
      const expected = [1, 2, 3, 4, 5].flatMap((append) =>
        Array.from({ length: 10 }, () => append),
      );
      expect(content).toEqual(expected.slice(0, content.length));
    }
    expect([...sizes].toSorted((left, right) => left - right)).toEqual([20, 30, 40, 50]);
  });

  it("may undo a removal or a cut that was not flushed, and never one that was", () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const disk = new SimDisk();
      for (const name of ["removed", "cut"]) {
        disk.append(name, new Uint8Array(4));
        disk.flush(name);
      }
      disk.remove("removed");
      disk.truncate("cut", 1);
      if (seed % 2 === 0) {
        disk.flush("removed");
        disk.flush("cut");
      }
      disk.crash(new Random(seed));
      outcomes.add(`${seed % 2} ${disk.size("removed")} ${disk.size("cut")}`);
    }
    const missing = StoreStatus.missing;
    expect([...outcomes].toSorted()).toEqual(
      [`0 ${missing} 1`, `1 ${missing} 1`, `1 ${missing} 4`, "1 4 1", "1 4 4"].toSorted(),
    );
  });

  it("goes on after a crash from what survived", () => {
    const disk = new SimDisk();
    disk.append("log", new Uint8Array([1]));
    disk.flush("log");
    disk.crash(new Random(1));
    disk.append("log", new Uint8Array([2]));
    disk.flush("log");
    disk.crash(new Random(2));
    expect(contentOf(disk, "log")).toEqual([1, 2]);
  });

  it("is full when its capacity is used, whatever the blob, and has room again after a cut", () => {
    const disk = new SimDisk({ capacityBytes: 10 });
    expect(disk.append("a", new Uint8Array(6))).toBe(StoreStatus.ok);
    expect(disk.append("b", new Uint8Array(5))).toBe(StoreStatus.full);
    expect(disk.list()).toEqual(["a"]);
    disk.truncate("a", 5);
    expect(disk.append("b", new Uint8Array(5))).toBe(StoreStatus.ok);
  });

  it("refuses about one append in so many as full when asked to", () => {
    const disk = new SimDisk({ fullOneIn: 4 });
    disk.drawFaultsFrom(new Random(3));
    let full = 0;
    for (let append = 0; append < 400; append++) {
      if (disk.append("a", new Uint8Array(1)) === StoreStatus.full) full++;
    }
    expect(full).toBeGreaterThan(60);
    expect(full).toBeLessThan(140);
    expect(disk.size("a")).toBe(400 - full);
  });

  it("answers damaged where the good bytes end, until the blob is cut", () => {
    const disk = new SimDisk();
    disk.append("log", new Uint8Array([1, 2, 3, 4]));
    disk.damage("log", 2);
    expect(disk.size("log")).toBe(2);
    const target = new Uint8Array(4);
    expect(disk.read("log", 0, target)).toBe(2);
    expect(disk.read("log", 2, target)).toBe(StoreStatus.damaged);
    expect(disk.append("log", target)).toBe(StoreStatus.damaged);
    expect(disk.truncate("log", 2)).toBe(StoreStatus.ok);
    expect(disk.append("log", new Uint8Array([9]))).toBe(StoreStatus.ok);
    expect(contentOf(disk, "log")).toEqual([1, 2, 9]);
  });
});
