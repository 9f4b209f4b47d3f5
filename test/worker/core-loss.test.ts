// Cores in worker threads are lost at every record of the log of their server, which is called by clients
// outside of them: each client has one right answer to each request, and the world outside sees each effect
// once, since the thread that holds the standard streams knows what was done.
import { beforeAll, describe, expect, it } from "vitest";
import {
  compileCoreGrid,
  type CoreGrid,
  type CoreGridPrograms,
  noticedIn,
  runCoreGrid,
} from "./core-grid.ts";
import type { Death } from "./grid-job.ts";

let programs: CoreGridPrograms;

beforeAll(async () => {
  programs = await compileCoreGrid();
});

const held: readonly Death[] = ["hold"];
const manners = {
  memory: { level: "memory", model: "process", deaths: held },
  interrupt: { level: "memory", model: "interrupt", deaths: held },
  host: { level: "host", model: "process", deaths: held },
  disk: { level: "disk", model: "process", deaths: held },
} as const;

describe("a core that is lost at every record", () => {
  it.each([
    { clients: 1, rounds: 6, ...manners.memory },
    { clients: 1, rounds: 6, ...manners.interrupt },
    { clients: 2, rounds: 4, ...manners.memory },
    { clients: 2, rounds: 4, ...manners.interrupt },
    { clients: 8, rounds: 1, ...manners.memory },
    { clients: 8, rounds: 1, ...manners.interrupt },
    { clients: 2, rounds: 2, ...manners.host },
    { clients: 2, rounds: 2, ...manners.disk },
    { clients: 1, rounds: 3, ...manners.memory, isStandbyLost: true },
    { clients: 1, rounds: 8, ...manners.memory, logBytesMax: 1024 },
  ] satisfies readonly CoreGrid[])(
    "under $clients clients, at level $level, in the $model model, serves each once",
    async (grid: CoreGrid) => {
      const outcome = await runCoreGrid(grid, programs);
      expect(noticedIn(grid, outcome)).toEqual([]);
      // A record for each request that is heard, and one for its effect.
      expect(outcome.losses).toBeGreaterThanOrEqual(2 * grid.clients * grid.rounds);
    },
  );
});

describe("a core that is lost by itself", () => {
  // An error that is thrown in the next turn of the event loop comes before the next request does.
  it.each([
    { death: "throw", rounds: 3 },
    { death: "heap", rounds: 1 },
  ] as const)("by a $death, takes no other down with it", async ({ death, rounds }) => {
    const grid: CoreGrid = { clients: 1, rounds, ...manners.memory, deaths: [death] };
    const outcome = await runCoreGrid(grid, programs);
    expect(noticedIn(grid, outcome)).toEqual([]);
    expect(outcome.losses).toBeGreaterThan(0);
  });
});
