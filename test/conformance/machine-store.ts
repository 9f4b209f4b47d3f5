// Conformance of the store, as far as it can be seen without a crash; what survives one is tested
// beside each adapter, since each has its own way of crashing.
import { expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { StoreStatus, type Store } from "../../src/machine/store.ts";
import { reportOf, Word } from "./core-entries.ts";
import { entryNamed, inWorld, type MakeWorld } from "./world.ts";

const seed = 20261120;

export function storeTests(make: MakeWorld): void {
  it("reads back what was appended, in one piece or across appends", () =>
    inWorld(make, async ({ machine: { store } }) => {
      expect(store.append("log", bytesOf("hello "))).toBe(StoreStatus.ok);
      expect(store.append("log", bytesOf("world"))).toBe(StoreStatus.ok);
      expect(store.append("log", new Uint8Array())).toBe(StoreStatus.ok);
      expect(store.flush("log")).toBe(StoreStatus.ok);
      expect(store.size("log")).toBe(11);
      expect(textAt(store, "log", 0, 100)).toBe("hello world");
      expect(textAt(store, "log", 4, 4)).toBe("o wo");
      expect(store.read("log", 11, new Uint8Array(4))).toBe(0);
      expect(store.read("log", 1000, new Uint8Array(4))).toBe(0);
    }));

  it("keeps its own copy of appended bytes", () =>
    inWorld(make, async ({ machine: { store } }) => {
      const bytes = bytesOf("before");
      store.append("copy", bytes);
      bytes.fill(0);
      expect(textAt(store, "copy", 0, 6)).toBe("before");
    }));

  it("says what is missing and refuses names and offsets it cannot keep", () =>
    inWorld(make, async ({ machine: { store } }) => {
      expect(store.size("nothing")).toBe(StoreStatus.missing);
      expect(store.read("nothing", 0, new Uint8Array(1))).toBe(StoreStatus.missing);
      expect(store.truncate("nothing", 0)).toBe(StoreStatus.missing);
      expect(store.remove("nothing")).toBe(StoreStatus.missing);
      for (const name of ["", ".", "..", ".hidden", "a/b", "a\\b", "a\0b", "ü", "x".repeat(101)]) {
        expect(store.append(name, bytesOf("x"))).toBe(StoreStatus.invalid);
        expect(store.size(name)).toBe(StoreStatus.invalid);
      }
      store.append("short", bytesOf("abc"));
      expect(store.truncate("short", 4)).toBe(StoreStatus.invalid);
      expect(store.truncate("short", -1)).toBe(StoreStatus.invalid);
      expect(store.read("short", 0.5, new Uint8Array(1))).toBe(StoreStatus.invalid);
      expect(store.list()).toEqual(["short"]);
    }));

  it("lists names sorted, without those removed, and starts a removed blob afresh", () =>
    inWorld(make, async ({ machine: { store } }) => {
      for (const name of ["b", "a", "c.1"]) store.append(name, bytesOf(name));
      expect(store.list()).toEqual(["a", "b", "c.1"]);
      expect(store.remove("b")).toBe(StoreStatus.ok);
      expect(store.flush("b")).toBe(StoreStatus.ok);
      expect(store.list()).toEqual(["a", "c.1"]);
      store.append("b", bytesOf("new"));
      expect(textAt(store, "b", 0, 10)).toBe("new");
    }));

  it(`agrees with an array of bytes over 2000 random operations, seed ${seed}`, () =>
    inWorld(make, async ({ machine: { store } }) => {
      const random = new Random(seed, "store");
      let model = new Uint8Array();
      store.append("model", model);
      for (let operation = 0; operation < 2000; operation++) {
        model = operateOnBoth(store, model, random);
        expect(store.size("model")).toBe(model.length);
      }
    }));

  it("shows on one core what another one wrote", () =>
    inWorld(make, async ({ machine, until }) => {
      const report = reportOf(machine, 1);
      machine.startCore({ core: 1, entry: entryNamed("appendBlob"), data: null });
      await until(() => Atomics.load(report, Word.started) === 1);
      expect(textAt(machine.store, "from-core", 0, 100)).toBe("written by another core");
      expect(machine.store.append("from-core", bytesOf("!"))).toBe(StoreStatus.ok);
      expect(textAt(machine.store, "from-core", 16, 100)).toBe("er core!");
    }));
}

/** Does one random thing to the blob and to its model, and compares a random part of them. */
function operateOnBoth(store: Store, model: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let next = Uint8Array.from(model);
  const choice = random.below(10);
  if (choice < 6) {
    const bytes = new Uint8Array(random.below(300));
    random.fill(bytes);
    expect(store.append("model", bytes)).toBe(StoreStatus.ok);
    next = Uint8Array.from([...model, ...bytes]);
  } else if (choice < 7) {
    const sizeBytes = random.chance(1, 10) ? 0 : random.below(model.length + 1);
    expect(store.truncate("model", sizeBytes)).toBe(StoreStatus.ok);
    next = next.slice(0, sizeBytes);
  }
  const offset = random.below(next.length + 2);
  const target = new Uint8Array(random.below(2000));
  const count = store.read("model", offset, target);
  expect(target.subarray(0, count)).toEqual(next.slice(offset, offset + target.length));
  return next;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textAt(store: Store, name: string, offset: number, count: number): string {
  const target = new Uint8Array(count);
  const read = store.read(name, offset, target);
  return new TextDecoder().decode(target.subarray(0, Math.max(read, 0)));
}
