// Whether a core gets on, or the cell that keeps it. That it answers is no proof, and that it is silent none against it: what counts
// is whether its core is ever free, and whether requests that wait are answered. Time is counted in
// reports, so that a machine that slept has lost no time here.
import { Progress, reportMs } from "./progress.ts";

/** A server that starts may have a long log to go through first. */
const startingFactor = 4;

/** Whose health: that of a core, by its program's requests, too, or that of the thread that keeps it. */
export type HealthOf = "core" | "keeper";

export class Health {
  readonly #of: HealthOf;
  readonly #limit: number;
  readonly #hangSeconds: number;
  #last: readonly number[] | undefined;
  #stuck = 0;
  #unanswered = 0;
  #silent = 0;
  #isOpen = false;

  /** `hangSeconds` 0: nothing is ever wrong. */
  constructor(hangSeconds: number, of: HealthOf = "core") {
    this.#of = of;
    this.#hangSeconds = hangSeconds;
    this.#limit = hangSeconds === 0 ? Infinity : Math.ceil((hangSeconds * 1000) / reportMs);
  }

  opened(): void {
    this.#isOpen = true;
    this.#stuck = 0;
    this.#unanswered = 0;
  }

  /** A report came: what is wrong, if anything is. */
  report(words: readonly number[]): string | undefined {
    const last = this.#last;
    this.#last = words;
    this.#silent = 0;
    if (last === undefined) return undefined;
    const isSame = (word: number): boolean => words[word] === last[word];
    // A cell without one has its core where its first thread is.
    const isKept = words[Progress.keeperTurns]! > 0;
    if (this.#of === "keeper" && isKept) return this.#judgeKeeper(isSame(Progress.keeperTurns));
    this.#stuck = isSame(Progress.turns) ? this.#stuck + 1 : 0;
    const isWaiting = words[Progress.open]! > 0 && isSame(Progress.answered);
    this.#unanswered = isWaiting && isSame(Progress.idles) ? this.#unanswered + 1 : 0;
    const limit = this.#isOpen ? this.#limit : this.#limit * startingFactor;
    if (this.#stuck >= limit) return `one program has kept its core for ${this.#seconds(limit)} s`;
    if (this.#unanswered < limit) return undefined;
    return (
      `it has computed for ${this.#seconds(limit)} s and answered none of ` +
      `${words[Progress.open]} requests`
    );
  }

  #judgeKeeper(isStuck: boolean): string | undefined {
    this.#stuck = isStuck ? this.#stuck + 1 : 0;
    if (this.#stuck < this.#limit) return undefined;
    return `its first thread has not come to its events for ${this.#hangSeconds} s`;
  }

  /** To be called every `reportMs`: what is wrong if no report came for long. */
  tick(): string | undefined {
    if (++this.#silent < this.#limit) return undefined;
    return `its process has not run for ${this.#hangSeconds} s`;
  }

  #seconds(reports: number): number {
    return Math.round((reports * reportMs) / 1000);
  }
}
