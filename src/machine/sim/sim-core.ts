// One simulated core: its Machine, and what is waiting to happen on it. It decides nothing: the
// Simulation looks at what is due on every core, picks from its seed, and tells the core to do it.
import { assert } from "../../base/index.ts";
import type { Random } from "../../base/index.ts";
import { Wake, type CoreHandle, type CoreOptions, type Machine } from "../machine.ts";
import type { Store } from "../store.ts";

/** What a core needs of the simulation around it. */
export interface SimWorld {
  readonly coreCount: number;
  readonly timeNs: number;
  readonly realtimeStartNs: bigint;
  readonly store: Store;
  readonly spuriousOneIn: number;
  ring(core: number): void;
  lines(name: string, words: number): Int32Array<SharedArrayBuffer>;
  start(options: CoreOptions): CoreHandle;
  stopOthers(): void;
}

interface Posted {
  /** Undefined for a yield. */
  readonly task: (() => void) | undefined;
  /** The wakes that were due when this was posted and have not been delivered yet. */
  after: number;
}

export class SimCore implements Machine {
  readonly core: number;
  readonly #world: SimWorld;
  readonly #entropy: Random;
  #handler: ((reasons: number) => void) | undefined;
  #deadlineNs = Infinity;
  #isRung: boolean;
  #posted: Posted[] = [];
  /** Wakes that found no handler. */
  #unheard = 0;
  #isClosed = false;

  constructor(core: number, world: SimWorld, entropy: Random, isRung: boolean) {
    this.core = core;
    this.#world = world;
    this.#entropy = entropy;
    this.#isRung = isRung;
  }

  get coreCount(): number {
    return this.#world.coreCount;
  }

  get store(): Store {
    return this.#world.store;
  }

  nowNs(): number {
    return this.#world.timeNs;
  }

  realtimeNs(): bigint {
    return this.#world.realtimeStartNs + BigInt(this.#world.timeNs);
  }

  entropy(target: Uint8Array): void {
    this.#entropy.fill(target);
  }

  setTimer(deadlineNs: number): void {
    assert(!Number.isNaN(deadlineNs), "a deadline is a number");
    if (!this.#isClosed) this.#deadlineNs = deadlineNs;
  }

  onWake(handler: (reasons: number) => void): void {
    assert(this.#handler === undefined, "a core has one wake handler", this.core);
    if (!this.#isClosed) this.#handler = handler;
  }

  post(task: () => void): void {
    if (!this.#isClosed) this.#posted.push({ task, after: this.#overdue() });
  }

  yieldToEvents(): void {
    if (!this.#isClosed) this.#posted.push({ task: undefined, after: this.#overdue() });
  }

  ringDoorbell(core: number): void {
    assert(core >= 0 && core < this.coreCount, "a doorbell belongs to a core", core);
    if (!this.#isClosed) this.#world.ring(core);
  }

  sharedLines(name: string, words: number): Int32Array<SharedArrayBuffer> {
    return this.#world.lines(name, words);
  }

  startCore(options: CoreOptions): CoreHandle {
    assert(this.core === 0 && !this.#isClosed, "only core 0 starts cores", this.core);
    return this.#world.start(options);
  }

  close(): void {
    this.#isClosed = true;
    this.#handler = undefined;
    this.#deadlineNs = Infinity;
    this.#isRung = false;
    this.#posted = [];
    this.#unheard = 0;
    if (this.core === 0) this.#world.stopOthers();
  }

  // ---- for the simulation only ----

  /** When the timer is to fire; Infinity while it is disarmed. */
  get deadlineNs(): number {
    return this.#deadlineNs;
  }

  rung(): void {
    if (!this.#isClosed) this.#isRung = true;
  }

  /** The reasons for which this core could be woken at this moment, each a bit. */
  due(): number {
    let reasons = this.#overdue();
    const first = this.#posted[0];
    if (first !== undefined && (first.after & reasons) === 0) reasons |= Wake.posted;
    return reasons;
  }

  /** Does the due things named by the bits: one event of the simulation. */
  happen(reasons: number, random: Random): void {
    if ((reasons & Wake.timer) !== 0) this.#deadlineNs = Infinity;
    if ((reasons & Wake.doorbell) !== 0) this.#isRung = false;
    for (const posted of this.#posted) posted.after &= ~reasons;
    if ((reasons & Wake.posted) !== 0) this.#runPosted(random);
    this.#wake(reasons);
    this.#maybeRingForNothing(random);
  }

  /** What happened without a handler and can be told now that there is one. */
  hasUnheard(): boolean {
    return this.#unheard !== 0 && this.#handler !== undefined;
  }

  #overdue(): number {
    const timer = this.#deadlineNs <= this.#world.timeNs ? Wake.timer : 0;
    return timer | (this.#isRung ? Wake.doorbell : 0);
  }

  /** Runs some of what was posted, from the front; the rest is for another turn. */
  #runPosted(random: Random): void {
    const blocked = this.#posted.findIndex((posted) => (posted.after & this.#overdue()) !== 0);
    const ready = blocked < 0 ? this.#posted.length : blocked;
    // Taken one by one, so that a task that throws or closes the machine leaves the rest in order.
    for (let left = random.between(1, ready); left > 0; left--) this.#posted.shift()?.task?.();
  }

  #wake(reasons: number): void {
    if (this.#isClosed) return;
    this.#unheard |= reasons;
    if (this.#handler === undefined) return;
    const told = this.#unheard;
    this.#unheard = 0;
    this.#handler(told);
  }

  #maybeRingForNothing(random: Random): void {
    const oneIn = this.#world.spuriousOneIn;
    if (oneIn > 0 && random.chance(1, oneIn)) this.rung();
  }
}
