// What makes a named server durable: the log of its process in a data directory, at a level that says
// what it survives, and what its gateway asks of it.
import { FileStore, FileSegments, SegmentSyncs, SegmentWriter } from "../../machine/node/index.ts";
import { MemorySegments } from "../../machine/segment-memory.ts";
import type { SegmentStore } from "../../machine/segments.ts";
import {
  type MessageLog,
  openLog,
  openReadOnly,
  type ReadOnlyLog,
  Sessions,
} from "../../recovery/index.ts";
import { type DurableImages, StoredImages } from "./durable-images.ts";
import type { DurableOptions } from "./durable.ts";
import type { ServedName } from "../session/gateway.ts";
import { sha256 } from "../capture/image-file.ts";

/** What the log of a process survives: the death of its core, of its OS process, of the power. */
export type DurableLevel = "memory" | "host" | "disk";

export interface DurableServerOptions extends Pick<DurableOptions, "hangNs" | "onDeath"> {
  readonly level: DurableLevel;
  readonly directory: string;
  /** Higher than that of every start before. */
  readonly epoch: number;
  /** Bytes in the log after which an image of the process is made. */
  readonly logBytesMax?: number | undefined;
  /** No images can be made of the process, so that its log grows for as long as it lives. */
  readonly onImageRefused?: (error: unknown) => void;
  readonly onImageDamaged?: (error: Error) => void;
}

export interface DurableServer {
  readonly durable: DurableOptions;
  /** To be added to the name that it serves under. */
  readonly served: Required<Pick<ServedName, "history" | "whenLive">>;
}

const logName = "server";

/** @throws LogRefusedError if what is in the directory cannot be gone on with. */
export function openDurableServer(options: DurableServerOptions): DurableServer {
  const { level, directory, epoch, hangNs, onDeath } = options;
  const log = openLog({ segments: segmentsOf(level, directory), name: logName, epoch });
  const sessions = new Sessions();
  const live = Promise.withResolvers<void>();
  return {
    durable: {
      answered: new Map(),
      log,
      sessions,
      images: imagesOf(options, log),
      onLive: live.resolve,
      hangNs,
      onDeath,
    },
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

/** Images are kept as at level disk, whatever the log's level: there are few of them. */
function imagesOf(options: DurableServerOptions, log: MessageLog): StoredImages {
  const { level, directory, epoch, logBytesMax = logBytesMaxDefault } = options;
  const path = imagesDirectory(directory);
  // A log in memory begins anew with each owner, and images of the one before are of another life.
  const { mkdirSync, rmSync } = process.getBuiltinModule("node:fs");
  if (level === "memory") rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return new StoredImages({
    store: new FileStore(path),
    digest: sha256,
    name: logName,
    epoch,
    log,
    logBytesMax,
    onRefused: options.onImageRefused,
    onDamaged: options.onImageDamaged,
  });
}

function imagesDirectory(directory: string): string {
  return `${directory}/images`;
}

const logBytesMaxDefault = 16 * 1024 * 1024;

/** The log of a server as it is now, whether the server runs or not; undefined if there is none. */
export function readServerLog(directory: string, until?: number): ReadOnlyLog | undefined {
  const segments = new FileSegments({ directory: `${directory}/log` });
  return openReadOnly(segments, logName, until);
}

/** The images of a server, to be read and not to be added to. */
export function readServerImages(directory: string, log: ReadOnlyLog): DurableImages {
  const images = new StoredImages({
    store: new FileStore(imagesDirectory(directory)),
    digest: sha256,
    name: logName,
    epoch: log.epoch,
    log,
    logBytesMax: Infinity,
    isReadOnly: true,
  });
  return images;
}
