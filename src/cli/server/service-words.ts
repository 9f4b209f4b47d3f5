// The command line of a durable service that is in a data directory: with it any process can go on with it, whatever
// became of the file that it was first started from.
import { codeFile, keepCode, type ProgramRecord, readProgram } from "../../boot/index.ts";
import { type DurableWords, durableWords } from "../durable/durable-words.ts";
import { orFail } from "../durable/kept-program.ts";
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";

export interface ServiceWordsOptions extends DurableWords {
  readonly connect: readonly string[];
}

/** The words after `shoal`. The servers that it may call are those of its record, and more that are named here. */
export function serviceWords(
  name: string,
  directory: string,
  options: ServiceWordsOptions,
): string[] {
  const kept = orFail(() => readProgram(directory));
  if (kept === undefined) return fail(`${directory} has no service`, ExitCode.cannotRun);
  const code = keepCode(directory, new TextDecoder().decode(kept.code));
  return [
    ...durableWords(name, directory, options),
    ...connectionsOf(kept.record, options.connect).flatMap((server) => ["--connect", server]),
    codeFile(directory, code),
  ];
}

function connectionsOf({ connections = [] }: ProgramRecord, more: readonly string[]): string[] {
  return [...connections, ...more.filter((server) => !connections.includes(server))];
}
