// What the command says for itself, on standard error: at once and whole, whatever programs do there.
import { writeSync } from "node:fs";

const pauseMs = 2;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** A message of our own. Lines that go on with one are indented. */
export function say(line: string): void {
  writeAll(`${line.startsWith("    ") ? "" : "shoal: "}${line}\n`);
}

/** Written at once: the trace of a program that is killed must not be lost. */
export function traceLine(line: string): void {
  writeAll(`${line}\n`);
}

export function fail(message: string, code: number): never {
  say(message);
  process.exit(code);
}

/** The code of an error of the host, such as ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Standard error may have been made to not block: what it does not take now is tried again. */
function writeAll(text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      // Nobody listens any more: there is nobody to tell that to.
      if (errorCode(error) !== "EAGAIN") return;
      Atomics.wait(nobody, 0, 0, pauseMs);
    }
  }
}
