// The program of a data directory: the file itself, and what it was started with. A log fits one program
// with one command line, so both are kept beside it, and another is refused before it can do harm.
import * as fs from "node:fs";
import { join } from "node:path";
import type { ConsoleDevice } from "../../server/console/index.ts";
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
}

export interface ProgramRecord extends ProgramManner {
  readonly recordVersion: number;
  /** What its standard streams were at its first start: it is told so ever after. */
  readonly streams: ConsoleDevice["streams"];
  /** SHA-256 of every program that this one took the place of, the first one first, and its own. */
  readonly hashes: readonly string[];
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
  write(directory, program, code, { ...record, hashes: [...record.hashes, hashOfProgram(code)] });
}

/** The program of a directory, or undefined if it has none yet. */
export function readProgram(
  directory: string,
  program = 0,
): { readonly record: ProgramRecord; readonly code: Uint8Array } | undefined {
  const path = recordFile(directory, program);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const record = parsed(path, text);
  const code = readIfThere(codeFile(directory, program));
  if (code === undefined || hashOfProgram(code) !== record.hashes.at(-1)) {
    throw new ProgramRecordError(
      `${codeFile(directory, program)} is missing or is not the program that ${directory} was last run with`,
    );
  }
  return { record, code };
}

/** Why a command line cannot go on with what a directory has, or undefined if it can. */
export function differenceOf(
  record: ProgramRecord,
  code: Uint8Array,
  manner: ProgramManner,
): string | undefined {
  if (!record.hashes.includes(hashOfProgram(code))) return "it belongs to another program";
  for (const key of Object.keys(names) as (keyof ProgramManner)[]) {
    const [had, has] = [shown(record, key), shown(manner, key)];
    if (had !== has) return `its ${names[key]} was ${had}, and would be ${has}`;
  }
  return undefined;
}

const names: Readonly<Record<keyof ProgramManner, string>> = {
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
  writeWhole(recordFile(directory, program), `${JSON.stringify(record, undefined, 2)}\n`);
}

function writeWhole(path: string, content: Uint8Array | string): void {
  const draft = `${path}.${process.pid}.draft`;
  const fd = fs.openSync(draft, "w", 0o600);
  try {
    fs.writeFileSync(fd, content);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(draft, path);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parsed(path: string, text: Buffer): ProgramRecord {
  let record: ProgramRecord;
  try {
    // What is in the file was written by us, or its version says otherwise.
    record = JSON.parse(text.toString()) as ProgramRecord;
  } catch (error) {
    throw new ProgramRecordError(`${path} is damaged: ${String(error)}`, { cause: error });
  }
  if (record.recordVersion === recordVersion) return record;
  throw new ProgramRecordError(
    `${path} has version ${String(record.recordVersion)}, and this Shoal reads ${recordVersion}`,
  );
}
