// Holding a server: its cell is ended and not started again for as long as another process, which upgrades
// it, says so. That process owns a directory of its own inside the server's, so that its death lets go.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The signal by which a supervisor is asked to end its cell and look whether it is held. */
export const holdSignal = "SIGUSR2";

const pollMs = 10;

/** Where whoever holds a server says so. */
export function holdDirectory(data: string): string {
  return join(data, "held");
}

function answerFile(data: string): string {
  return join(holdDirectory(data), "stopped");
}

/** In the supervisor: waits, before a cell is started, for as long as somebody holds the server. */
export async function whileHeld(data: string, isHeld: () => boolean): Promise<void> {
  if (!isHeld()) return;
  writeFileSync(answerFile(data), "");
  while (isHeld()) await pause(pollMs);
  rmSync(answerFile(data), { force: true });
}

/**
 * In the process that upgrades, which owns `holdDirectory`: ends the cell, and answers once it is gone.
 * False if that takes too long.
 */
export async function stopCell(
  data: string,
  supervisor: number,
  limitMs = 10_000,
): Promise<boolean> {
  rmSync(answerFile(data), { force: true });
  process.kill(supervisor, holdSignal);
  for (let waited = 0; waited < limitMs; waited += pollMs) {
    if (existsSync(answerFile(data))) return true;
    await pause(pollMs);
  }
  return false;
}

export function makeHoldDirectory(data: string): string {
  mkdirSync(holdDirectory(data), { recursive: true, mode: 0o700 });
  return holdDirectory(data);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
