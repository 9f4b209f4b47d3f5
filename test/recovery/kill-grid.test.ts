// Real OS processes are lost, with kill -9, at every record that a server or a client adds to its log, under
// clients in other OS processes that check every answer. What they say to the world outside is numbered, and
// must be there without a gap, in order, once repeats are dropped: those are counted and told.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "./grid-verdict.ts";
import { type CaseOptions, compileGrid } from "./grid-members.ts";
import { lossCase, smallCases } from "./kill-grid-cases.ts";
import { KillGrid } from "./kill-grid.ts";

const rounds = 3;

let options: CaseOptions;
let grid: KillGrid;
let losses = 0;
let repeatCount = 0;

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "shoal-grid-modules-"));
  options = { programs: await compileGrid(directory), rounds };
  grid = new KillGrid();
  return () => rmSync(directory, { recursive: true });
});

afterAll(async () => {
  await grid.close();
  process.stdout.write(`kill grid: ${losses} processes lost, ${repeatCount} effects repeated\n`);
});

/** Their names are wanted before there are modules. */
const unmade: CaseOptions = { programs: { server: "", client: "", relay: "" }, rounds };

describe("nobody notices", () => {
  it.each(smallCases(unmade).map(({ name }, at): [string, number] => [name, at]))(
    "%s",
    async (_, at) => {
      const one = smallCases(options)[at];
      const lived = await grid.run(one.servers, one.clients);
      const { kills, killsFewest, repeats, noticed } = judge(one, options, lived);
      expect(noticed).toEqual([]);
      // Each request is a record at least, and each record was the last of a life; not each has an image.
      expect(killsFewest).toBeGreaterThanOrEqual(one.rounds === undefined ? rounds : 1);
      losses += kills;
      repeatCount += repeats;
    },
  );
});

it("a client is told when its server was brought up without its log", async () => {
  const one = lossCase(options);
  const { noticed } = judge(one, options, await grid.run(one.servers, one.clients));
  expect(noticed[0]).toMatch(/^client 1 ended with \d+: server: /);
});
