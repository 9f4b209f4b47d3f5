// A run with a name, of which images can be asked for, in a directory of its own for everything.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CommandResult } from "../programs/shoal-process.ts";

const entry = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** A directory for one test; names are found in it, and nowhere else. */
export class Place {
  readonly directory = mkdtempSync(join(tmpdir(), "shoal-place-"));

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Starts the command. */
  start(args: readonly string[]): RunningCommand {
    return this.#spawn(process.execPath, [entry, ...args]);
  }

  /** Runs the command by way of another, whose last argument of its own is the engine. */
  through(other: string, own: readonly string[], args: readonly string[]): Promise<CommandResult> {
    return this.#spawn(other, [...own, entry, ...args]).ended;
  }

  #spawn(file: string, args: readonly string[]): RunningCommand {
    const env = { ...process.env, XDG_RUNTIME_DIR: this.directory };
    return new RunningCommand(spawn(file, args, { cwd: this.directory, env }));
  }

  run(args: readonly string[]): Promise<CommandResult> {
    const command = this.start(args);
    command.child.stdin?.end();
    return command.ended;
  }

  /** Resolves when the session of a name can be asked. */
  async named(name: string): Promise<void> {
    const control = join(this.directory, "shoal", name, "control");
    while (!existsSync(control)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  readonly #stdout: Uint8Array[] = [];
  readonly #stderr: Uint8Array[] = [];

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on("data", (chunk: Uint8Array) => this.#stdout.push(chunk));
    child.stderr?.on("data", (chunk: Uint8Array) => this.#stderr.push(chunk));
    child.stdin?.on("error", () => {});
    this.ended = this.#end();
  }

  /** Resolves when it has written something; rejects if it ends before. */
  async spoke(): Promise<void> {
    if (this.#stdout.length > 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.child.stdout!.once("data", () => resolve());
    this.child.once("close", () => reject(new Error(Buffer.concat(this.#stderr).toString())));
    await promise;
  }

  async #end(): Promise<CommandResult> {
    const [code] = (await once(this.child, "close")) as [number | null];
    const stdout = Buffer.concat(this.#stdout);
    return { stdout, stderr: Buffer.concat(this.#stderr), exitCode: code ?? 128 };
  }
}
