// What a core does while it stands by: it takes over a copy of the log that it may have to take over, and
// replays the beginning of it, in a system of its own that it throws away. Nothing of that is kept but what
// the engine has compiled: what matters is then several times as fast as code that has never run.
import { MemorySegments } from "../../machine/segment-memory.ts";
import { type MessageLog, openLog, openReadOnly, type ReadOnlyLog } from "../../recovery/index.ts";
import type { DurableLevel } from "../durable/durable-server.ts";
import { logName, readServerImages, readServerLog } from "../durable/durable-server.ts";
import { rehearse, type RehearsalOptions } from "../durable/rehearsal.ts";

export interface WarmUpOptions extends Omit<RehearsalOptions, "log" | "images"> {
  readonly level: DurableLevel;
  readonly directory: string;
  /** At level memory: the log's segments as they are now. */
  readonly buffers: ReadonlyMap<string, SharedArrayBuffer> | undefined;
}

/** Records after which more would make no difference. */
const recordsMax = 2000;

/** Never fails: what is wrong with a log is for its owner to find and to say. */
export async function warmUp(options: WarmUpOptions): Promise<void> {
  try {
    const log = logOf(options);
    if (log === undefined || log.end === log.first) return;
    const copy = takenOver(log);
    if (log.first === 0) await rehearse({ ...options, log: copy });
    else await rehearse({ ...options, log, images: readServerImages(options.directory, log) });
  } catch {
    // The log was cut or taken over meanwhile.
  }
}

function logOf({ level, directory, buffers }: WarmUpOptions): ReadOnlyLog | undefined {
  if (level !== "memory") return readServerLog(directory);
  return openReadOnly(new MemorySegments({ buffers: new Map(buffers) }), logName);
}

/** The first records, in a log of this thread's own that it has taken over from itself. */
function takenOver(log: ReadOnlyLog): MessageLog {
  const segments = new MemorySegments();
  const first = openLog({ segments, name: logName, epoch: 1 });
  const end = Math.min(log.end, log.first + recordsMax);
  for (let number = log.first; number < end; number++) {
    const record = log.read(number);
    first.append(record, record.length);
  }
  return openLog({ segments, name: logName, epoch: 2 });
}
