// The supervisor of a holder of sessions. Its cell runs the same command line, in its first thread: there
// is no core in it, since a command is a process of its own.
import { ownerOf } from "../boot/index.ts";
import { claimEpoch, holdDirectory, supervise, whileHeld } from "../supervisor/index.ts";
import type { CommandOptions } from "./command.ts";
import { say } from "./message.ts";
import { takeData, takeName } from "./name.ts";

/** Whether this process is to start another one in which sessions are held. */
export function isCommandToSupervise({ hostCommand, durable, cell }: CommandOptions): boolean {
  return hostCommand === true && durable !== undefined && cell === undefined;
}

/** Has sessions held in a cell for as long as it takes. Answers the exit code of this process. */
export function superviseCommand(options: CommandOptions): Promise<number> {
  const name = options.name!;
  takeName(name);
  const directory = takeData(name, options.data);
  return supervise({
    serverName: name,
    commandOf: holderCommand,
    nextEpoch: () => claimEpoch(directory),
    whileHeld: () => whileHeld(directory, () => ownerOf(holdDirectory(directory)) !== undefined),
    mode: options.restart,
    restartLimit: options.restartLimit,
    hangSeconds: options.hangSeconds,
    standsBy: false,
    say,
  });
}

/** This command line, with the number of the start right after `run`. */
function holderCommand(epoch: number): [string, ...string[]] {
  const at = process.argv.indexOf("run", 2) + 1;
  const words = [...process.argv.slice(1, at), "--cell", `${epoch}`, ...process.argv.slice(at)];
  return [process.execPath, ...process.execArgv, ...words];
}
