// One life of a cell: a child process that runs the same command, with our standard streams or pipes to
// us, and a pipe by which it reports. A life that does not get on is ended.
import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { Health } from "./health.ts";
import { parseReport, Progress, type Report, reportFd, reportMs } from "./progress.ts";
import { formatTurn, turnFd } from "./standby-line.ts";

export interface CellOptions {
  /** Program and arguments of the child. */
  readonly command: readonly [string, ...string[]];
  readonly hangSeconds: number;
  readonly start?: CellStart | undefined;
  /** It stands by until `begin`. */
  readonly isStandby?: boolean;
  /** It can be called. */
  readonly onOpened?: (() => void) | undefined;
}

/**
 * Of a cell that outlives the terminal: it has a process group of its own, which dies as a whole, no input,
 * and hands us what it writes.
 */
export interface CellStart {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (stream: "out" | "err", chunk: Uint8Array) => void;
}

export interface CellLife {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly said: { readonly code: number; readonly isFault: boolean } | undefined;
  readonly isOpened: boolean;
  readonly answered: number;
  /** Records that it added to its logs. */
  readonly heard: number;
  readonly open: number;
  /** Why it was ended by us, if it was. */
  readonly hung: string | undefined;
}

export class Cell {
  readonly pid: number | undefined;
  readonly startedAt = new Date();
  /** How it ended; never rejected. */
  readonly ended: Promise<CellLife>;
  readonly #child: ChildProcess;
  readonly #hangSeconds: number;
  #health: Health;
  #said: CellLife["said"];
  #words: readonly number[] = [];
  #isOpened = false;
  #hung: string | undefined;
  readonly #onOpened: CellOptions["onOpened"];
  readonly #isGroup: boolean;

  constructor({ command, hangSeconds, start, isStandby = false, onOpened }: CellOptions) {
    const { createInterface } = process.getBuiltinModule("node:readline");
    this.#child = startChild(command, start, isStandby);
    this.#hangSeconds = hangSeconds;
    this.#isGroup = start !== undefined;
    this.#onOpened = onOpened;
    this.pid = this.#child.pid;
    // Nothing is wrong with one that stands by, for as long as it lives.
    this.#health = new Health(isStandby ? 0 : hangSeconds, "keeper");
    // The fourth of `stdio` is a pipe.
    const reports = this.#child.stdio[reportFd] as Readable;
    const lines = createInterface({ input: reports });
    lines.on("line", (line) => this.#reported(parseReport(line)));
    const ticker = setInterval(() => this.#judge(this.#health.tick()), reportMs);
    const { promise, resolve } = Promise.withResolvers<CellLife>();
    this.ended = promise;
    // Its last words are read before its end is told. What it had started may keep its output open.
    const isRead = new Promise((read) => void lines.on("close", read));
    this.#child.on("exit", (code, signal) => {
      this.#endGroup();
      void isRead.then(() => {
        clearInterval(ticker);
        resolve(this.#life(code ?? undefined, signal ?? undefined));
      });
    });
    this.#child.on("error", () => {
      clearInterval(ticker);
      resolve(this.#life(1, undefined));
    });
  }

  get isOpened(): boolean {
    return this.#isOpened;
  }

  /** Requests answered, and open now, as far as it has said. */
  get answered(): number {
    return this.#words[Progress.answered] ?? 0;
  }

  get open(): number {
    return this.#words[Progress.open] ?? 0;
  }

  /** It is the turn of this cell, which stood by. */
  begin(epoch: number): void {
    this.#health = new Health(this.#hangSeconds, "keeper");
    // Should it be gone, its end says so.
    const turn = this.#child.stdio[turnFd] as Writable;
    turn.on("error", () => {});
    turn.write(formatTurn(epoch));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
    if (signal === "SIGKILL") this.#endGroup();
  }

  /** What it has started and left behind. */
  #endGroup(): void {
    if (!this.#isGroup || this.pid === undefined) return;
    try {
      process.kill(-this.pid, "SIGKILL");
    } catch {
      // Nobody is left in it.
    }
  }

  #reported(report: Report | undefined): void {
    if (report === undefined) return;
    if (report.kind === "end") this.#said = report;
    else if (report.kind === "open") {
      this.#isOpened = true;
      this.#health.opened();
      this.#onOpened?.();
    } else {
      this.#words = report.words;
      this.#judge(this.#health.report(report.words));
    }
  }

  #judge(wrong: string | undefined): void {
    if (wrong === undefined || this.#hung !== undefined) return;
    this.#hung = wrong;
    // It may be stopped, or deaf to anything milder.
    this.signal("SIGKILL");
  }

  #life(code: number | undefined, signal: string | undefined): CellLife {
    return {
      code,
      signal,
      said: this.#said,
      isOpened: this.#isOpened,
      answered: this.answered,
      heard: this.#words[Progress.heard] ?? 0,
      open: this.open,
      hung: this.#hung,
    };
  }
}

function startChild(
  [file, ...args]: CellOptions["command"],
  start: CellStart | undefined,
  isStandby: boolean,
): ChildProcess {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const pipes: "pipe"[] = isStandby ? ["pipe", "pipe"] : ["pipe"];
  if (start === undefined) {
    return spawn(file, args, { stdio: ["inherit", "inherit", "inherit", ...pipes] });
  }
  const { directory, env, onOutput } = start;
  const child = spawn(file, args, {
    cwd: directory,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", ...pipes],
  });
  child.stdout!.on("data", (chunk: Uint8Array) => onOutput("out", chunk));
  child.stderr!.on("data", (chunk: Uint8Array) => onOutput("err", chunk));
  return child;
}
