// What makes a named server durable: the log of its process in a data directory, at a level that says
// what it survives, and what its gateway asks of it.
import { FileSegments, SegmentSyncs, SegmentWriter } from "../machine/node/index.ts";
import { MemorySegments } from "../machine/segment-memory.ts";
import type { SegmentStore } from "../machine/segments.ts";
import { openLog, Sessions } from "../recovery/index.ts";
import type { DurableOptions } from "./durable.ts";
import type { ServedName } from "./gateway.ts";

/** What the log of a process survives: the death of its core, of its OS process, of the power. */
export type DurableLevel = "memory" | "host" | "disk";

export interface DurableServerOptions extends Pick<DurableOptions, "hangNs" | "onDeath"> {
  readonly level: DurableLevel;
  readonly directory: string;
  /** Higher than that of every start before. */
  readonly epoch: number;
}

export interface DurableServer {
  readonly durable: DurableOptions;
  /** To be added to the name that it serves under. */
  readonly served: Required<Pick<ServedName, "history" | "whenLive">>;
}

const logName = "server";

/** @throws LogRefusedError if what is in the directory cannot be gone on with. */
export function openDurableServer(options: DurableServerOptions): DurableServer {
  const { level, directory, epoch, ...rest } = options;
  const log = openLog({ segments: segmentsOf(level, directory), name: logName, epoch });
  const sessions = new Sessions();
  const live = Promise.withResolvers<void>();
  return {
    durable: { log, sessions, onLive: live.resolve, ...rest },
    served: { history: sessions, whenLive: live.promise },
  };
}

function segmentsOf(level: DurableLevel, directory: string): SegmentStore {
  if (level === "memory") return new MemorySegments();
  const path = `${directory}/log`;
  if (level === "host") return new FileSegments({ directory: path });
  const syncs = new SegmentSyncs(new SegmentWriter().connect());
  return new FileSegments({ directory: path, requestSync: syncs.request });
}
