// The kill grid: servers and clients, each in OS processes of its own that are lost at the records of their
// logs, one life after the other, until the clients have all their answers.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DurableLevel, NamePlace } from "../../src/boot/index.ts";
import type { GridJob } from "./grid-cell.ts";
import type { Break, Kill } from "./grid-faults.ts";
import { GridProcess } from "./grid-process.ts";

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
  /** How its program breaks at every record of its log, without an end to its life. */
  readonly breaks?: Break | undefined;
  readonly logBytesMax?: number | undefined;
}

/** All lives of a member together. */
export interface Lived {
  readonly code: number;
  /** Lives that were ended or stopped by their kill, and deaths of its program inside of them. */
  readonly kills: number;
  /** What it wrote in all its lives, as it came: of one that was woken up, too. */
  readonly output: string;
  readonly errors: string;
  /** What those had to say that were stopped, taken over from and woken up. */
  readonly wokenErrors: string;
}

type Living = { -readonly [Key in keyof Lived]: Lived[Key] };

export interface GridOutcome {
  readonly servers: readonly Lived[];
  readonly clients: readonly Lived[];
}

/** Processes that wait, loaded, so that a life begins when it is needed and not a start of Node later. */
const warmCount = 2;

/** How long the clients of a run may take; one that waits for ever is a fault that was noticed. */
const defaultRunMsMax = 100_000;

export class KillGrid {
  readonly #directory = mkdtempSync(join(tmpdir(), "shoal-grid-"));
  readonly #warm: GridProcess[] = [];
  readonly #running = new Set<GridProcess>();
  readonly #runMsMax: number;
  #isClosed = false;

  constructor(runMsMax = defaultRunMsMax) {
    this.#runMsMax = runMsMax;
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
      () => tooLong.reject(new Error(`the clients had no end within ${this.#runMsMax / 1000} s`)),
      this.#runMsMax,
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
    await Promise.all([...this.#warm, ...this.#running].map((one) => one.kill()));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #liveOn(
    directory: string,
    member: GridMember,
    isServer: boolean,
    isOver: Promise<void>,
  ): Promise<Lived> {
    const lived: Living = { code: 0, output: "", errors: "", kills: 0, wokenErrors: "" };
    const sleeping: GridProcess[] = [];
    const woken: GridProcess[] = [];
    for (let life = 1; ; life++) {
      const kill = member.kill?.(life);
      const one = this.#begin(jobOf(directory, member, isServer, life, kill), lived);
      // Whoever took over has done something by then that the one before it does not know of.
      const wakeOthers = (): void => {
        for (const other of sleeping.splice(0)) woken.push(this.#woken(other));
      };
      void one.spoke.then(wakeOthers);
      const end = await Promise.race([one.next(kill?.isStop === true), isOver]);
      if (end === "stopped") {
        wakeOthers();
        sleeping.push(one);
        lived.kills++;
        continue;
      }
      if (end === undefined) await one.kill();
      this.#running.delete(one);
      lived.errors += one.errors;
      if (typeof end === "string") {
        if (kill === undefined) throw new Error(`${member.name} was ended by ${end}, by no grid`);
        lived.kills++;
        continue;
      }
      wakeOthers();
      await this.#endWoken(woken, lived, isOver);
      return { ...lived, code: end ?? 0 };
    }
  }

  #woken(one: GridProcess): GridProcess {
    one.wake();
    return one;
  }

  /** They have until the run is over to do harm. */
  async #endWoken(
    woken: readonly GridProcess[],
    lived: Living,
    isOver: Promise<void>,
  ): Promise<void> {
    for (const one of woken) {
      await Promise.race([one.ended, isOver]);
      await one.kill();
      this.#running.delete(one);
      lived.wokenErrors += one.errors;
    }
  }

  #begin(job: GridJob, lived: Living): GridProcess {
    const one = this.#warm.shift() ?? new GridProcess();
    this.#running.add(one);
    one.begin(job, (text) => {
      lived.output += text;
      lived.kills += text.split("\n").filter((line) => line === "death").length;
    });
    this.#fill();
    return one;
  }

  #fill(): void {
    while (!this.#isClosed && this.#warm.length < warmCount) this.#warm.push(new GridProcess());
  }
}

function jobOf(
  directory: string,
  member: GridMember,
  isServer: boolean,
  epoch: number,
  kill: Kill | undefined,
): GridJob {
  const { name, program, args = [], level, calls, breaks, logBytesMax } = member;
  const data = join(directory, `${name}-data`);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  return {
    program,
    args,
    level,
    data,
    epoch,
    kill,
    breaks,
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

export interface Effects {
  /** The numbers, each where it came first. */
  readonly once: number[];
  readonly repeats: number;
  /** Numbers that came again with another content. */
  readonly changed: number[];
}

/** What an outside observer sees of lines `effect NUMBER [CONTENT]`. */
export function effectsIn(output: string): Effects {
  const lines = output.split("\n").filter((line) => line.startsWith("effect "));
  const seen = new Map<number, string>();
  const changed: number[] = [];
  for (const line of lines) {
    const number = Number(line.split(" ")[1]);
    if (seen.has(number) && seen.get(number) !== line) changed.push(number);
    else seen.set(number, line);
  }
  return { once: [...seen.keys()], repeats: lines.length - seen.size, changed };
}
