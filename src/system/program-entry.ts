// What the system keeps of a program: how it is run, whether it should be running, and how it ended last.
// It is written before anything is done by it, so a system that comes up after a crash knows what to start.
import { messageOf } from "../base/index.ts";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataDirectoryOf, placeOf, readWhole, writeWhole } from "../server/session/index.ts";
import type { RestartMode } from "../supervisor/index.ts";
import { programDirectoryOf, type SystemPlace } from "./system-place.ts";

/** Raised whenever an entry is described differently. */
const entryVersion = 1;

export const groupModes = ["one", "all"] as const;
/** Which programs of a group are started again when one has died. */
export type GroupMode = (typeof groupModes)[number];

export interface ProgramEntry {
  readonly name: string;
  /** The command line after `shoal run`. */
  readonly words: readonly string[];
  /** Where it was said. */
  readonly directory: string;
  /** What of the environment it was said in matters to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly level: "none" | "memory" | "host" | "disk";
  /** Of a durable program: where it keeps what outlives it, if it was told where. */
  readonly data: string | null;
  readonly restart: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  /** Another cell is kept ready to take over. */
  readonly standsBy: boolean;
  readonly group: string | null;
  readonly groupMode: GroupMode;
  /** It should be running, now and after every start of the system. */
  readonly isWanted: boolean;
  /** How it ended last; null while it is wanted. */
  readonly end: EndNote | null;
}

export interface EndNote {
  /** Exit code, as a shell would have it. */
  readonly code: number;
  readonly how: string;
  /** When, as ISO 8601. */
  readonly at: string;
}

/** An entry that cannot be used; the message says what to do. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

const fileName = "program.json";

/** The data directory of a durable program; undefined of another. */
export function dataOf({ level, data, name, env }: ProgramEntry): string | undefined {
  return level === "none" ? undefined : (data ?? dataDirectoryOf(name, env));
}

export function saveEntry(place: SystemPlace, entry: ProgramEntry): void {
  const directory = programDirectoryOf(place, entry.name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeWhole(join(directory, fileName), `${JSON.stringify({ entryVersion, ...entry })}\n`);
}

export function removeEntry(place: SystemPlace, name: string): void {
  rmSync(programDirectoryOf(place, name), { recursive: true, force: true });
}

/** The names of all programs that are kept, in order. */
export function entryNames({ programs }: SystemPlace): string[] {
  try {
    return readdirSync(programs).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined if there is none of that name. */
export function readEntry(place: SystemPlace, name: string): ProgramEntry | undefined {
  placeOf(name);
  const path = join(programDirectoryOf(place, name), fileName);
  const text = readWhole(path);
  if (text === undefined) return undefined;
  try {
    return entryOf(JSON.parse(text));
  } catch (error) {
    const why = messageOf(error);
    throw new EntryError(`${path} cannot be used (${why}): run ${name} anew, or remove that file`, {
      cause: error,
    });
  }
}

/** What came as JSON as an entry; throws if it is none, naming what is wrong. */
export function entryOf(value: unknown): ProgramEntry {
  const fields = Object(value) as Record<string, unknown>;
  if (fields["entryVersion"] !== entryVersion) {
    throw new EntryError(`it is of version ${String(fields["entryVersion"])}, not ${entryVersion}`);
  }
  for (const [field, isRight] of Object.entries(rules)) {
    if (!isRight(fields[field])) throw new EntryError(`its "${field}" makes no sense`);
  }
  const { entryVersion: _, ...entry } = fields;
  // Every field has just been looked at.
  return entry as unknown as ProgramEntry;
}

export function toJson(entry: ProgramEntry): object {
  return { entryVersion, ...entry };
}

type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === "string";
const isTexts: Rule = (value) => Array.isArray(value) && value.every(isText);
const isFlag: Rule = (value) => typeof value === "boolean";
const isCount: Rule = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);
const oneOf =
  (...values: readonly string[]): Rule =>
  (value) =>
    values.includes(String(value));

const rules: Readonly<Record<keyof ProgramEntry, Rule>> = {
  name: isText,
  words: isTexts,
  directory: isText,
  env: (value) => isTexts(Object.values(Object(value) as object)),
  level: oneOf("none", "memory", "host", "disk"),
  data: orNull(isText),
  restart: oneOf("always", "on-failure", "never"),
  restartLimit: isCount,
  hangSeconds: isCount,
  standsBy: isFlag,
  group: orNull(isText),
  groupMode: oneOf(...groupModes),
  isWanted: isFlag,
  end: orNull((value) => isText((value as Partial<EndNote>).how)),
};
