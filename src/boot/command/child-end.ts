// How a child ended, in words and in kind: by its own doing, or ended from outside.
import type { ChildEnd } from "./command-child.ts";
import { LineTooLongError } from "./line-splitter.ts";

/** Signals by which others end a process; what is not here is what it brings upon itself. */
const fromOutside: ReadonlySet<string> = new Set([
  "SIGKILL",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGQUIT",
  "SIGPIPE",
]);

/** Of a command that is not started again, whatever its own code. */
export const gaveUpCode = 134;

/** A shell, or npx, tells of the signal that ended its child by a code. */
const signalCodeBase = 128;

export function isOwnDoing(end: ChildEnd): boolean {
  const signal = signalOf(end);
  return signal === undefined || !fromOutside.has(signal);
}

function signalOf({ code, signal }: ChildEnd): string | undefined {
  if (signal !== undefined || code === undefined || code <= signalCodeBase) return signal;
  const { signals } = process.getBuiltinModule("node:os").constants;
  return Object.entries(signals).find(([, number]) => number === code - signalCodeBase)?.[0];
}

export function howChildEnded(end: ChildEnd): string {
  if (end.error !== undefined) return `could not go on: ${end.error.message}`;
  const signal = signalOf(end);
  return signal === undefined ? `ended with code ${end.code}` : `was ended by ${signal}`;
}

/** Why another one would do no better. */
export function whyUseless(error: Error): string {
  return error instanceof LineTooLongError
    ? "that is more than can be passed on"
    : "it cannot be run";
}

/** The exit code that tells of it. */
export function codeOfEnd({ code, signal, error }: ChildEnd): number {
  if (error instanceof LineTooLongError) return gaveUpCode;
  if (error !== undefined) return "code" in error && error.code === "EACCES" ? 126 : 127;
  if (code !== undefined) return code;
  const { signals } = process.getBuiltinModule("node:os").constants;
  return signalCodeBase + (signals[signal as NodeJS.Signals] ?? 0);
}
