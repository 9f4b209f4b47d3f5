// Drives links from an event loop: looks for lines in every turn of the loop while they come, and sleeps until it is
// rung when none has come for a while. Each turn is bounded in lines and in time, so that timers and sockets are
// served all along.
import type { Driven } from "./link-thread.ts";

export interface LinkLoopOptions {
  /** How long to go on looking, in nanoseconds since the last line. 0: never; sleep at once. */
  readonly patienceNs: number;
  /** How long one turn may look before other events get theirs. 5 us unless given. */
  readonly turnNs?: number;
}

/** Lines that are handled of each link before anything else gets its turn. */
const linesPerBite = 64;
/** Looks before promises get their turn. */
const looksPerBite = 16;

export class LinkLoop {
  readonly #links: Driven[] = [];
  readonly #patienceMs: number;
  readonly #turnMs: number;
  #turn: NodeJS.Immediate | undefined;
  #turnEndMs = 0;
  #lastLineMs = 0;

  constructor({ patienceNs, turnNs = 5000 }: LinkLoopOptions) {
    this.#patienceMs = patienceNs / 1e6;
    this.#turnMs = Math.min(turnNs, patienceNs) / 1e6;
  }

  /** Whether the loop sleeps until it is rung. */
  get isAsleep(): boolean {
    return this.#turn === undefined;
  }

  add(link: Driven): void {
    this.#links.push(link);
    link.carrier.onRing(() => this.wake());
    this.wake();
  }

  remove(link: Driven): void {
    const at = this.#links.indexOf(link);
    if (at >= 0) this.#links.splice(at, 1);
  }

  /** Looks again, as if a line had just come: an answer is expected, or somebody rang. */
  wake(): void {
    this.#lastLineMs = performance.now();
    if (this.#turn !== undefined) return;
    for (const link of this.#links) link.rise();
    this.#turn = setImmediate(this.#onTurn);
  }

  /** Looks no more. Links stay as they are. */
  close(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#links.length = 0;
    this.#turn = undefined;
  }

  readonly #onTurn = (): void => {
    this.#turnEndMs = performance.now() + this.#turnMs;
    this.#bite();
  };

  /**
   * Part of a turn. What waits for a line goes on in a microtask, and may send the next one: so the rest of the turn
   * is a microtask too, behind it.
   */
  readonly #bite = (): void => {
    let lines = this.#look();
    for (let look = 1; look < looksPerBite && lines === 0; look++) lines = this.#look();
    if (this.#turn === undefined) return;
    const nowMs = performance.now();
    if (lines > 0) this.#lastLineMs = nowMs;
    if (nowMs < this.#turnEndMs) queueMicrotask(this.#bite);
    else this.#endTurn(nowMs);
  };

  /** Looks at every link once. Answers how many lines there were. */
  #look(): number {
    let lines = 0;
    for (const link of this.#links) lines += link.turn(linesPerBite);
    return lines;
  }

  #endTurn(nowMs: number): void {
    const isPatient = nowMs - this.#lastLineMs < this.#patienceMs;
    this.#turn = isPatient || !this.#fallAsleep() ? setImmediate(this.#onTurn) : undefined;
  }

  /** All links, or none: a loop sleeps for all of them. */
  #fallAsleep(): boolean {
    // From behind: whoever hears of an end may remove links.
    for (let i = this.#links.length - 1; i >= 0; i--) {
      const link = this.#links[i];
      link.checkEnding();
      if (link.ending !== undefined) this.remove(link);
    }
    const stayedUp = this.#links.findIndex((link) => !link.fallAsleep());
    if (stayedUp < 0) return true;
    for (const link of this.#links.slice(0, stayedUp)) link.rise();
    return false;
  }
}
