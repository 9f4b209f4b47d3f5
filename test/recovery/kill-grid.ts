// The kill grid: servers and clients, each in OS processes of its own that are lost at the records of their
// logs, one life after the other, until the clients have all their answers.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { DurableLevel, NamePlace } from "../../src/boot/index.ts";
import type { GridJob, Kill } from "./grid-cell.ts";

const cellProgram = fileURLToPath(new URL("grid-cell.ts", import.meta.url));

/** A member of a grid: a program that lives as often as it takes. */
export interface GridMember {
  readonly name: string;
  readonly program: string;
  readonly args?: readonly string[];
  /** Without, it is not durable, and cannot be killed. */
  readonly level?: DurableLevel | undefined;
  /** The name of the member that it calls. */
  readonly calls?: string | undefined;
  /** How its lives end, each in turn; one that has none ends by itself. */
  readonly kill?: ((life: number) => Kill | undefined) | undefined;
  readonly logBytesMax?: number | undefined;
}

/** All lives of a member together. */
export interface Lived {
  readonly code: number;
  /** Lives that were ended by their kill. */
  readonly kills: number;
  /** What it wrote, in all its lives, one after the other. */
  readonly output: string;
  readonly errors: string;
}

export interface GridOutcome {
  readonly servers: readonly Lived[];
  readonly clients: readonly Lived[];
}

interface Warm {
  readonly child: ChildProcess;
  readonly output: Promise<string>;
  readonly errors: Promise<string>;
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Processes that wait, loaded, so that a life begins when it is needed and not a start of Node later. */
const warmCount = 2;

/** How long the clients of a run may take; one that waits for ever is a fault that was noticed. */
const runMsMax = 100_000;

export class KillGrid {
  readonly #directory = mkdtempSync(join(tmpdir(), "shoal-grid-"));
  readonly #warm: Warm[] = [];
  readonly #running = new Set<Warm>();
  #isClosed = false;

  constructor() {
    this.#fill();
  }

  /**
   * Runs servers for as long as it takes the clients to end. Answers both, in their order.
   *
   * @throws Error if a server ends by itself, or the clients do not
   */
  async run(servers: readonly GridMember[], clients: readonly GridMember[]): Promise<GridOutcome> {
    const directory = mkdtempSync(join(this.#directory, "run-"));
    const isOver = Promise.withResolvers<void>();
    const serving = servers.map((member) => this.#liveOn(directory, member, true, isOver.promise));
    const calling = clients.map((member) => this.#liveOn(directory, member, false, isOver.promise));
    const failed = Promise.race(serving).then(({ code, errors }) => {
      throw new Error(`a server of the grid ended with ${code}: ${errors}`);
    });
    const tooLong = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => tooLong.reject(new Error(`the clients had no end within ${runMsMax / 1000} s`)),
      runMsMax,
    );
    const ends = [Promise.all(calling), failed, tooLong.promise];
    const lived = await Promise.race(ends).finally(() => {
      clearTimeout(timer);
      isOver.resolve();
    });
    failed.catch(() => undefined);
    const served = await Promise.all(serving);
    rmSync(directory, { recursive: true, force: true });
    return { servers: served, clients: lived };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const warm of [...this.#warm, ...this.#running]) {
      warm.child.kill("SIGKILL");
      await warm.ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #liveOn(
    directory: string,
    member: GridMember,
    isServer: boolean,
    isOver: Promise<void>,
  ): Promise<Lived> {
    const lived = { output: "", errors: "", kills: 0 };
    for (let life = 1; ; life++) {
      const kill = member.kill?.(life);
      const warm = this.#begin(jobOf(directory, member, isServer, life, kill));
      const end = await Promise.race([warm.ended, isOver]);
      if (end === undefined) warm.child.kill("SIGKILL");
      await warm.ended;
      this.#running.delete(warm);
      lived.output += await warm.output;
      lived.errors += await warm.errors;
      if (end === undefined) return { ...lived, code: 0 };
      if (typeof end === "number") return { ...lived, code: end };
      if (kill === undefined)
        throw new Error(`${member.name} was ended by ${end}, not by its grid`);
      lived.kills++;
    }
  }

  #begin(job: GridJob): Warm {
    const warm = this.#warm.shift() ?? startWarm();
    this.#running.add(warm);
    warm.child.stdin!.write(`${JSON.stringify(job)}\n`);
    this.#fill();
    return warm;
  }

  #fill(): void {
    while (!this.#isClosed && this.#warm.length < warmCount) this.#warm.push(startWarm());
  }
}

function startWarm(): Warm {
  const args = ["--disable-warning=ExperimentalWarning", cellProgram];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
  const { promise: ended, resolve } = Promise.withResolvers<number | NodeJS.Signals>();
  child.on("close", (code, signal) => resolve(code ?? signal!));
  return { child, output: text(child.stdout), errors: text(child.stderr), ended };
}

function jobOf(
  directory: string,
  member: GridMember,
  isServer: boolean,
  epoch: number,
  kill: Kill | undefined,
): GridJob {
  const { name, program, args = [], level, calls, logBytesMax } = member;
  const data = join(directory, `${name}-data`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  return {
    program,
    args,
    level,
    data,
    epoch,
    kill,
    logBytesMax,
    serves: isServer ? placeIn(directory, name) : undefined,
    calls: calls === undefined ? undefined : placeIn(directory, calls),
  };
}

function placeIn(parent: string, serverName: string): NamePlace {
  const directory = join(parent, serverName);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { serverName, directory, socketPath: join(directory, "socket") };
}

/** What an outside observer sees of numbered lines: the numbers in their order, and what was repeated. */
export function effectsIn(output: string): { readonly once: number[]; readonly repeats: number } {
  const numbers = output
    .split("\n")
    .filter((line) => line.startsWith("effect "))
    .map((line) => Number(line.slice("effect ".length)));
  const once = [...new Set(numbers)];
  return { once, repeats: numbers.length - once.length };
}
