// Real programs in the middle of their work, frozen and thawed in another process, up to three times: their
// output is what it must be. Few points here; hundreds at random by `node test/checkpoint/main.ts`.
import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { caseId, isBuilt, listCases, programPath } from "../../tools/programs/index.ts";
import { type Points, runFrozen } from "./frozen-run.ts";
import { Place } from "./named-run.ts";
import { freezeAtRandom, frozenCases } from "./random-freeze.ts";

/** Calls after which each is frozen, and how often that comes to be. */
const frozen: readonly (readonly [program: string, name: string, points: Points])[] = [
  ["lua", "coroutines", [[9, 3]]],
  ["lua", "garbage", [[8]]],
  ["sqlite", "transaction", [[5, 3, 2]]],
  ["python", "generators", [[30, 5]]],
  ["bzip2", "round-trip", [[20, 10]]],
  ["yosys", "counter", [[20]]],
];

describe(
  "a real program, frozen in the middle, ends as it would have",
  { timeout: 300_000 },
  () => {
    for (const [program, name, points] of frozen) {
      const item = listCases().find((one) => one.program === program && one.name === name)!;
      // Skipped only where the program was not built: without Debian's sources.
      it.skipIf(!isBuilt(item.program))(
        `${caseId(item)}, after ${JSON.stringify(points)}`,
        async () => {
          const { difference, freezes } = await runFrozen(item, points);
          expect(difference).toBeUndefined();
          expect(freezes).toBe(points.flat().length);
        },
      );
    }

    /** Frozen after their end, and in the middle of a line that they wrote. */
    const seeds = [1080, 1128];
    const all = frozenCases();

    it.skipIf(all.length === 0).each(seeds)("at random (seed %i)", async (seed) => {
      const { what, difference } = await freezeAtRandom(seed, all);
      expect([what, difference]).toEqual([what, undefined]);
    });

    it.skipIf(!isBuilt("sqlite"))(
      "SQLite in a transaction on a file, its journal open",
      async () => {
        const place = new Place();
        const script = place.path("script.sql");
        writeFileSync(script, transaction);
        const image = place.path("image");
        const freeze = ["--freeze-after-calls", "100", "--freeze-to", image];
        const database = [
          "--dir",
          ".::/",
          await programPath("sqlite"),
          "-init",
          "script.sql",
          "x.db",
          "",
        ];
        const first = await place.run(["run", "--level", "checkpoint", ...freeze, ...database]);
        expect(existsSync(place.path("x.db-journal"))).toBe(true);
        const second = await place.run(["thaw", image]);
        expect(Buffer.concat([first.stdout, second.stdout]).toString()).toBe(answers);
        expect(existsSync(place.path("x.db-journal"))).toBe(false);
        place.remove();
      },
    );
  },
);

const transaction = `
CREATE TABLE fish(id INTEGER PRIMARY KEY, name TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
  INSERT INTO fish SELECT i, 'fish ' || i || ' ' || hex(i * 7919) FROM n;
SELECT count(*), sum(id) FROM fish;
DELETE FROM fish WHERE id % 7 = 0;
CREATE INDEX by_name ON fish(name);
COMMIT;
SELECT count(*), sum(id) FROM fish;
PRAGMA integrity_check;
`;

const answers = "3000|4501500\n2572|3858858\nok\n";
