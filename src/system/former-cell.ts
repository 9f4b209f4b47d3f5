// The process in which a program ran last is written down, so that a system that comes up after another was
// killed can end it. Cells notice by themselves that their system is gone, unless they were stopped: this
// does not wait for that, and there are never two of one program.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { processStartOf, readWhole, removeWhole, writeWhole } from "../server/session/index.ts";

const fileName = "cell";
const waitMs = 10;
const waitMsMax = 5000;

/** A process that was not to be ended. */
export class FormerCellError extends Error {
  override readonly name = "FormerCellError";
}

export function noteCell(directory: string, pid: number): void {
  writeWhole(join(directory, fileName), `${pid} ${processStartOf(pid) ?? ""} ${bootOf()}\n`);
}

/** No process runs the program any more. */
export function forgetCell(directory: string): void {
  removeWhole(join(directory, fileName));
}

/** Ends the process that is written down, with all that it has started, and waits until it is gone. */
export async function endFormerCell(directory: string): Promise<void> {
  const [pid = 0, started, boot] = parse(readWhole(join(directory, fileName)));
  const isThere = (): boolean => pid > 0 && processStartOf(pid) === started;
  if (boot === bootOf() && isThere()) {
    killGroup(pid);
    for (let waited = 0; isThere(); waited += waitMs) {
      if (waited >= waitMsMax) {
        throw new FormerCellError(`process ${pid}, in which it ran before, does not end`);
      }
      await pause(waitMs);
    }
  }
  forgetCell(directory);
}

function parse(text = ""): [pid?: number, started?: string, boot?: string] {
  const [pid, started, boot] = text.trim().split(" ");
  return started === undefined || boot === undefined ? [] : [Number(pid), started, boot];
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

/** Which start of the computer this is: the numbers of processes mean nothing after the next. */
function bootOf(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "unknown";
  }
}
