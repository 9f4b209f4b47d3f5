// The program of a durable server, which is kept beside its log: what its first start was given holds for
// all that follow, and an upgrade puts another in its place.
import {
  differenceOf,
  keepProgram,
  kindOfStream,
  type ProgramManner,
  type ProgramRecord,
  ProgramRecordError,
  readProgram,
} from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";

/** A durable program as its directory has it. */
export interface KeptProgram {
  readonly code: Uint8Array;
  readonly record: ProgramRecord;
}

/**
 * What to run in a directory that has a program: the one that is given, or what it was upgraded to. Ends
 * the command if it is another.
 */
export function keptProgram(
  directory: string,
  given: Uint8Array,
  manner: ProgramManner,
  program = 0,
): KeptProgram | undefined {
  const kept = orFail(() => readProgram(directory, program));
  if (kept === undefined) return undefined;
  const difference = differenceOf(kept.record, given, manner);
  if (difference === undefined) return kept;
  return fail(
    `${directory} has the log of a server that this is not: ${difference}. Run it as it was run first, put ` +
      "another program in its place with shoal upgrade, or give another --data or --name.",
    ExitCode.cannotRun,
  );
}

/** Keeps the first program of a directory, once it is known that it can be run. */
export function keepFirst(
  directory: string,
  code: Uint8Array,
  manner: ProgramManner,
  program = 0,
): ProgramRecord {
  const streams = [kindOfStream(0), kindOfStream(1), kindOfStream(2)] as const;
  return orFail(() => keepProgram(directory, code, manner, streams, program));
}

const wasmMagic = [0x00, 0x61, 0x73, 0x6d];

/** Whether what was kept is a WebAssembly module, and not a service in text. */
export function isModule(code: Uint8Array): boolean {
  return wasmMagic.every((byte, i) => code[i] === byte);
}

export function orFail<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof ProgramRecordError) fail(error.message, ExitCode.cannotRun);
    throw error;
  }
}
