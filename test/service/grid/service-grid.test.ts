// Durable services are lost at the records of their logs, under clients that wait, stream, are called back and give
// up: nobody notices, and nothing is done twice.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoredImages } from "../../../src/boot/durable/durable-images.ts";
import { sha256 } from "../../../src/boot/index.ts";
import { FileStore } from "../../../src/machine/node/index.ts";
import type { MessageLog } from "../../../src/recovery/index.ts";
import { codesOf, type TestCodes } from "./test-codes.ts";
import { type GridCase, killsAtEach, runCase } from "./service-grid.ts";

/** Every so many records in `npm test`; SERVICE_GRID=1 takes each, and losses of two lives in a row. */
const isLarge = process.env["SERVICE_GRID"] !== undefined;
const step = isLarge ? 1 : 5;

let lost = 0;

afterAll(() => {
  process.stdout.write(`service grid: ${lost} lives lost\n`);
});

describe.each(["grid", "grid-concurrent"])("nobody notices that %s was lost", (fixture) => {
  let codes: TestCodes;

  beforeAll(async () => {
    codes = await codesOf(fixture, "grid-next");
  });

  const run = async (one: Omit<GridCase, "codes">) => {
    const result = await runCase({ codes, ...one });
    lost += result.lives - 1;
    expect({ ...one, noticed: result.noticed }).toEqual({ ...one, noticed: [] });
    return result;
  };

  it("at any record", { timeout: 600_000 }, async () => {
    const { records } = await run({ kills: [] });
    for (const kills of killsAtEach(records, step)) {
      expect((await run({ kills })).lives).toBe(2);
    }
  });

  it("at any record of an upgrade while clients work", { timeout: 600_000 }, async () => {
    const upgradeTo = codes.hashes[1];
    for (const isSlow of isLarge ? [false, true] : [false]) {
      const { records } = await run({ kills: [], upgradeTo, isSlow });
      for (const kills of killsAtEach(records, step, isLarge ? 0 : 2)) {
        expect((await run({ kills, upgradeTo, isSlow })).lives).toBe(2);
      }
    }
  });

  it("at any record, when it goes on from images", { timeout: 600_000 }, async () => {
    const { records, isCut } = await withImages((images) => run({ kills: [], images }));
    expect(isCut).toBe(true);
    for (const kills of killsAtEach(records, step, isLarge ? 0 : 3)) {
      const { lives } = await withImages((images) => run({ kills, images }));
      expect(lives).toBe(2);
    }
  });

  it("at any record, when what it says waits for a disk", { timeout: 600_000 }, async () => {
    const slow = { isSlow: true };
    const { records } = await withImages((images) => run({ kills: [], images, ...slow }));
    for (const kills of killsAtEach(records, step, isLarge ? 0 : 1)) {
      await withImages((images) => run({ kills, images, ...slow }));
    }
  });

  it("one life after the other", { timeout: 600_000 }, async () => {
    const { records } = await run({ kills: [] });
    for (const [first] of killsAtEach(records, isLarge ? 1 : 11)) {
      const second = { ...first!, at: first!.at + 4 };
      await run({ kills: [first!, second] });
    }
  });
});

/** Images of one service, in a directory of their own. */
async function withImages<T>(
  use: (images: (log: MessageLog) => StoredImages) => Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-service-grid-"));
  const store = new FileStore(directory);
  let epoch = 0;
  try {
    return await use(
      (log) =>
        new StoredImages({
          store,
          digest: sha256,
          name: "grid",
          epoch: ++epoch,
          log,
          logBytesMax: 1200,
        }),
    );
  } finally {
    store.close();
    rmSync(directory, { recursive: true });
  }
}
