// What an image of a session says: every program, every server's part of it, and what the session was started
// with. Plain data; docs/internals/image.md tells what each field is for.
import type { Plain } from "../../checkpoint/index.ts";
import type { ProgramState } from "../../process/index.ts";
import type { StateData } from "../../userlib/index.ts";
import type { Descriptor } from "../../wasi/index.ts";
import type { Grant } from "../grants.ts";

/** Raised whenever the content of a session is described differently. */
export const sessionVersion = 1;

/** How the programs of a session were prepared: their frames fit no other preparation. */
export interface Preparation {
  readonly fuel: boolean;
  readonly capture: "unwind";
  readonly memoryMaxBytes: number | null;
}

export interface ThreadContent {
  /** The thread's number in the program's state. */
  readonly id: number;
  /** Its exported state: what the kernel knows of it. */
  readonly words: readonly number[];
}

export interface ProgramContent {
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** Index of its code among the codes. */
  readonly code: number;
  readonly rows: readonly (Descriptor | null)[];
  /** Slots of the servers that it may call; null for all. */
  readonly slots: readonly number[] | null;
  /** Whether it was started with the session, and not by another program of it. */
  readonly isFirst: boolean;
  /** Whether it has an endpoint to serve on, in the slot for that. */
  readonly isServer: boolean;
  /** Whether it has the granted trees from its start. */
  readonly isGranted: boolean;
  readonly threads: readonly ThreadContent[];
  readonly state: ProgramState;
}

export interface ServerContent {
  readonly slot: number;
  readonly name: string;
  readonly state: StateData;
}

export interface SessionContent {
  readonly sessionVersion: number;
  readonly preparation: Preparation;
  readonly model: "process" | "interrupt";
  readonly fuelSlice: number | null;
  readonly grants: readonly Grant[];
  /** Nanoseconds that the session had run: its clock goes on from there. */
  readonly nowNs: number;
  /** The last pid that was given out; null if the session has no process server. */
  readonly lastPid: number | null;
  /** The programs as they were given, each once. */
  readonly codes: readonly Uint8Array[];
  readonly programs: readonly ProgramContent[];
  readonly servers: readonly ServerContent[];
  /** Input that was taken from the host and not yet read. */
  readonly input: Uint8Array;
}

/** Content is plain data all through; its interfaces only have no index signature. */
export function plainOf(content: SessionContent): Plain {
  return withoutUndefined(content) as Plain;
}

/** The content of an image whose digest was right; throws if it is of another kind or version. */
export function sessionOf(plain: Plain): SessionContent {
  const content = plain as unknown as SessionContent;
  if (content.sessionVersion === sessionVersion) return content;
  throw new SessionContentError(
    `The image is of a session of version ${String(content.sessionVersion)}, and this is version ` +
      `${sessionVersion}: thaw it with the Shoal that made it.`,
  );
}

export class SessionContentError extends Error {
  override readonly name = "SessionContentError";
}

function withoutUndefined(value: unknown): unknown {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutUndefined);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutUndefined(one)]));
}
