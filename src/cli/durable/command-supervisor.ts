// The supervisor of a holder of sessions. Its cell runs the same command line, in its first thread: there
// is no core in it, since a command is a process of its own.
import type { CommandOptions } from "./command.ts";
import { superviseNamed } from "./durable.ts";

/** Whether this process is to start another one in which sessions are held. */
export function isCommandToSupervise({ hostCommand, durable, cell }: CommandOptions): boolean {
  return hostCommand === true && durable !== undefined && cell === undefined;
}

/** Has sessions held in a cell for as long as it takes. Answers the exit code of this process. */
export function superviseCommand(options: CommandOptions): Promise<number> {
  return superviseNamed(options.name!, options, holderCommand);
}

/** This command line, with the number of the start right after `run`. */
function holderCommand(epoch: number): [string, ...string[]] {
  const at = process.argv.indexOf("run", 2) + 1;
  const words = [...process.argv.slice(1, at), "--cell", `${epoch}`, ...process.argv.slice(at)];
  return [process.execPath, ...process.execArgv, ...words];
}
