// Two durable services in OS processes of their own, one calling the other, are killed again and again with kill -9 under
// a client that calls, waits, streams, is called back and gives up. Nobody notices, and nothing is done twice.
// SERVICE_KILLS says how many rounds there are; each has a kill of one of them, at a moment drawn from the seed.
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Client, connect, withOptions } from "../../src/boot/index.ts";
import { Bench, type Running } from "../session/command.ts";
import type * as bankModule from "./fixtures/counting-bank.ts";
import type * as gridModule from "./fixtures/grid.ts";

const rounds = Number(process.env["SERVICE_KILLS"] ?? 6);
const seed = Number(process.env["SEED"] ?? 7);
const killWithinMs = 120;

let bench: Bench;
const before = { ...process.env };

beforeEach(() => {
  bench = new Bench();
  process.env["XDG_RUNTIME_DIR"] = bench.directory;
  process.env["XDG_DATA_HOME"] = `${bench.directory}/data`;
});

afterEach(async () => {
  process.env = { ...before };
  await bench.close();
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
}

/** All kinds of calls at once. Answers the names under which they are in the state. */
async function round(grid: Client<typeof gridModule>, i: number): Promise<string[]> {
  const names = ["add", "later", "pay", "stream", "each", "never"].map((kind) => `${kind} ${i}`);
  const [add, later, pay, stream, each, never] = names as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const items: string[] = [];
  const asked: number[] = [];
  const [, , receipt, , sum, given] = await Promise.all([
    grid.add(add),
    grid.later(later, 20),
    grid.pay(pay, i),
    (async () => {
      for await (const item of withOptions(grid, { ahead: 2 }).stream(stream, 5)) items.push(item);
    })(),
    grid.each(each, async (value) => {
      asked.push(value);
      return value;
    }),
    withOptions(grid, { deadlineMs: 30 })
      .never(never)
      .catch((error: unknown) => String(error)),
  ]);
  expect(items).toEqual([0, 1, 2, 3, 4].map((item) => `${stream} ${item}`));
  expect([asked, sum, receipt]).toEqual([[1, 2, 3], 6, i]);
  expect(given).toMatch(/^DeadlineError/);
  return names;
}

/** What a replay of its log comes to: calls that are open where it ends are told. */
async function replayed(name: string): Promise<string> {
  const replay = bench.start("log", "replay", name);
  await replay.ended;
  return replay.stdout + replay.stderr;
}

function killAfter(ms: number, server: Running): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      const pid = server.cellPid;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      resolve();
    }, ms);
  });
}

it(`${rounds} kills are noticed by nobody (seed ${seed})`, { timeout: 600_000 }, async () => {
  const bank = await bench.serve("bank", "--durable", fixture("counting-bank"));
  const words = ["--durable", "--connect", "bank", fixture("grid-concurrent")];
  const server = await bench.serve("grid", ...words);
  await using grid = await connect<typeof gridModule>("grid", { timeoutSeconds: 100 });
  await using account = await connect<typeof bankModule>("bank", { timeoutSeconds: 100 });
  let random = seed;
  const next = (below: number): number => (random = (random * 48_271) % 2_147_483_647) % below;
  const names: string[] = [];
  try {
    for (let i = 1; i <= rounds; i++) {
      const kill = killAfter(next(killWithinMs), i % 3 === 0 ? bank : server);
      names.push(...(await round(grid, i)));
      await kill;
    }
    const done = (await grid.all()).map(({ name }) => name);
    // What was given up may have been so before it came, and then it is not begun.
    const isSure = (name: string): boolean => !name.startsWith("never");
    expect(done.filter(isSure).toSorted()).toEqual(names.filter(isSure).toSorted());
    expect(new Set(done).size).toBe(done.length);
    await expect.poll(() => replayed("grid"), { timeout: 20_000 }).toMatch(/nothing differed\n$/);
    expect(await account.all()).toEqual(Array.from({ length: rounds }, (_, i) => i + 1));
  } catch (error) {
    throw new Error(`they said: ${server.stderr} ${bank.stderr}`, { cause: error });
  }
});
