// One life of a cell: a child process that runs the same command, with our standard streams and a pipe by
// which it reports. A life that does not get on is ended.
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { Health } from "./health.ts";
import { parseReport, Progress, type Report, reportFd, reportMs } from "./progress.ts";

export interface CellOptions {
  /** Program and arguments of the child. */
  readonly command: readonly [string, ...string[]];
  readonly hangSeconds: number;
}

export interface CellLife {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly said: { readonly code: number; readonly isFault: boolean } | undefined;
  readonly isOpened: boolean;
  readonly answered: number;
  readonly open: number;
  /** Why it was ended by us, if it was. */
  readonly hung: string | undefined;
}

export class Cell {
  readonly pid: number | undefined;
  /** How it ended; never rejected. */
  readonly ended: Promise<CellLife>;
  readonly #child: ChildProcess;
  readonly #health: Health;
  #said: CellLife["said"];
  #words: readonly number[] = [];
  #isOpened = false;
  #hung: string | undefined;

  constructor({ command: [file, ...args], hangSeconds }: CellOptions) {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const { createInterface } = process.getBuiltinModule("node:readline");
    this.#child = spawn(file, args, { stdio: ["inherit", "inherit", "inherit", "pipe"] });
    this.pid = this.#child.pid;
    this.#health = new Health(hangSeconds);
    // The fourth of `stdio` is a pipe.
    const reports = this.#child.stdio[reportFd] as Readable;
    const lines = createInterface({ input: reports });
    lines.on("line", (line) => this.#reported(parseReport(line)));
    const ticker = setInterval(() => this.#judge(this.#health.tick()), reportMs);
    const { promise, resolve } = Promise.withResolvers<CellLife>();
    this.ended = promise;
    // Its last words are read before its end is told.
    this.#child.on("close", (code, signal) => {
      clearInterval(ticker);
      resolve(this.#life(code ?? undefined, signal ?? undefined));
    });
    this.#child.on("error", () => {
      clearInterval(ticker);
      resolve(this.#life(1, undefined));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #reported(report: Report | undefined): void {
    if (report === undefined) return;
    if (report.kind === "end") this.#said = report;
    else if (report.kind === "open") {
      this.#isOpened = true;
      this.#health.opened();
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
      answered: this.#words[Progress.answered] ?? 0,
      open: this.#words[Progress.open] ?? 0,
      hung: this.#hung,
    };
  }
}
