// The beginning of the command line with which any process can go on with what is in a data directory.
import type { DurableLevel } from "./durable.ts";

export interface DurableWords {
  readonly durable: DurableLevel;
  readonly logMax?: number | undefined;
}

/** The words after `shoal`, up to the options that only some have. */
export function durableWords(
  name: string,
  directory: string,
  { durable, logMax }: DurableWords,
): string[] {
  const limit = logMax === undefined ? [] : ["--log-max", `${logMax}`];
  return ["run", `--durable=${durable}`, "--name", name, "--data", directory, ...limit];
}
