// What has come is given out byte for byte, however it came and however it is asked for, and many small
// pieces cost little more than their bytes.
import { describe, expect, it } from "vitest";
import { Random } from "../../base/index.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";

describe("a receive buffer", () => {
  it("holds nothing to begin with", () => {
    const buffer = new ReceiveBuffer();
    expect([buffer.bytes, buffer.peek(new Uint8Array(10), 10)]).toEqual([0, 0]);
  });

  it("shows bytes again and again until they are taken away", () => {
    const buffer = new ReceiveBuffer();
    buffer.add(Uint8Array.of(1, 2, 3));
    buffer.add(Uint8Array.of(4, 5));
    const into = new Uint8Array(4);
    expect([buffer.peek(into, 4), buffer.peek(into, 4), [...into]]).toEqual([4, 4, [1, 2, 3, 4]]);
    buffer.consume(4);
    expect([buffer.bytes, buffer.peek(into, 4), into[0]]).toEqual([1, 1, 5]);
    buffer.clear();
    expect([buffer.bytes, buffer.peek(into, 4)]).toEqual([0, 0]);
  });

  it("keeps no piece but the first of a row of small ones", () => {
    const buffer = new ReceiveBuffer();
    const pieces = Array.from({ length: 50_000 }, (_, i) => Uint8Array.of(i & 0xff));
    for (const piece of pieces) buffer.add(piece);
    // What was copied does not change with the piece it came in.
    for (const piece of pieces) piece.fill(0xee);
    const into = new Uint8Array(50_000);
    expect(buffer.peek(into, 50_000)).toBe(50_000);
    expect(into[0]).toBe(0xee);
    expect(into.slice(1).every((byte, i) => byte === ((i + 1) & 0xff))).toBe(true);
  });

  it.each([1, 2, 3, 4, 5])("loses and changes nothing at random, seed %i", (seed) => {
    const random = new Random(seed);
    const buffer = new ReceiveBuffer();
    let [added, taken] = [0, 0];
    for (let step = 0; step < 2000; step++) {
      const piece = new Uint8Array(random.below(10) === 0 ? random.below(9000) : random.below(40));
      buffer.add(piece.map((_, i) => (added + i) % 251));
      added += piece.length;
      const into = new Uint8Array(random.below(60));
      const count = buffer.peek(into, into.length);
      expect(count).toBe(Math.min(into.length, added - taken));
      for (let i = 0; i < count; i++) expect(into[i]).toBe((taken + i) % 251);
      const kept = random.below(count + 1);
      buffer.consume(kept);
      taken += kept;
      expect(buffer.bytes).toBe(added - taken);
    }
  });
});
