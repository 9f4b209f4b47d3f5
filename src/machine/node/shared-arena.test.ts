// The memory that cores share: found by name from any side, bounded, and not lost with a dead core.
import { describe, expect, it } from "vitest";
import { makeArenaBuffer, SharedArena, SharedMemoryFullError } from "./shared-arena.ts";

describe("shared arena", () => {
  it("leads two cores to the same words by name alone", () => {
    const buffer = makeArenaBuffer(1 << 20);
    const [one, two] = [new SharedArena(buffer, 0), new SharedArena(buffer, 1)];
    one.lines("a", 20).fill(1);
    two.lines("b", 5).fill(2);
    expect([...two.lines("a", 20)]).toEqual(Array.from({ length: 20 }, () => 1));
    expect([...one.lines("b", 5)]).toEqual([2, 2, 2, 2, 2]);
    expect(() => two.lines("a", 21)).toThrow("shared lines keep their size");
  });

  it("grows up to its limit and then names the option to raise", () => {
    const arena = new SharedArena(makeArenaBuffer(1 << 20), 0);
    arena.lines("large", 200_000).fill(-1);
    expect(arena.buffer.byteLength).toBeGreaterThan(800_000);
    expect(() => arena.lines("too large", 200_000)).toThrow(SharedMemoryFullError);
    expect(() => arena.lines("too large", 200_000)).toThrow("sharedBytesMax");
    expect(arena.lines("small", 16)).toHaveLength(16);
  });

  it("is free again once the core that died with the lock is known to be dead", () => {
    const buffer = makeArenaBuffer(1 << 20);
    const lockWord = new Int32Array(buffer, 0, 1);
    const deadCore = 3;
    lockWord[0] = deadCore + 1;
    const arena = new SharedArena(buffer, 0);
    arena.releaseFor(2);
    expect(lockWord[0]).toBe(deadCore + 1);
    arena.releaseFor(deadCore);
    expect(arena.lines("after", 16)).toHaveLength(16);
    expect(lockWord[0]).toBe(0);
  });
});
