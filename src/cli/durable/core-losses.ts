// What a cell does about the loss of its core: as a supervisor does of a cell, it has another take over, at
// once or after a while, or gives up; and says so, a line for each.
import type { CoreLoss } from "../../boot/index.ts";
import { type CellEnd, type Decision, Progress, RestartPolicy } from "../../supervisor/index.ts";
import type { CellSettings } from "./cell-settings.ts";

/** As of a process that an error ended which nobody caught. */
export const brokenCode = 1;

export interface CoreLossesOptions extends Pick<
  CellSettings,
  "name" | "level" | "restart" | "restartLimit"
> {
  /** What the cell reports. */
  readonly progress: Int32Array;
  readonly say: (line: string) => void;
}

/**
 * Cores that one cell has: each that is lost leaves what it had open and mapped of files to the process. A log
 * in memory has none of that, and would be gone with the cell.
 */
const coresPerCell = 64;

/** Decides what follows the loss of a core, as a supervisor does of a cell, and says so. */
export class CoreLosses {
  readonly #options: CoreLossesOptions;
  readonly #policy: RestartPolicy;
  readonly #coresMax: number;
  #cores = 0;
  #answeredBefore = 0;
  #heardBefore = 0;
  #beganMs = 0;

  constructor(options: CoreLossesOptions) {
    const { level, restart, restartLimit } = options;
    this.#options = options;
    this.#coresMax = level === "memory" ? Infinity : coresPerCell;
    this.#policy = new RestartPolicy({ mode: restart, limit: restartLimit });
  }

  /** A core owns the server from now on. */
  begin(): void {
    this.#cores++;
    this.#answeredBefore = this.#answered;
    this.#heardBefore = this.#heard;
    this.#beganMs = performance.now();
  }

  /** Answers, when it is time for it, whether another core is to take over. */
  async decide(loss: CoreLoss, hasServed: boolean): Promise<boolean> {
    const { say, progress } = this.#options;
    const decision = this.#policy.decide(this.#endOf(hasServed), performance.now());
    const isLast = this.#cores >= this.#coresMax;
    say(`${this.#toldOf(loss)}; ${whatFollows(decision, isLast ? this.#cores : undefined)}`);
    for (const line of framesOf(loss)) say(line);
    if (!decision.restart || isLast) return false;
    // What was open is open again when it is asked for again.
    Atomics.store(progress, Progress.open, 0);
    if (decision.afterMs > 0) await pause(decision.afterMs);
    return true;
  }

  #endOf(hasServed: boolean): CellEnd {
    return {
      code: brokenCode,
      signal: undefined,
      said: undefined,
      hasServed,
      answered: this.#answered - this.#answeredBefore,
      heard: this.#heard - this.#heardBefore,
    };
  }

  #toldOf(loss: CoreLoss): string {
    const seconds = ((performance.now() - this.#beganMs) / 1000).toFixed(1);
    const answered = this.#answered - this.#answeredBefore;
    const how = `${howLost(loss)} after ${seconds} s, ${answered} requests answered`;
    return `the core of ${this.#options.name} ${how}`;
  }

  get #answered(): number {
    return Atomics.load(this.#options.progress, Progress.answered);
  }

  get #heard(): number {
    return Atomics.load(this.#options.progress, Progress.heard);
  }
}

function howLost(loss: CoreLoss): string {
  if (loss.kind === "stopped") return `was ended: ${loss.why},`;
  return `broke (${loss.error.message.split("\n")[0]})`;
}

function whatFollows(decision: Decision, lastOf: number | undefined): string {
  if (!decision.restart) {
    return decision.gaveUp === undefined ? "none follows" : `given up: ${decision.gaveUp}`;
  }
  if (lastOf !== undefined) return `it was the last of this process, which has had ${lastOf}`;
  if (decision.afterMs === 0) return "another takes over";
  return `another takes over in ${decision.afterMs / 1000} s`;
}

/** Where an error was thrown that is a mistake of ours: whoever is told of it needs to know. */
function framesOf(loss: CoreLoss): string[] {
  if (loss.kind === "stopped") return [];
  const lines = (loss.error.stack ?? "").split("\n").map((line) => line.trim());
  // Of a thread that ran out of memory there is nothing but where Node noticed it.
  const frames = lines.filter((line) => line.startsWith("at ") && !line.includes("(node:internal"));
  return frames.slice(0, framesMax).map((line) => `    ${line}`);
}

const framesMax = 8;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
