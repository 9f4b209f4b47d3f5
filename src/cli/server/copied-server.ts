// A durable server made of another one: its data directory, copied up to a record.
import { copyServer, LogRefusedError, NoSuchRecordError } from "../../boot/index.ts";
import { ExitCode } from "../exit-code.ts";
import { fail, say } from "../message.ts";

/** Copies a server into a directory that is free, and says so. Ends the command if it cannot be copied. */
export function copyServerAs(
  as: string,
  directory: string,
  { name, source, until }: { name: string; source: string; until?: number | undefined },
): void {
  try {
    const { first, end } = copyServer(source, directory, until);
    say(`${as} is made of ${name} with ${end - first} records, up to record ${end - 1}`);
  } catch (error) {
    const isRefusal = error instanceof NoSuchRecordError || error instanceof LogRefusedError;
    if (!isRefusal) throw error;
    fail(`${as} cannot be made of ${name}: ${error.message}`, ExitCode.cannotRun);
  }
}
