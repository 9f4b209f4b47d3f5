// A durable service as its data directory has it: what `shoal log replay` and `shoal upgrade` rehearse.
import {
  DivergenceError,
  KeptCodes,
  LostImageError,
  type ProgramRecord,
  readProgram,
  type ReadOnlyLog,
  readServerImages,
  type RehearsedLog,
  rehearseService,
  ReplayError,
  ServiceLoadError,
  UpgradeError,
} from "../../boot/index.ts";
import { isModule, orFail } from "../durable/kept-program.ts";
import { ExitCode } from "../exit-code.ts";
import { fail, say } from "../message.ts";

/** Whether a data directory belongs to a service, and not to a WebAssembly program. */
export function isService(directory: string): boolean {
  const kept = orFail(() => readProgram(directory));
  return kept !== undefined && !isModule(kept.code);
}

/** What is to be rehearsed: the records of a log, with the codes and images beside it. */
export function loggedService(
  name: string,
  directory: string,
  log: ReadOnlyLog,
): RehearsedLog & { readonly record: ProgramRecord } {
  const { record } = orFail(() => readProgram(directory))!;
  return {
    record,
    log,
    images: readServerImages(directory, log),
    codes: new KeptCodes(directory),
    connections: record.connections ?? [],
    say: (line) => say(`${name}: ${line}`),
  };
}

/** `shoal log replay` of a service. Ends the command if it differs. */
export async function replayService(
  name: string,
  directory: string,
  log: ReadOnlyLog,
): Promise<void> {
  const beganMs = performance.now();
  try {
    // What it logs has been said before.
    const silent = { ...loggedService(name, directory, log), say: () => undefined };
    const { records, openCount } = await rehearseService(silent);
    const ms = (performance.now() - beganMs).toFixed(1);
    const open = openCount === 0 ? "" : `; ${openCount} calls, streams or timers are open there`;
    process.stdout.write(`${records} records replayed in ${ms} ms, and nothing differed${open}\n`);
  } catch (error) {
    const why = whyNot(error);
    fail(`${name}: ${why}`, error instanceof DivergenceError ? ExitCode.fault : ExitCode.cannotRun);
  }
}

/** The reason of a refusal; throws what is none. */
export function whyNot(error: unknown): string {
  const kinds = [DivergenceError, ReplayError, LostImageError, ServiceLoadError, UpgradeError];
  if (error instanceof Error && kinds.some((kind) => error instanceof kind)) return error.message;
  throw error;
}
