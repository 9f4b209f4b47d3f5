// Conformance of shared lines and entropy.
import { expect, it } from "vitest";
import { inWorld, type MakeWorld } from "./world.ts";

export function memoryTests(make: MakeWorld): void {
  it("gives zeroed memory on a line of its own, and the same memory for the same name", () =>
    inWorld(make, async ({ machine }) => {
      const odd = machine.sharedLines("odd", 3);
      const next = machine.sharedLines("next", 16);
      expect([...odd, ...next]).toEqual(Array.from({ length: 19 }, () => 0));
      expect(odd.byteOffset % 64).toBe(0);
      expect(next.byteOffset % 64).toBe(0);
      odd.fill(7);
      expect([...machine.sharedLines("odd", 3)]).toEqual([7, 7, 7]);
      expect([...next].every((word) => word === 0)).toBe(true);
    }));

  it("keeps a thousand names apart", () =>
    inWorld(make, async ({ machine }) => {
      for (let name = 0; name < 1000; name++) machine.sharedLines(`line ${name}`, 40)[39] = name;
      for (let name = 0; name < 1000; name++) {
        expect(machine.sharedLines(`line ${name}`, 40)[39]).toBe(name);
      }
    }));

  it("refuses to give one name two sizes", () =>
    inWorld(make, async ({ machine }) => {
      machine.sharedLines("fixed", 16);
      expect(() => machine.sharedLines("fixed", 32)).toThrow("shared lines keep their size");
      expect(() => machine.sharedLines("none", 0)).toThrow("shared lines have a size");
    }));

  it("fills exactly the bytes it was given, differently each time", () =>
    inWorld(make, async ({ machine }) => {
      const bytes = new Uint8Array(48);
      machine.entropy(bytes.subarray(16, 32));
      expect(bytes.subarray(0, 16).every((byte) => byte === 0)).toBe(true);
      expect(bytes.subarray(32).every((byte) => byte === 0)).toBe(true);
      const first = [...bytes.subarray(16, 32)];
      machine.entropy(bytes.subarray(16, 32));
      expect([...bytes.subarray(16, 32)]).not.toEqual(first);
    }));

  it("fills long and shared targets to their last byte", () =>
    inWorld(make, async ({ machine }) => {
      for (const buffer of [new ArrayBuffer(200_000), new SharedArrayBuffer(200_000)]) {
        const bytes = new Uint8Array(buffer);
        machine.entropy(bytes);
        // One byte in 256 is zero by chance; sixteen in a row are not.
        expect(bytes.subarray(-16).some((byte) => byte !== 0)).toBe(true);
        const ones = bytes.reduce((sum, byte) => sum + (byte & 1), 0);
        expect(Math.abs(ones - 100_000)).toBeLessThan(2000);
      }
    }));
}
