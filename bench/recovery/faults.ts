// The large kill grid: processes of every kind are ended while others call them, at every record of their
// logs and at random moments, and nobody may notice. A fault counts as noticed if anything was wrong in the
// run in which it was injected.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/base/index.ts";
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { compileC } from "../../test/sdk/compile.ts";
import { type Member, runTogether } from "../../test/sdk/together.ts";
import { killedLog } from "../../test/recovery/killed-log.ts";
import { type CaseOptions, compileGrid, type GridCase } from "../../test/recovery/grid-members.ts";
import { largeCases, smallCases } from "../../test/recovery/kill-grid-cases.ts";
import { judge } from "../../test/recovery/grid-verdict.ts";
import { KillGrid } from "../../test/recovery/kill-grid.ts";
import { Bench as Commands, type Running } from "../../test/session/command.ts";
import { LedgerCaller } from "./ledger-caller.ts";

export interface FaultCount {
  injected: number;
  unnoticed: number;
  /** Effects that the world outside saw again, as it may. */
  repeats: number;
  /** What was noticed, for people. */
  readonly noticed: string[];
}

export function noFaults(): FaultCount {
  return { injected: 0, unnoticed: 0, repeats: 0, noticed: [] };
}

/** So many faults of one run, and what was noticed in it. */
export function count(into: FaultCount, injected: number, noticed: readonly string[]): void {
  into.injected += injected;
  if (noticed.length === 0) into.unnoticed += injected;
  into.noticed.push(...noticed);
}

/** Eight clients and a process that is started fifty times take a while on a busy machine. */
const gridRunMsMax = 600_000;

/** How many pieces the grid of OS processes is run in, and which of them, from 0. */
export interface GridPiece {
  readonly piece: number;
  readonly pieces: number;
}

/** OS processes lost at every record, at every pair of levels. */
export async function lostAtRecords(
  into: FaultCount,
  isSmall: boolean,
  rounds: number,
  { piece, pieces }: GridPiece,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-fault-grid-"));
  const grid = new KillGrid(gridRunMsMax);
  try {
    const options: CaseOptions = { programs: await compileGrid(directory), rounds };
    const cases = isSmall ? smallCases(options).slice(0, 2) : largeCases(options);
    const left = cases.filter((_, i) => i % pieces === piece).values();
    const runThem = async (): Promise<void> => {
      for (const one of left) await runCase(into, grid, one, options);
    };
    // A life is mostly the start of a process, so two runs at a time keep two processors busy.
    await Promise.all([runThem(), runThem()]);
  } finally {
    await grid.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runCase(
  into: FaultCount,
  grid: KillGrid,
  one: GridCase,
  options: CaseOptions,
): Promise<void> {
  try {
    const lived = await grid.run(one.servers, one.clients);
    const { kills, repeats, noticed } = judge(one, options, lived);
    into.repeats += repeats;
    const named = noticed.map((what) => `${one.name}: ${what}`);
    count(into, kills, named);
  } catch (error) {
    // It did not come to its end: one fault at least was noticed.
    count(into, 1, [`${one.name}: ${String(error)}`]);
  }
}

/** Processes that die in their kernel, which lives on, after every record under so many clients. */
export async function diedInPlace(
  into: FaultCount,
  clientCounts: readonly number[],
): Promise<void> {
  for (const clients of clientCounts) {
    const whole = memoryLog();
    await runTally(clients, whole);
    for (let at = 1; at < whole.end - 1; at++) {
      const codes = await runTally(clients, killedLog([at]));
      const isRight = codes.every((code) => code === 0);
      const what = `${clients} clients of a server that died after record ${at}: ${codes.join(" ")}`;
      count(into, 1, isRight ? [] : [what]);
    }
  }
}

async function runTally(
  clients: number,
  log: MessageLog,
): Promise<readonly (number | undefined)[]> {
  const server: Member = {
    program: ["test/recovery/tally-server.c"],
    serves: [{ name: "tally" }],
    durable: { log, sessions: new Sessions() },
  };
  const callers = Array.from({ length: clients }, (_, i): Member => ({
    program: ["test/recovery/tally-client.c", `-DTALLY_CLIENTS=${clients}`],
    calls: [{ name: "tally", badge: i + 1 }],
  }));
  return (await runTogether([server, ...callers], { model: "process" })).codes;
}

export interface RandomKills {
  readonly level: "host" | "disk";
  readonly clients: number;
  readonly kills: number;
  /** The clients call a durable server that calls the ledger, and both are killed in turns. */
  readonly isNested: boolean;
}

/** Whatever a server does when it happens: up to so long after a start or the last answer. */
const killWithinMs = 30;

/** Cells under a supervisor, ended at random moments under clients that never stop calling. */
export async function lostAtRandom(
  into: FaultCount,
  kills: RandomKills,
  random: Random,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-fault-random-"));
  const commands = new Commands();
  try {
    const noticed: string[] = [];
    await killAtRandom(commands, directory, kills, random).catch((error: unknown) => {
      noticed.push(error instanceof Error ? error.message : String(error));
    });
    count(into, kills.kills, noticed);
  } finally {
    await commands.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function killAtRandom(
  commands: Commands,
  directory: string,
  { level, clients, kills, isNested }: RandomKills,
  random: Random,
): Promise<void> {
  const ledger = await moduleOf(directory, "examples/c/ledger-server.c");
  const servers = [await commands.serve("ledger", `--durable=${level}`, ledger)];
  if (isNested) {
    const relay = await moduleOf(directory, "test/session/relay.c");
    servers.unshift(
      await commands.serve("relay", `--durable=${level}`, "--connect", "ledger", relay),
    );
  }
  const socket = commands.socket(isNested ? "relay" : "ledger");
  const callers = Array.from({ length: clients }, () => new LedgerCaller(socket));
  await Promise.all(callers.map((caller) => caller.start()));
  for (let kill = 0; kill < kills; kill++) {
    await killOne(servers[kill % servers.length]!, callers, random.below(killWithinMs));
  }
  await checkLedger(callers);
}

/** Ends the process of a server, and waits until each of its clients has been answered again. */
async function killOne(
  server: Running,
  callers: readonly LedgerCaller[],
  afterMs: number,
): Promise<void> {
  await pause(afterMs);
  const pid = server.cellPid;
  if (pid === undefined) throw new Error(`a server has no process: ${server.stderr}`);
  process.kill(pid, "SIGKILL");
  await Promise.all(callers.map((caller) => caller.answers(2)));
}

/** Every transfer that anybody was told of, once, and no money made or lost. */
async function checkLedger(callers: readonly LedgerCaller[]): Promise<void> {
  for (const caller of callers) await caller.stopCalls();
  const told = callers.flatMap(({ transfers }) => transfers).toSorted((a, b) => a - b);
  const { sum, transfers } = await callers[0]!.audit();
  for (const caller of callers) caller.close();
  const isGapless = told.every((number, i) => number === i + 1);
  if (!isGapless || transfers !== told.length || sum !== 2000 * callers.length) {
    throw new Error(`${told.length} transfers were told, ${transfers} made, ${sum} in all`);
  }
}

async function moduleOf(directory: string, source: string): Promise<string> {
  const path = join(directory, source.replaceAll("/", "-").replace(/c$/, "wasm"));
  writeFileSync(path, await compileC(source));
  return path;
}
