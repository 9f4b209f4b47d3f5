// A background system of a test's own, with commands that use it. Whatever it started is ended with the
// test, the system and its cells too, which are nobody's children.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProgramStatus, SystemStatus } from "../../src/system/index.ts";
import { Bench, type Running, until } from "../session/command.ts";

export interface Ended {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export class SystemRig {
  readonly bench = new Bench();
  /** What XDG_DATA_HOME is for its commands. */
  dataDirectory = join(this.bench.directory, "data");

  start(...args: readonly string[]): Running {
    return this.bench.start(...args);
  }

  /** A command, to its end. */
  async run(...args: readonly string[]): Promise<Ended> {
    const running = this.start(...args);
    const code = await running.ended;
    return { code, stdout: running.stdout, stderr: running.stderr };
  }

  /** The answer of a command that has to succeed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    if (code !== 0) throw new Error(`shoal ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  list(): Promise<ProgramStatus[]> {
    return this.json("ps");
  }

  async program(name: string): Promise<ProgramStatus> {
    const found = (await this.list()).find((program) => program.name === name);
    if (found === undefined) throw new Error(`${name} is not listed`);
    return found;
  }

  /** Looks again and again until a program is as it should be. */
  async when(name: string, isSo: (status: ProgramStatus) => boolean): Promise<ProgramStatus> {
    const endMs = performance.now() + 60_000;
    for (;;) {
      const status = await this.program(name);
      if (isSo(status)) return status;
      if (performance.now() > endMs) throw new Error(`${name} is ${JSON.stringify(status)}`);
    }
  }

  status(): Promise<SystemStatus & { readonly isUp: boolean }> {
    return this.json("status");
  }

  /** What its commands find in their environment. */
  get env(): Readonly<Record<string, string>> {
    return { XDG_RUNTIME_DIR: this.bench.directory, XDG_DATA_HOME: this.dataDirectory };
  }

  get directory(): string {
    return join(this.dataDirectory, "shoal", ".system");
  }

  /** The process of the system that was there last. */
  get systemPid(): number | undefined {
    return firstNumber(join(this.directory, "owner"));
  }

  /** The processes in which programs ran last, as they are written down. */
  get cellPids(): number[] {
    const programs = join(this.directory, "programs");
    return namesIn(programs).flatMap((name) => firstNumber(join(programs, name, "cell")) ?? []);
  }

  /** Nobody is told, and nothing is cleared away. Waits for a system if there is none at the moment. */
  async killSystem(): Promise<number> {
    await until("there is a system", () => isThere(this.systemPid ?? 0));
    const pid = this.systemPid!;
    process.kill(pid, "SIGKILL");
    await until("it is dead", () => !isThere(pid));
    return pid;
  }

  async close(): Promise<void> {
    // The system first, which would start cells again.
    for (const pid of [this.systemPid, ...this.cellPids]) end(pid);
    await this.bench.close();
  }
}

/** Whether a process is there and has not ended. */
export function isThere(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0] !== "Z";
  } catch {
    return false;
  }
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    // Each of them leads a process group of its own.
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function firstNumber(path: string): number | undefined {
  try {
    const number = Number.parseInt(readFileSync(path, "utf8"), 10);
    return Number.isNaN(number) ? undefined : number;
  } catch {
    return undefined;
  }
}
