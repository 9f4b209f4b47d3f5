// Servers and clients as commands, each a process of its own, in directories that a test has to itself.
// Everything that was started is ended with the test that started it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { until } from "../support/until.ts";

export { until };

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
/** A command that runs, and what it has said so far. */
export class Running {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  /** The exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  #isOver = false;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout!.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr!.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    const { promise, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
    this.ended = promise;
    this.child.on("close", (code, signal) => {
      this.#isOver = true;
      resolve(code ?? signal!);
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  /** The process in which a supervisor has its program run now. */
  get cellPid(): number | undefined {
    if (this.#isOver) return undefined;
    const path = `/proc/${this.child.pid}/task/${this.child.pid}/children`;
    const [first] = readFileSync(path, "utf8").split(" ");
    return first === undefined || first === "" ? undefined : Number(first);
  }
}

/** The directories of one test, and all that it has started. */
export class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), "shoal-session-"));
  readonly #running: Running[] = [];

  start(...args: readonly string[]): Running {
    const env = { XDG_RUNTIME_DIR: this.directory, XDG_DATA_HOME: join(this.directory, "data") };
    const running = new Running(args, env);
    this.#running.push(running);
    return running;
  }

  /** Starts a server and waits until clients can come. */
  async serve(name: string, ...args: readonly string[]): Promise<Running> {
    const server = this.start("run", "--name", name, ...args);
    await until(`${name} serves`, () => server.isOver || existsSync(this.socket(name)));
    if (server.isOver) throw new Error(`${name} has ended: ${server.stderr}`);
    return server;
  }

  socket(name: string): string {
    return join(this.directory, "shoal", name, "socket");
  }

  /** Runs a client to its end; answers its lines. */
  async call(name: string, ...args: readonly string[]): Promise<string[]> {
    const client = this.start("run", "--connect", name, ...args);
    await client.ended;
    return client.lines;
  }

  async close(): Promise<void> {
    for (const { child, isOver, ended } of this.#running) {
      if (isOver) continue;
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
