// Which start of a server this is. Every start takes the next number of the data directory by making a
// file of that name, which only one can; nobody waits for anybody, not even for an owner that was stopped.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const directoryName = "epochs";

/** A number higher than that of every earlier start; from 1. */
export function claimEpoch(dataDirectory: string): number {
  const directory = join(dataDirectory, directoryName);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (;;) {
    const epoch = highest(directory) + 1;
    if (!makeOnce(join(directory, `${epoch}`))) continue;
    // Whoever was slow between looking and making may have taken a number that was cleared away.
    if (highest(directory) !== epoch) continue;
    clearBelow(directory, epoch);
    return epoch;
  }
}

function highest(directory: string): number {
  return numbersIn(directory).reduce((most, number) => Math.max(most, number), 0);
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory)
    .map(Number)
    .filter((number) => Number.isSafeInteger(number) && number > 0);
}

function makeOnce(path: string): boolean {
  try {
    const fd = openSync(path, "wx", 0o600);
    fsyncSync(fd);
    closeSync(fd);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function clearBelow(directory: string, epoch: number): void {
  for (const number of numbersIn(directory)) {
    if (number < epoch) rmSync(join(directory, `${number}`), { force: true });
  }
  const fd = openSync(directory, "r");
  fsyncSync(fd);
  closeSync(fd);
}
