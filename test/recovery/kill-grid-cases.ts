// What the kill grid is made of, small in the tests and large in the benchmark: who is lost, at which levels
// the others and it stand, under how many clients; and what must be so afterwards.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DurableLevel } from "../../src/boot/index.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import type { GridMoment, Kill } from "./grid-cell.ts";
import { effectsIn, type GridMember, type GridOutcome, type Lived } from "./kill-grid.ts";

/** Modules, by their paths. */
export interface GridPrograms {
  readonly server: string;
  readonly client: string;
  /** Calls the server for each of its own clients' requests. */
  readonly relay: string;
}

export interface GridCase {
  readonly name: string;
  /** The first has the effects. */
  readonly servers: readonly GridMember[];
  readonly clients: readonly GridMember[];
}

export interface Verdict {
  /** Processes that were lost. */
  readonly kills: number;
  /** Lives that were lost of the member that lost the fewest, of those that were to be. */
  readonly killsFewest: number;
  /** Effects that the world outside saw again. */
  readonly repeats: number;
  /** What somebody noticed, for people; empty if nobody did. */
  readonly noticed: readonly string[];
}

export async function compileGrid(directory: string): Promise<GridPrograms> {
  mkdirSync(directory, { recursive: true });
  const relay = join(directory, "relay.wasm");
  writeFileSync(relay, await compileC("test/session/relay.c"));
  const server = await compileHostedC("test/recovery/kill-grid-server.c");
  const client = await compileHostedC("test/recovery/kill-grid-client.c");
  return { server, client, relay };
}

/** Each life adds one record and is lost right after it, or when the next is about to be added, in turns. */
export function everyRecord(life: number): Kill {
  return life % 2 === 0 ? { records: 1, moment: "after" } : { records: 2, moment: "before" };
}

const everyAfter = (): Kill => ({ records: 1, moment: "after" });
const everyBefore = (): Kill => ({ records: 2, moment: "before" });

export interface CaseOptions {
  readonly programs: GridPrograms;
  /** Requests of each client. */
  readonly rounds: number;
}

/** Pairs of levels in which each is killed at which its log outlives it, and the rest of the grid. */
export function smallCases(options: CaseOptions): GridCase[] {
  return [...pairs(options, everyRecord), ...others(options, 2), ...commitPoints(options)];
}

/** The same with every record lost at both moments, and under up to eight clients. */
export function largeCases(options: CaseOptions): GridCase[] {
  return [
    ...pairs(options, everyAfter),
    ...pairs(options, everyBefore),
    ...others(options, 2),
    ...others(options, 8),
    ...commitPoints(options),
  ];
}

/** A server at level memory is lost with its process, and its client must be told. */
export function lossCase(options: CaseOptions): GridCase {
  // Two records are a request: the second one is open when the process ends.
  const kill = (life: number): Kill | undefined =>
    life === 1 ? { records: 5, moment: "before" } : undefined;
  return {
    name: "a server whose log is lost with it",
    servers: [serverOf(options, "memory", { kill })],
    clients: [clientOf(options, 1)],
  };
}

function pairs(options: CaseOptions, kill: (life: number) => Kill): GridCase[] {
  const { moment } = kill(1);
  const suffix = kill(2).moment === moment ? ` ${moment} each` : "";
  const lostServers = (["host", "disk"] as const).flatMap((level) =>
    ([undefined, "memory", "host", "disk"] as const).map((clientLevel): GridCase => ({
      name: `a server (${level}) lost at every record${suffix}, its client ${clientLevel ?? "not durable"}`,
      servers: [serverOf(options, level, { kill })],
      clients: [clientOf(options, 1, { level: clientLevel })],
    })),
  );
  const lostClients = (["memory", "host", "disk"] as const).flatMap((level) =>
    (["host", "disk"] as const).map((clientLevel): GridCase => ({
      name: `a client (${clientLevel}) lost at every record${suffix}, its server ${level}`,
      servers: [serverOf(options, level)],
      clients: [clientOf(options, 1, { level: clientLevel, kill })],
    })),
  );
  return [...lostServers, ...lostClients];
}

function others(options: CaseOptions, count: number): GridCase[] {
  const kill = everyRecord;
  const clients = (calls: string): GridMember[] =>
    Array.from({ length: count }, (_, i) => clientOf(options, i + 1, { calls }));
  const { relay } = options.programs;
  return [
    {
      name: `a server lost at every record under ${count} clients`,
      servers: [serverOf(options, "host", { kill })],
      clients: clients("server"),
    },
    {
      name: `${count} clients and their server, each lost at every record`,
      servers: [serverOf(options, "host", { kill })],
      clients: clients("server").map((client) => ({ ...client, level: "host", kill })),
    },
    {
      name: `a server lost at every record, with an image after each, under ${count} clients`,
      servers: [serverOf(options, "host", { kill, logBytesMax: 1 })],
      clients: clients("server"),
    },
    {
      name: `a server that calls another, both lost at every record, under ${count} clients`,
      servers: [
        serverOf(options, "host", { kill }),
        { name: "relay", program: relay, level: "host", calls: "server", kill },
      ],
      clients: clients("relay"),
    },
  ];
}

/** The moments at which what was done becomes what will be found. */
function commitPoints(options: CaseOptions): GridCase[] {
  const kill = (moment: GridMoment) => (): Kill => ({ records: 1, moment });
  const clients = [clientOf(options, 1)];
  return [
    {
      name: "a server (disk) lost whenever its log has become stable",
      servers: [serverOf(options, "disk", { kill: kill("stable") })],
      clients,
    },
    {
      name: "a server lost whenever an image of it is kept and its log not cut",
      servers: [serverOf(options, "host", { kill: kill("beforeCut"), logBytesMax: 1 })],
      clients,
    },
    {
      name: "a server lost whenever its log has been cut",
      servers: [serverOf(options, "host", { kill: kill("afterCut"), logBytesMax: 1 })],
      clients,
    },
  ];
}

function serverOf(
  { programs }: CaseOptions,
  level: DurableLevel,
  more: Partial<GridMember> = {},
): GridMember {
  return { name: "server", program: programs.server, level, ...more };
}

function clientOf(
  { programs, rounds }: CaseOptions,
  number: number,
  more: Partial<GridMember> = {},
): GridMember {
  const args = [`${number}`, `${rounds}`];
  return { name: `client${number}`, program: programs.client, args, calls: "server", ...more };
}

export function judge(one: GridCase, { rounds }: CaseOptions, lived: GridOutcome): Verdict {
  const { servers, clients } = one;
  const all = [...lived.servers, ...lived.clients];
  const killed = all.filter((_, i) => [...servers, ...clients][i]!.kill !== undefined);
  const effects = [
    { who: "server", lived: lived.servers[0], count: clients.length * rounds },
    ...lived.clients.map((client, i) => ({
      who: `client ${i + 1}`,
      lived: client,
      count: rounds,
    })),
  ];
  return {
    kills: all.reduce((sum, { kills }) => sum + kills, 0),
    killsFewest: Math.min(...killed.map(({ kills }) => kills)),
    repeats: effects.reduce((sum, effect) => sum + effectsIn(effect.lived.output).repeats, 0),
    noticed: [
      ...lived.clients.flatMap(wrongEnds),
      ...effects.flatMap((effect) => wrongEffects(effect.who, effect.lived, effect.count)),
    ],
  };
}

function wrongEnds({ code, errors }: Lived, i: number): string[] {
  return code === 0 && errors === "" ? [] : [`client ${i + 1} ended with ${code}: ${errors}`];
}

/** Every number once and in order, for whoever drops what comes again. */
function wrongEffects(who: string, { output }: Lived, count: number): string[] {
  const { once } = effectsIn(output);
  const isWhole = once.length === count && once.every((number, i) => number === i + 1);
  return isWhole ? [] : [`the effects of ${who} were ${once.join(" ")}, not 1 to ${count}`];
}
