// Faults of the kill grid besides the loss of a process: programs that break in their kernel, which lives on,
// and processes that are stopped, taken over from, and woken up.
import type { DurableLevel } from "../../src/boot/index.ts";
import type { Break, GridMoment, Kill } from "./grid-faults.ts";
import {
  atImages,
  type CaseOptions,
  clientOf,
  type GridCase,
  serverOf,
  withImages,
} from "./grid-members.ts";
import type { GridMember } from "./kill-grid.ts";

const breaks: readonly Break[] = ["trap", "loop", "memory"];
const levels: readonly DurableLevel[] = ["memory", "host", "disk"];
const did: Readonly<Record<Break, string>> = {
  trap: "traps",
  loop: "loops for ever",
  memory: "runs out of memory",
};

export function smallFaultCases(options: CaseOptions): GridCase[] {
  return [
    ...breaks.map((how) => broken(options, how, "host", how === "loop" ? 1 : 2)),
    brokenBehind(options, "trap", 2),
    stopped(options, "host", 2),
    stoppedClient(options, "host"),
    stoppedBoth(options, 1),
    stoppedAt(options, "stable", 1),
    stoppedAt(options, "beforeCut", 1),
  ];
}

/** At every level, under one, two and eight clients. */
export function largeFaultCases(options: CaseOptions): GridCase[] {
  const counts = [1, 2, 8];
  return [
    ...counts.flatMap((count) => [
      ...breaks.flatMap((how) => levels.map((level) => broken(options, how, level, count))),
      ...breaks.map((how) => brokenBehind(options, how, count)),
      stopped(options, "host", count),
      stopped(options, "disk", count),
      stoppedBoth(options, count),
      ...(["stable", "beforeCut", "afterCut"] as const).map((at) => stoppedAt(options, at, count)),
    ]),
    stoppedClient(options, "host"),
    stoppedClient(options, "disk"),
  ];
}

function clientsOf(options: CaseOptions, count: number, calls = "server"): GridMember[] {
  return Array.from({ length: count }, (_, i) => clientOf(options, i + 1, { calls }));
}

function broken(options: CaseOptions, how: Break, level: DurableLevel, count: number): GridCase {
  return {
    name: `a server (${level}) that ${did[how]} at every record, under ${count} clients`,
    servers: [serverOf(options, level, { breaks: how })],
    clients: clientsOf(options, count),
  };
}

function brokenBehind(options: CaseOptions, how: Break, count: number): GridCase {
  const relay = { name: "relay", program: options.programs.relay, calls: "server" };
  return {
    name: `a server behind another that ${did[how]} at every record, under ${count} clients`,
    servers: [serverOf(options, "host", { breaks: how }), { ...relay, level: "host" }],
    clients: clientsOf(options, count, "relay"),
  };
}

/** Each life adds one record and is stopped right after it, or before the next, in turns. */
function everyStop(life: number): Kill {
  const isEven = life % 2 === 0;
  return { records: isEven ? 1 : 2, moment: isEven ? "after" : "before", isStop: true };
}

function stopped(options: CaseOptions, level: DurableLevel, count: number): GridCase {
  return {
    name: `a server (${level}) stopped at every record and woken up, under ${count} clients`,
    servers: [serverOf(options, level, { kill: everyStop })],
    clients: clientsOf(options, count),
  };
}

function stoppedClient(options: CaseOptions, level: DurableLevel): GridCase {
  return {
    name: `a client (${level}) stopped at every record and woken up`,
    servers: [serverOf(options, "host")],
    clients: [clientOf(options, 1, { level, kill: everyStop })],
  };
}

function stoppedBoth(options: CaseOptions, count: number): GridCase {
  const relay = { name: "relay", program: options.programs.relay, calls: "server" };
  return {
    name: `a server that calls another, both stopped at every record and woken up, under ${count} clients`,
    servers: [
      serverOf(options, "host", { kill: everyStop }),
      { ...relay, level: "host", kill: everyStop },
    ],
    clients: clientsOf(options, count, "relay"),
  };
}

const moments = {
  stable: "its log has become stable",
  beforeCut: "an image of it is kept and its log not cut",
  afterCut: "its log has been cut",
} as const;

function stoppedAt(
  options: CaseOptions,
  moment: GridMoment & keyof typeof moments,
  count: number,
): GridCase {
  const name = `a server stopped whenever ${moments[moment]} and woken up, under ${count} clients`;
  const kill: Kill = { records: 1, moment, isStop: true };
  if (moment === "stable") {
    const servers = [serverOf(options, "disk", { kill: () => kill })];
    return { name, servers, clients: clientsOf(options, count) };
  }
  const longer = withImages(options);
  const servers = [serverOf(options, "host", { kill: atImages(kill), logBytesMax: 1 })];
  return { name, servers, clients: clientsOf(longer, count), rounds: longer.rounds };
}
