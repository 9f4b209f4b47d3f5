// The program of a durable server, which is kept beside its log: what its first start was given holds for
// all that follow, and an upgrade puts another in its place.
import {
  differenceOf,
  keepProgram,
  type ProgramManner,
  ProgramRecordError,
  readProgram,
} from "../boot/index.ts";
import { ExitCode } from "./exit-code.ts";
import { fail } from "./message.ts";

/** The code to run: that which is given, or what it was upgraded to. Ends the command if it is another. */
export function keptProgram(
  directory: string,
  given: Uint8Array,
  manner: ProgramManner,
): Uint8Array {
  const kept = orFail(() => readProgram(directory));
  if (kept === undefined) {
    orFail(() => keepProgram(directory, given, manner));
    return given;
  }
  const difference = differenceOf(kept.record, given, manner);
  if (difference === undefined) return kept.code;
  return fail(
    `${directory} has the log of a server that this is not: ${difference}. Run it as it was run first, put ` +
      "another program in its place with shoal upgrade, or give another --data or --name.",
    ExitCode.cannotRun,
  );
}

export function orFail<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof ProgramRecordError) fail(error.message, ExitCode.cannotRun);
    throw error;
  }
}
