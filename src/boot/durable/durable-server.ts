// What makes a named server durable: the log of its process in a data directory, at a level that says
// what it survives, and what its gateway asks of it.
import type { MessagePort } from "node:worker_threads";
import {
  FileStore,
  FileSegments,
  type KeptSegments,
  keptSegments,
  SegmentSyncs,
  SegmentWriter,
} from "../../machine/node/index.ts";
import { MemorySegments } from "../../machine/segment-memory.ts";
import type { SegmentStore } from "../../machine/segments.ts";
import {
  type MessageLog,
  openLog,
  openReadOnly,
  type ReadOnlyLog,
  Sessions,
} from "../../recovery/index.ts";
import { forgetKeptSessions } from "../../server/session/index.ts";
import { continueClock } from "./durable-clock.ts";
import { type Blame, setAsideBlamed } from "./blame.ts";
import { BackgroundImages } from "./background-images.ts";
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
  /** Programs that are joined by pipes, each with a log of its own; one unless given. */
  readonly programCount?: number | undefined;
  /** Bytes in the log after which an image of the process is made. */
  readonly logBytesMax?: number | undefined;
  /** The log is not cut at images, so that it goes back to the start. */
  readonly keepsLog?: boolean | undefined;
  /** The process stands still until an image is written: it is then certain when there is one. */
  readonly writesInPlace?: boolean | undefined;
  /** What another thread of the cell holds, which outlives this one. */
  readonly held?: HeldForCore | undefined;
  /** No images can be made of the process, so that its log grows for as long as it lives. */
  readonly onImageRefused?: (error: unknown) => void;
  readonly onImageDamaged?: (error: Error) => void;
}

export interface HeldForCore {
  /** A core of this cell was the owner before: what it left is gone on with, at level memory, too. */
  readonly isContinued: boolean;
  /** At level memory: the segments. */
  readonly kept: KeptSegments | undefined;
  /** At level disk: the way to the thread that waits for the device. */
  readonly writer: MessagePort | undefined;
  /** The core before was lost without a record. */
  readonly blame?: Blame | undefined;
}

export interface DurableServer {
  /** Of the first program, which is the one that serves. */
  readonly durable: DurableOptions;
  /** Where the log ended when it was taken over. */
  readonly tookOverAt: number;
  /** The request that was served there was the end of two cores. */
  readonly isSetAside: boolean;
  /** Of each program, in their order. */
  readonly programs: readonly DurableOptions[];
  /** To be added to the name that it serves under. */
  readonly served: Required<Pick<ServedName, "history" | "whenLive" | "isTakenOver">>;
}

export const logName = "server";

/** Of the first program and of those that it is joined to, which are counted from 0. */
function logNameOf(program: number): string {
  return program === 0 ? logName : `${logName}-${program + 1}`;
}

/** @throws LogRefusedError if what is in the directory cannot be gone on with. */
export function openDurableServer(options: DurableServerOptions): DurableServer {
  const { epoch, hangNs, onDeath, directory, programCount = 1 } = options;
  if (beginsAnew(options)) forgetKeptSessions(directory);
  const segments = segmentsOf(options);
  const clockNs = beginsAnew(options) ? 0 : continueClock(directory);
  const live = Promise.withResolvers<void>();
  const programs = Array.from({ length: programCount }, (_, program): DurableOptions => {
    const log = openLog({ segments, name: logNameOf(program), epoch });
    return {
      answered: new Map(),
      clockNs,
      log,
      sessions: new Sessions(),
      images: imagesOf(options, program, log),
      onLive: program === 0 ? live.resolve : undefined,
      hangNs,
      onDeath,
    };
  });
  const durable = programs[0]!;
  const { log, images } = durable;
  const tookOverAt = log.end;
  const isSetAside = programCount === 1 && setAsideBlamed(log, images, options.held?.blame);
  return {
    tookOverAt,
    isSetAside,
    durable,
    programs,
    served: {
      history: durable.sessions,
      whenLive: live.promise,
      isTakenOver: () => programs.some(({ log }) => log.isTakenOver),
    },
  };
}

/** A log in memory begins anew with each cell; images and sessions of the one before are of another life. */
function beginsAnew({ level, held }: DurableServerOptions): boolean {
  return level === "memory" && held?.isContinued !== true;
}

function segmentsOf({ level, directory, held }: DurableServerOptions): SegmentStore {
  if (level === "memory") {
    return held?.kept === undefined ? new MemorySegments() : keptSegments(held.kept);
  }
  const path = `${directory}/log`;
  if (level === "host") return new FileSegments({ directory: path });
  const syncs = new SegmentSyncs(held?.writer ?? new SegmentWriter().connect());
  return new FileSegments({ directory: path, requestSync: syncs.request });
}

/** Images are kept as at level disk, whatever the log's level: there are few of them. */
function imagesOf(options: DurableServerOptions, program: number, log: MessageLog): DurableImages {
  const { directory, epoch, logBytesMax = logBytesMaxDefault } = options;
  const path = imagesDirectory(directory, program);
  const { mkdirSync, rmSync } = process.getBuiltinModule("node:fs");
  if (beginsAnew(options)) rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const images = {
    store: new FileStore(path),
    digest: sha256,
    name: logNameOf(program),
    epoch,
    log,
    logBytesMax,
    keepsLog: options.keepsLog,
    onRefused: options.onImageRefused,
    onDamaged: options.onImageDamaged,
  };
  return options.writesInPlace === true
    ? new StoredImages(images)
    : new BackgroundImages({ ...images, directory: path });
}

/** Removes the images of a program that another takes the place of, whose log goes back to its start. */
export function forgetImages(directory: string, program = 0): void {
  const { rmSync } = process.getBuiltinModule("node:fs");
  rmSync(imagesDirectory(directory, program), { recursive: true, force: true });
}

/** A store for each program: what one of them lets go of is no other's. */
function imagesDirectory(directory: string, program: number): string {
  return program === 0 ? `${directory}/images` : `${directory}/images-${program + 1}`;
}

const logBytesMaxDefault = 16 * 1024 * 1024;

/** The log of a server as it is now, whether the server runs or not; undefined if there is none. */
export function readServerLog(
  directory: string,
  until?: number,
  program = 0,
): ReadOnlyLog | undefined {
  const segments = new FileSegments({ directory: `${directory}/log` });
  return openReadOnly(segments, logNameOf(program), until);
}

/** The images of a server, to be read and not to be added to. */
export function readServerImages(directory: string, log: ReadOnlyLog, program = 0): DurableImages {
  return new StoredImages({
    store: new FileStore(imagesDirectory(directory, program)),
    digest: sha256,
    name: logNameOf(program),
    epoch: log.epoch,
    log,
    logBytesMax: Infinity,
    isReadOnly: true,
  });
}
