// What to do when a cell has died: start it again, at once or after a while, or give up. A cell that
// answered anything in its life, or heard anything that its log keeps, had a good one, and the count of bad
// ones begins anew: what is to be stopped is a server that dies over and over without getting anywhere.

export const restartModes = ["always", "on-failure", "never"] as const;
export type RestartMode = (typeof restartModes)[number];

/** How a cell ended. */
export interface CellEnd {
  /** The exit code of its process, or the signal that ended that. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** What it said before it ended: the program's code, and whether that was a fault. */
  readonly said: { readonly code: number; readonly isFault: boolean } | undefined;
  /** It served, in this life or an earlier one. */
  readonly hasServed: boolean;
  /** Requests answered in this life. */
  readonly answered: number;
  /** Records added in this life to logs that outlive it: a later life begins behind them. */
  readonly heard?: number | undefined;
}

export type Decision =
  | { readonly restart: true; readonly afterMs: number }
  | { readonly restart: false; readonly gaveUp: string | undefined };

export interface RestartOptions {
  readonly mode: RestartMode;
  /** Lives in a row that got nowhere, within the window, after which it is given up. */
  readonly limit: number;
  readonly windowMs?: number;
}

const defaultWindowMs = 60_000;
const firstPauseMs = 50;
const pauseMsMax = 5000;

export class RestartPolicy {
  readonly #options: RestartOptions;
  /** When the lives ended that got nowhere, of those in a row. */
  #fruitless: number[] = [];

  constructor(options: RestartOptions) {
    this.#options = options;
  }

  decide(end: CellEnd, nowMs: number): Decision {
    const { mode, limit, windowMs = defaultWindowMs } = this.#options;
    const isProper = end.said !== undefined && !end.said.isFault;
    if (isProper && mode !== "always") return { restart: false, gaveUp: undefined };
    // It has said itself what is wrong with its command line, and would again.
    const isMistake = !end.hasServed && end.signal === undefined && end.said === undefined;
    if (isMistake || mode === "never") return { restart: false, gaveUp: undefined };
    if (end.answered > 0 || (end.heard ?? 0) > 0) this.#fruitless = [];
    else this.#fruitless.push(nowMs);
    const count = this.#fruitless.length;
    const recent = this.#fruitless.filter((at) => nowMs - at < windowMs).length;
    if (recent > limit) {
      const seconds = Math.round(windowMs / 1000);
      const gaveUp =
        `it died ${recent} times within ${seconds} s without answering a request or adding anything to ` +
        "its log";
      return { restart: false, gaveUp };
    }
    const afterMs = count < 2 ? 0 : Math.min(firstPauseMs * 2 ** (count - 2), pauseMsMax);
    return { restart: true, afterMs };
  }
}
