// Durable programs joined by pipes: the cell is lost at every record that any of them adds to its log, and
// each byte that went into the pipes comes out of them once.
import { describe, expect, it } from "vitest";
import { CellLogs } from "./cell.ts";
import { prepareTree, treeLife, type TreeManner } from "./trees-cell.ts";

/** Streams that fill a pipe, and shorter ones and fewer deaths where each life takes longer. */
const manners: readonly (TreeManner & { readonly bytes: number; readonly step: number })[] = [
  { model: "process", bytes: 300_000, step: 3 },
  { model: "interrupt", bytes: 100_000, step: 3 },
  { model: "process", bytes: 60_000, imageEvery: 1, step: 5 },
  { model: "interrupt", bytes: 100_000, imageEvery: 20_000, step: 5 },
];

const good = [0, 0, 0];

describe.each(manners)("three programs, $model model, images every $imageEvery bytes", (manner) => {
  it("end as if their cell had not been lost, whenever it is", async () => {
    const programs = await prepareTree(manner.bytes);
    const whole = new CellLogs(3);
    expect(await treeLife(programs, whole, manner)).toEqual(good);
    for (const moment of ["before", "after"] as const) {
      for (let at = 1; at < whole.added; at += manner.step) {
        const logs = new CellLogs(3);
        const lost = await treeLife(programs, logs, manner, at, moment);
        const ends = await treeLife(programs, logs, manner);
        expect({ at, moment, lost, ends }).toEqual({ at, moment, lost: undefined, ends: good });
      }
    }
  });

  it("survive the loss of every cell that they are brought up in", async () => {
    const programs = await prepareTree(manner.bytes);
    const logs = new CellLogs(3);
    for (let losses = 0; ; losses++) {
      const ends = await treeLife(programs, logs, manner, 1 + (losses % 3), "after");
      if (ends === undefined) continue;
      expect(ends).toEqual(good);
      expect(losses).toBeGreaterThan(10);
      break;
    }
  });
});
