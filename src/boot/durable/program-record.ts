// The program of a data directory: the file itself, and what it was started with. A log fits one program
// with one command line, so both are kept beside it, and another is refused before it can do harm.
import { join } from "node:path";
import type { ConsoleDevice } from "../../server/console/index.ts";
import { readWhole, readWholeBytes, writeWhole } from "../../server/session/index.ts";
import type { Grant } from "../grants.ts";

/** Raised whenever the record is described differently. */
const recordVersion = 1;

/** How a program is run; what a replay must have as it was. */
export interface ProgramManner {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly model: "process" | "interrupt";
  readonly fuel: boolean;
  readonly fuelSlice: number | null;
  readonly memoryMaxBytes: number | null;
  readonly grants: readonly Grant[];
  /** Programs that it is joined to by pipes, itself among them; 1 where it is not said. */
  readonly programCount?: number | undefined;
  /** Of a service, the servers that it may call. */
  readonly connections?: readonly string[] | undefined;
}

export interface ProgramRecord extends ProgramManner {
  readonly recordVersion: number;
  /** What its standard streams were at its first start: it is told so ever after. */
  readonly streams: ConsoleDevice["streams"];
  /** SHA-256 of every program that this one took the place of, the first one first, and its own. */
  readonly hashes: readonly string[];
  /** Of a program that is about to take its place, or of the code that a service goes on as when it is up. */
  readonly next?: string | undefined;
}

export class ProgramRecordError extends Error {
  override readonly name = "ProgramRecordError";
}

/** Of several programs that are joined, the first is numbered 0. */
const partOf = (directory: string, program: number, end: string): string =>
  join(directory, program === 0 ? `program${end}` : `program-${program + 1}${end}`);
const codeFile = (directory: string, program: number): string =>
  partOf(directory, program, ".wasm");
const recordFile = (directory: string, program: number): string =>
  partOf(directory, program, ".json");

export function hashOfProgram(code: Uint8Array): string {
  return process.getBuiltinModule("node:crypto").hash("sha256", code, "hex");
}

/** Keeps the first program of a directory. */
export function keepProgram(
  directory: string,
  code: Uint8Array,
  manner: ProgramManner,
  streams: ConsoleDevice["streams"],
  program = 0,
): ProgramRecord {
  const record = { recordVersion, streams, ...manner, hashes: [hashOfProgram(code)] };
  write(directory, program, code, record);
  return record;
}

/** Puts a program in the place of the one that is there. */
export function replaceProgram(directory: string, code: Uint8Array, program = 0): void {
  const record = readProgram(directory, program)?.record;
  if (record === undefined) throw new ProgramRecordError(`${directory} has no program`);
  const next = hashOfProgram(code);
  // Whoever finds the code and not yet the record knows by this that the one has taken the other's place.
  writeRecord(directory, program, { ...record, next });
  write(directory, program, code, replaced(record, next));
}

/** More servers that a service may call. */
export function keepConnections(directory: string, connections: readonly string[]): void {
  const record = readProgram(directory)?.record;
  if (record === undefined || connections.length <= (record.connections ?? []).length) return;
  writeRecord(directory, 0, { ...record, connections });
}

/** Says of a service which code it is to go on as when it is up; undefined: as the one that it is. */
export function planNext(directory: string, next: string | undefined): void {
  const record = readProgram(directory)?.record;
  if (record === undefined) throw new ProgramRecordError(`${directory} has no program`);
  writeRecord(directory, 0, { ...record, next });
}

function replaced(record: ProgramRecord, next: string): ProgramRecord {
  return { ...record, hashes: [...record.hashes, next], next: undefined };
}

/** The program of a directory, or undefined if it has none yet. */
export function readProgram(
  directory: string,
  program = 0,
): { readonly record: ProgramRecord; readonly code: Uint8Array } | undefined {
  const path = recordFile(directory, program);
  const text = readWhole(path);
  if (text === undefined) return undefined;
  const record = parsed(path, text);
  const code = readWholeBytes(codeFile(directory, program));
  const hash = code && hashOfProgram(code);
  if (code !== undefined && hash === record.hashes.at(-1)) return { record, code };
  // Whoever put it there was lost before it could say so.
  if (code !== undefined && hash !== undefined && hash === record.next) {
    return { record: replaced(record, hash), code };
  }
  throw new ProgramRecordError(
    `${codeFile(directory, program)} is missing or is not the program that ${directory} was last run with`,
  );
}

/** Why a command line cannot go on with what a directory has, or undefined if it can. */
export function differenceOf(
  record: ProgramRecord,
  code: Uint8Array,
  manner: ProgramManner,
): string | undefined {
  const hash = hashOfProgram(code);
  if (!record.hashes.includes(hash) && hash !== record.next) return "it belongs to another program";
  for (const key of Object.keys(names) as (keyof typeof names)[]) {
    const [had, has] = [shown(record, key), shown(manner, key)];
    if (had !== has) return `its ${names[key]} was ${had}, and would be ${has}`;
  }
  const [had, has] = [record.connections ?? [], manner.connections ?? []];
  // More may follow: a log knows them by their places.
  if (had.every((name, i) => has[i] === name)) return undefined;
  return `it may call ${had.join(", ")}, in this order, and would be given ${has.join(", ") || "none"}`;
}

const names: Readonly<Record<Exclude<keyof ProgramManner, "connections">, string>> = {
  programCount: "number of joined programs",
  args: "command line",
  env: "environment",
  model: "execution model",
  fuel: "level",
  fuelSlice: "slice of fuel",
  memoryMaxBytes: "limit of memory",
  grants: "set of granted directories",
};

function shown(manner: ProgramManner, key: keyof ProgramManner): string | undefined {
  return JSON.stringify(key === "programCount" ? (manner.programCount ?? 1) : manner[key]);
}

/** The code first: a record without its code is noticed, and code without a record is none. */
function write(directory: string, program: number, code: Uint8Array, record: ProgramRecord): void {
  writeWhole(codeFile(directory, program), code);
  writeRecord(directory, program, record);
}

function writeRecord(directory: string, program: number, record: ProgramRecord): void {
  writeWhole(recordFile(directory, program), `${JSON.stringify(record, undefined, 2)}\n`);
}

function parsed(path: string, text: string): ProgramRecord {
  let record: ProgramRecord;
  try {
    // What is in the file was written by us, or its version says otherwise.
    record = JSON.parse(text) as ProgramRecord;
  } catch (error) {
    throw new ProgramRecordError(`${path} is damaged: ${String(error)}`, { cause: error });
  }
  if (record.recordVersion === recordVersion) return record;
  throw new ProgramRecordError(
    `${path} has version ${String(record.recordVersion)}, and this Shoal reads ${recordVersion}`,
  );
}
