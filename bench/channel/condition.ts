// The four conditions under which calls are measured: what else the processors have to do, and how many there are.
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism, setPriority } from "node:os";

export const conditions = ["quiet", "awake", "load", "oneCpu"] as const;

/**
 * quiet: nothing else runs, so processors that have nothing to do sleep. awake: something of the lowest priority runs on
 * each, so none sleeps, and whatever else there is runs instead of it. load: the same at normal priority. oneCpu: both
 * threads have one processor.
 */
export type Condition = (typeof conditions)[number];

const lowest = 19;

/** Works for ever, but not longer than whoever started it. */
const burner =
  "const { ppid } = process; for (let i = 0; ; i++) if (i % 1e7 === 0 && process.ppid !== ppid) process.exit();";

/** Starts what the condition is made of. Answers how to end it. */
export function bringAbout(condition: Condition): () => void {
  if (condition !== "awake" && condition !== "load") return () => undefined;
  const burners: ChildProcess[] = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ["-e", burner], { stdio: "ignore" }),
  );
  for (const { pid } of burners) {
    if (condition === "awake" && pid !== undefined) setPriority(pid, lowest);
  }
  return () => burners.forEach((one) => one.kill("SIGKILL"));
}

/** The command that runs a program under the condition. */
export function commandUnder(condition: Condition, args: readonly string[]): [string, string[]] {
  if (condition !== "oneCpu") return [process.execPath, [...args]];
  return ["taskset", ["--cpu-list", "0", process.execPath, ...args]];
}
