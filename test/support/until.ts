// Waiting for what another process does, of which no event tells.
import { setTimeout as pause } from "node:timers/promises";

const waitMs = 60_000;

/** Looks again and again until something is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + waitMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`it never came to this: ${what}`);
    await pause(5);
  }
}
