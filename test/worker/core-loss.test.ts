// Cores in worker threads are lost at every record of the log of their server, which is called by clients
// outside of them: each client has one right answer to each request, and the world outside sees each effect
// once, since the thread that holds the standard streams knows what was done.
import { beforeAll, describe, expect, it } from "vitest";
import { InitialSlot } from "../../src/abi/index.ts";
import type { ConsoleDevice } from "../../src/boot/index.ts";
import { readFile } from "node:fs/promises";
import { compileHostedC } from "../sdk/compile.ts";
import { runClient } from "../session/rig.ts";
import { type Death, type GridCoreJob, heldWord } from "./grid-job.ts";
import { CoreRig, silentConsole } from "./rig.ts";

let server: Uint8Array;
let client: Uint8Array;

beforeAll(async () => {
  server = await readFile(await compileHostedC("test/recovery/kill-grid-server.c"));
  client = await readFile(await compileHostedC("test/recovery/kill-grid-client.c"));
});

interface Grid extends Pick<GridCoreJob, "level" | "model" | "deaths"> {
  readonly clients: number;
  readonly rounds: number;
  readonly logBytesMax?: number;
  /** What stands by dies together with what serves. */
  readonly isStandbyLost?: boolean;
}

/** How long a client looks for its server, which is lost many times meanwhile. */
const patienceMs = 60_000;

interface Outcome {
  readonly codes: readonly number[];
  readonly lines: readonly string[];
  readonly losses: number;
}

/** Runs clients to their ends, while one core after the other is lost. */
async function runGrid(grid: Grid): Promise<Outcome> {
  const { clients, rounds, isStandbyLost = false, ...job } = grid;
  const { console, text } = keepingConsole();
  const rig = new CoreRig({
    level: job.level,
    program: server,
    console,
    resourceLimits: job.deaths.includes("heap") ? { maxOldGenerationSizeMb: 48 } : undefined,
    core: (paths) => {
      const recordsMax = 2 * clients * rounds;
      const consoleSlot = InitialSlot.console;
      const whole: GridCoreJob = { ...job, ...paths, consoleSlot, recordsMax };
      const file = new URL("grid-core.ts", import.meta.url);
      return { file, argv: [JSON.stringify(whole)] };
    },
    onLoss: ({ keeper }) => {
      if (isStandbyLost) keeper.standby?.stop("lost together");
    },
  });
  try {
    await Promise.race([rig.opened, rig.ended]);
    const isOver = new AbortController();
    const ending = endHeld(rig, isOver.signal);
    const ends = await Promise.all(
      Array.from({ length: clients }, (_, i) =>
        runClient(client, [`${i}`, `${rounds}`], rig.place, patienceMs),
      ),
    );
    isOver.abort();
    Atomics.notify(rig.progress, heldWord);
    await ending;
    const codes = ends.map(({ end }) => end.code);
    return { codes, lines: text().split("\n").slice(0, -1), losses: rig.losses.length };
  } finally {
    await rig.close();
  }
}

/** Ends every core that holds still. */
async function endHeld(rig: CoreRig, isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    const waited = Atomics.waitAsync(rig.progress, heldWord, 0);
    await waited.value;
    if (Atomics.load(rig.progress, heldWord) === 0) continue;
    const held = rig.core;
    held?.stop("it held still");
    await held?.ended;
    Atomics.store(rig.progress, heldWord, 0);
  }
}

function keepingConsole() {
  let written = "";
  const console: ConsoleDevice = {
    ...silentConsole,
    write: (_, bytes) => {
      written += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
  return { console, text: () => written };
}

/** What every client was told, and every effect, in order and once. */
function checkGrid({ clients, rounds }: Grid, { codes, lines }: Outcome): void {
  expect(codes).toEqual(Array.from({ length: clients }, () => 0));
  const numbers = lines.map((line) => Number(line.split(" ")[1]));
  expect(numbers).toEqual(Array.from({ length: clients * rounds }, (_, i) => i + 1));
  for (let one = 0; one < clients; one++) {
    expect(lines.filter((line) => line.endsWith(` of ${one}`))).toHaveLength(rounds);
  }
}

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
  ] satisfies readonly Grid[])(
    "under $clients clients, at level $level, in the $model model, serves each once",
    async (grid: Grid) => {
      const outcome = await runGrid(grid);
      checkGrid(grid, outcome);
      // A record for each request that is heard, and one for its effect.
      expect(outcome.losses).toBeGreaterThanOrEqual(2 * grid.clients * grid.rounds);
    },
  );
});

describe("a core that is lost by itself", () => {
  it.each(["throw", "heap"] as const)("by a %s, takes no other down with it", async (death) => {
    const grid: Grid = { clients: 2, rounds: 2, ...manners.memory, deaths: [death] };
    const outcome = await runGrid(grid);
    checkGrid(grid, outcome);
    expect(outcome.losses).toBeGreaterThan(0);
  });
});
