// What only a store in files can meet: files that were torn, spoilt, swapped or opened twice. The files
// are cut and changed here as a crash or a bad device would do it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreStatus } from "../store.ts";
import { frameHeaderBytes } from "./blob-frame.ts";
import { FileStore, StoreDirectoryError } from "./file-store.ts";

let directory = "";
let path = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-store-"));
  path = join(directory, "log.blob");
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function withStore<Answer>(use: (store: FileStore) => Answer): Answer {
  const store = new FileStore(directory);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

function content(store: FileStore): number[] {
  const bytes = new Uint8Array(Math.max(store.size("log"), 0));
  store.read("log", 0, bytes);
  return [...bytes];
}

/** Appends 1, 2 2, 3 3 3; each flushed if asked. */
function writeThree(isFlushed: boolean): void {
  withStore((store) => {
    for (const append of [1, 2, 3]) {
      store.append("log", new Uint8Array(append).fill(append));
      if (isFlushed) store.flush("log");
    }
  });
}

function flip(offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] ^= 0x40;
  writeFileSync(path, bytes);
}

describe("store in files", () => {
  it("keeps only whole appends of a file cut at any byte, and goes on from there", () => {
    writeThree(true);
    const whole = readFileSync(path);
    const ends = [0, 1, 2, 3].map((count) => count * frameHeaderBytes + (count * (count + 1)) / 2);
    for (let cut = 0; cut <= whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      const kept = [1, 2, 2, 3, 3, 3].slice(
        0,
        [0, 1, 3, 6][ends.findLastIndex((end) => end <= cut)],
      );
      withStore((store) => {
        expect(content(store)).toEqual(kept);
        expect(store.append("log", new Uint8Array([9]))).toBe(StoreStatus.ok);
      });
      expect(withStore(content)).toEqual([...kept, 9]);
    }
  });

  it("calls every flipped byte damage that a later frame knew to be durable", () => {
    writeThree(true);
    const secondEnds = 2 * frameHeaderBytes + 3;
    for (let offset = 0; offset < secondEnds; offset++) {
      flip(offset);
      const good = offset < frameHeaderBytes + 1 ? 0 : 1;
      withStore((store) => {
        expect(store.size("log")).toBe(good);
        expect(store.read("log", good, new Uint8Array(1))).toBe(StoreStatus.damaged);
        expect(store.append("log", new Uint8Array(1))).toBe(StoreStatus.damaged);
      });
      flip(offset);
    }
  });

  it("takes bad bytes that nothing vouches for as the torn end of unflushed appends", () => {
    writeThree(false);
    flip(frameHeaderBytes + 3);
    withStore((store) => {
      expect(content(store)).toEqual([1]);
      expect(store.append("log", new Uint8Array([9]))).toBe(StoreStatus.ok);
      expect(content(store)).toEqual([1, 9]);
    });
  });

  it("makes a damaged blob usable again by cutting it, and keeps it so", () => {
    writeThree(true);
    flip(frameHeaderBytes + 4);
    withStore((store) => {
      expect(store.truncate("log", 1)).toBe(StoreStatus.ok);
      expect(store.append("log", new Uint8Array([7]))).toBe(StoreStatus.ok);
    });
    expect(withStore(content)).toEqual([1, 7]);
  });

  it("refuses a file that was never a blob without touching it", () => {
    writeFileSync(path, "not a blob at all, but somebody's notes");
    withStore((store) => expect(store.size("log")).toBe(0));
    expect(readFileSync(path, "utf8")).toContain("somebody's notes");
  });

  it("finds a cut inside an append again after reopening", () => {
    writeThree(true);
    withStore((store) => {
      expect(store.truncate("log", 4)).toBe(StoreStatus.ok);
      expect(store.append("log", new Uint8Array([8, 8]))).toBe(StoreStatus.ok);
      expect(store.truncate("log", 5)).toBe(StoreStatus.ok);
      expect(content(store)).toEqual([1, 2, 2, 3, 8]);
    });
    expect(withStore(content)).toEqual([1, 2, 2, 3, 8]);
  });

  it("gives the room of a blob back when it is cut to nothing", () => {
    writeThree(true);
    withStore((store) => store.truncate("log", 0));
    expect(readFileSync(path)).toHaveLength(0);
  });

  it("follows what another opener of the directory appends, cuts, removes and makes anew", () => {
    withStore((reader) =>
      withStore((writer) => {
        writer.append("log", new Uint8Array([1, 2]));
        expect(content(reader)).toEqual([1, 2]);
        writer.append("log", new Uint8Array([3]));
        expect(content(reader)).toEqual([1, 2, 3]);
        writer.truncate("log", 1);
        expect(content(reader)).toEqual([1]);
        writer.remove("log");
        expect(reader.size("log")).toBe(StoreStatus.missing);
        writer.append("log", new Uint8Array([4]));
        expect(content(reader)).toEqual([4]);
      }),
    );
  });

  it("reads appends longer than its buffer", () => {
    const long = new Uint8Array(700_000).map((_, index) => index % 251);
    withStore((store) => {
      store.append("log", long);
      store.append("log", new Uint8Array([5]));
      const target = new Uint8Array(700_001);
      expect(store.read("log", 0, target)).toBe(700_001);
      expect(target.subarray(0, -1)).toEqual(long);
      expect(target.at(-1)).toBe(5);
    });
    expect(withStore((store) => store.size("log"))).toBe(700_001);
  });

  it("refuses a directory that cannot be one, and says what to do", () => {
    writeFileSync(join(directory, "file"), "");
    expect(() => new FileStore(join(directory, "file"))).toThrow(StoreDirectoryError);
    expect(() => new FileStore(join(directory, "file", "below"))).toThrow("give one that can be");
  });
});
