// Room in bulk memory: no two pieces that are in use overlap, and all of it can be used again.
import { expect, it } from "vitest";
import { Random } from "../base/index.ts";
import { BulkRoom } from "./bulk.ts";

const bytes = 1024;

it("gives no byte to two pieces at once, whatever is given back when", () => {
  const random = new Random(20261121);
  const room = new BulkRoom(bytes);
  const used: { readonly line: number; readonly from: number; readonly end: number }[] = [];
  let [line, refused] = [0, 0];
  for (let step = 0; step < 5000; step++) {
    const count = random.between(1, 400);
    const from = room.reserve(count);
    if (from >= 0) {
      expect(from + count).toBeLessThanOrEqual(bytes);
      for (const piece of used) expect(from < piece.end && from + count > piece.from).toBe(false);
      room.name(++line);
      used.push({ line, from, end: from + count });
    } else refused++;
    if (random.chance(1, 2) && used.length > 0) {
      const gone = random.between(1, used.length);
      room.release(used[gone - 1].line);
      used.splice(0, gone);
    }
  }
  expect(refused).toBeGreaterThan(100);
  room.release(line);
  expect(room.reserve(bytes)).toBe(0);
});

it("has nothing for what is longer than all of it", () => {
  expect(new BulkRoom(bytes).reserve(bytes + 1)).toBe(-1);
  expect(new BulkRoom(0).reserve(1)).toBe(-1);
});
