// An OS process of the kill grid, as the grid sees it: loaded and waiting for its job, at work, stopped, over.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { GridJob } from "./grid-cell.ts";

const cellProgram = fileURLToPath(new URL("grid-cell.ts", import.meta.url));

/** How a process got on: it was stopped, or it ended, with its exit code or by a signal. */
export type GridEnd = "stopped" | number | NodeJS.Signals;

const lookMs = 2;

export class GridProcess {
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Resolves when it has written something, or can no more. */
  readonly spoke: Promise<void>;
  errors = "";
  readonly #child: ChildProcess;
  readonly #spoke = Promise.withResolvers<void>();
  #onOutput: (text: string) => void = () => undefined;
  #isOver = false;

  constructor() {
    const args = ["--disable-warning=ExperimentalWarning", cellProgram];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.spoke = this.#spoke.promise;
    const { promise, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
    this.ended = promise;
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#onOutput(text);
      this.#spoke.resolve();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.errors += text));
    child.on("close", (code, signal) => {
      this.#isOver = true;
      this.#spoke.resolve();
      resolve(code ?? signal!);
    });
  }

  /** What it writes is told as it comes, for an order among processes. */
  begin(job: GridJob, onOutput: (text: string) => void): void {
    this.#onOutput = onOutput;
    this.#child.stdin!.write(`${JSON.stringify(job)}\n`);
  }

  /** Resolves when it is over, or, if it may be, stopped. */
  async next(mayStop: boolean): Promise<GridEnd> {
    if (!mayStop) return this.ended;
    // Node tells of children that end, not of those that stop.
    while (!this.#isOver) {
      if (this.#isStopped()) return "stopped";
      await Promise.race([pause(lookMs), this.ended]);
    }
    return this.ended;
  }

  wake(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #isStopped(): boolean {
    try {
      const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
    } catch {
      return false;
    }
  }
}
