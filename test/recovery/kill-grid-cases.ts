// What the kill grid is made of, small in the tests and large in the benchmark: who is lost, at which levels
// the others and it stand, under how many clients.
import type { GridMoment, Kill } from "./grid-faults.ts";
import { largeFaultCases, smallFaultCases } from "./grid-fault-cases.ts";
import {
  atImages,
  type CaseOptions,
  clientOf,
  type GridCase,
  serverOf,
  withImages,
} from "./grid-members.ts";
import type { GridMember } from "./kill-grid.ts";

/** Each life adds one record and is lost right after it, or when the next is about to be added, in turns. */
export function everyRecord(life: number): Kill {
  return life % 2 === 0 ? { records: 1, moment: "after" } : { records: 2, moment: "before" };
}

const everyAfter = (): Kill => ({ records: 1, moment: "after" });
const everyBefore = (): Kill => ({ records: 2, moment: "before" });

/** Pairs of levels in which each is killed at which its log outlives it, and the rest of the grid. */
export function smallCases(options: CaseOptions): GridCase[] {
  return [
    ...pairs(options, everyRecord),
    ...others(options, 2),
    ...commitPoints(options),
    ...smallFaultCases(options),
  ];
}

/** The same with every record lost at both moments, and under up to eight clients. */
export function largeCases(options: CaseOptions): GridCase[] {
  return [
    ...pairs(options, everyAfter),
    ...pairs(options, everyBefore),
    ...others(options, 2),
    ...others(options, 8),
    ...commitPoints(options),
    ...largeFaultCases(options),
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
  const longer = withImages(options);
  const { rounds } = longer;
  const more = (moment: GridMoment): Partial<GridMember> => ({
    kill: atImages({ records: 1, moment }),
    logBytesMax: 1,
  });
  return [
    {
      name: "a server (disk) lost whenever its log has become stable",
      servers: [serverOf(options, "disk", { kill: kill("stable") })],
      clients,
    },
    {
      name: "a server lost whenever an image of it is kept and its log not cut",
      servers: [serverOf(options, "host", more("beforeCut"))],
      clients: [clientOf(longer, 1)],
      rounds,
    },
    {
      name: "a server lost whenever its log has been cut",
      servers: [serverOf(options, "host", more("afterCut"))],
      clients: [clientOf(longer, 1)],
      rounds,
    },
  ];
}
