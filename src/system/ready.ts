// What a system that has just been started says to whoever waits for it: one line on descriptor 3.
import { writeSync } from "node:fs";

export const readyFd = 3;

export interface Ready {
  /** Of the system. */
  readonly pid: number | null;
  /** It was there before; whoever says this is not it, and ends. */
  readonly isFormer: boolean;
}

export function sayReady(ready: Ready): void {
  try {
    writeSync(readyFd, `${JSON.stringify(ready)}\n`);
  } catch {
    // Nobody waits any more.
  }
}

/** Undefined for what is no such line. */
export function parseReady(text: string): Ready | undefined {
  try {
    return JSON.parse(text) as Ready;
  } catch {
    return undefined;
  }
}
