// What can be said of a session that runs, for people and programs that look at it: nothing that is said here
// is acted upon.
import { Kind, type KindName } from "../../abi/index.ts";
import { Filetype } from "../../userlib/index.ts";
import type { Descriptor } from "../../wasi/index.ts";
import type { RunningProgram } from "../running-program.ts";
import type { Session } from "../session.ts";
import type { System } from "../system.ts";
import type { RunningGateway } from "./gateway.ts";

export interface SessionDescription {
  /** Live kernel objects of its core, the servers' own among them. */
  readonly objects: Readonly<Record<KindName, number>>;
  readonly programs: readonly ProgramDescription[];
  /** Of other OS processes; null without a name by which they could come. */
  readonly clients: { readonly sessions: number; readonly connected: number } | null;
}

export interface ProgramDescription {
  readonly pid: number;
  readonly args: readonly string[];
  /** Its linear memory. */
  readonly memoryBytes: number;
  readonly descriptors: readonly DescriptorDescription[];
}

export interface DescriptorDescription {
  readonly fd: number;
  readonly kind: keyof typeof Filetype;
  /** The path under which the program finds a directory that was granted at its start. */
  readonly path: string | null;
  /** Of a file: where the next read or write begins. */
  readonly offset: number | null;
}

/** Of a service, which is no program. */
export function describeService(system: System, gateway: RunningGateway): SessionDescription {
  return { objects: countObjects(system), programs: [], clients: gateway.gateway.counts };
}

export function describeSession(session: Session): SessionDescription {
  return {
    objects: countObjects(session.system),
    programs: [...session.running.values()].map(describeProgram),
    clients: session.gateway?.gateway.counts ?? null,
  };
}

function countObjects(system: System): Record<KindName, number> {
  const { tables } = system.core.kernel;
  const kinds = Object.entries(Kind).filter(([name]) => name !== "none");
  const counts = kinds.map(([name, kind]) => [name, tables[kind]?.liveCount ?? 0] as const);
  // Every kind but "none" is there.
  return Object.fromEntries(counts) as Record<KindName, number>;
}

function describeProgram({ pid, spec, spawned, rows }: RunningProgram): ProgramDescription {
  const descriptors = rows().flatMap((row, fd) => (row === null ? [] : [describeRow(row, fd)]));
  const memoryBytes = spawned.program.memory?.buffer.byteLength ?? 0;
  return { pid, args: spec.args, memoryBytes, descriptors };
}

function describeRow(row: Descriptor, fd: number): DescriptorDescription {
  const isFile = row.filetype === Filetype.regularFile;
  return {
    fd,
    kind: kindOf(row.filetype),
    path: row.preopen,
    offset: isFile ? row.offset : null,
  };
}

function kindOf(filetype: number): keyof typeof Filetype {
  const found = Object.entries(Filetype).find(([, value]) => value === filetype);
  // The names of an object are its keys.
  return (found?.[0] ?? "unknown") as keyof typeof Filetype;
}
