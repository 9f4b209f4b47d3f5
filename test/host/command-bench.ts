// The command as a process with an input of its own, in directories that a test has to itself.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export { until } from "../support/until.ts";

export const shoal =
  process.env["SHOAL_COMMAND"] ?? fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));

/** Processes that a process has started and not outlived. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8")
        .split(" ")
        .filter((word) => word.trim() !== "")
        .map(Number),
    );
  } catch {
    return [];
  }
}

export class RunningCommand {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  /** The exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  isOver = false;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout!.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    child.stderr!.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    const { promise, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
    this.ended = promise;
    child.on("close", (code, signal) => {
      this.isOver = true;
      resolve(code ?? signal!);
    });
  }

  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }
}

export class CommandBench {
  readonly directory = mkdtempSync(join(tmpdir(), "shoal-attach-"));
  readonly #running: RunningCommand[] = [];

  /** What is given as input; it stays open unless it ends with that. */
  start(words: readonly string[], input = "", isEnd?: "ends"): RunningCommand {
    const env = { XDG_RUNTIME_DIR: this.directory, XDG_DATA_HOME: join(this.directory, "data") };
    const child = spawn(process.execPath, [shoal, ...words], { env: { ...process.env, ...env } });
    child.stdin.on("error", () => {});
    child.stdin.write(input);
    if (isEnd !== undefined) child.stdin.end();
    const running = new RunningCommand(child);
    this.#running.push(running);
    return running;
  }

  async close(): Promise<void> {
    for (const { child, isOver, ended } of this.#running) {
      if (isOver) continue;
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
