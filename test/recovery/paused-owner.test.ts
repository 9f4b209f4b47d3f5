// A server that is stopped for a while, as long as SHOAL_PAUSE_MS says, while another process has taken over and
// works: when it wakes up, nothing of what it does is noticed.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import type { GridJob } from "./grid-cell.ts";
import type { GridMoment } from "./grid-faults.ts";
import { compileGrid } from "./grid-members.ts";
import { GridProcess } from "./grid-process.ts";
import { effectsIn } from "./kill-grid.ts";

const pauseMs = Number(process.env["SHOAL_PAUSE_MS"] ?? 50);
const rounds = 4;

const root = mkdtempSync(join(tmpdir(), "shoal-paused-"));
const running: GridProcess[] = [];

afterAll(async () => {
  await Promise.all(running.map((one) => one.kill()));
  rmSync(root, { recursive: true });
});

/** Starts a process of the grid; what it writes goes to `lines` as well. */
function start(job: Pick<GridJob, "program"> & Partial<GridJob>, lines: string[]): GridProcess {
  const one = new GridProcess();
  running.push(one);
  const whole = { args: [], data: join(root, "none"), epoch: 1, ...job };
  one.begin(whole, (text) => lines.push(text));
  return one;
}

it.each<[GridMoment, number]>([
  ["before", 6],
  ["after", 6],
  ["after", 7],
])(
  `%s record %i, for ${pauseMs} ms`,
  async (moment, records) => {
    const { server, client } = await compileGrid(join(root, "modules"));
    const directory = mkdtempSync(join(root, "place-"));
    const data = join(directory, "data");
    mkdirSync(data);
    const place = { serverName: "server", directory, socketPath: join(directory, "socket") };
    const job = { program: server, level: "host", data, serves: place } as const;
    const seen: string[] = [];
    const call = (number: number): Promise<number | NodeJS.Signals> =>
      start({ program: client, args: [`${number}`, `${rounds}`], calls: place }, []).ended;

    const older = start({ ...job, kill: { records, moment, isStop: true } }, seen);
    const first = call(1);
    expect(await older.next(true)).toBe("stopped");
    start({ ...job, epoch: 2 }, seen);
    expect(await first).toBe(0);
    await pause(pauseMs);
    older.wake();
    // Its client is gone to the other, so that it has its open call to make, and no more.
    await Promise.race([older.ended, pause(1000)]);
    expect(await call(2)).toBe(0);

    const { once, repeats, changed } = effectsIn(seen.join(""));
    expect(once).toEqual(Array.from({ length: 2 * rounds }, (_, i) => i + 1));
    expect(changed).toEqual([]);
    expect(repeats).toBeLessThanOrEqual(2);
  },
  3 * pauseMs + 120_000,
);
