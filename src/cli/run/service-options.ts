// What of `shoal run` makes no sense for a service, which is no WebAssembly program: it is refused by name, with what
// there is instead.
import { ExitCode } from "../exit-code.ts";
import { fail } from "../message.ts";

const programOptions = [
  "dir",
  "dirReadOnly",
  "dirOverlay",
  "tempDir",
  "listen",
  "env",
  "argv0",
  "fuelSlice",
  "level",
  "trace",
  "watch",
  "freezeTo",
] as const;

interface ServiceOptions {
  readonly durable?: unknown;
  readonly memoryMax?: number | undefined;
  readonly cell?: number | undefined;
}

/** Ends the command if something is said that would not be done. */
export function checkServiceOptions(args: readonly string[], options: ServiceOptions): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const wrong = programOptions.find((key) => isGiven(given[key]));
  if (wrong !== undefined) {
    fail(
      `${flagOf(wrong)} is for WebAssembly programs: a service has nothing of the host but the servers that it may ` +
        "call (--connect), or what boot() grants it",
      ExitCode.usage,
    );
  }
  if (args.length > 0) {
    fail(`a service has no arguments, and "${args[0]}" would be one`, ExitCode.usage);
  }
  if (options.memoryMax === undefined || options.durable !== undefined) return;
  fail(
    "--memory-max of a service needs --durable: it is the limit of a thread of its own",
    ExitCode.usage,
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
