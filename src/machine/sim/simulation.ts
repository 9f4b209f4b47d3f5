// The simulator's world: any number of cores in one thread, virtual time, and one seed that decides
// everything left open: which of the due events comes next, how long it takes, what entropy says,
// where a disk fails. Equal seeds give equal runs, event by event.
//
// Nothing happens by itself. Whoever holds the Simulation calls `step`, and each step does exactly
// one event on one core. Time stands still within an event.
import { assert } from "../../base/index.ts";
import { Random } from "../../base/index.ts";
import type { CoreExit, CoreHandle, CoreOptions, Machine } from "../machine.ts";
import { Wake } from "../machine.ts";
import { SimDisk } from "./disk.ts";
import { copyPlainData } from "./plain-data.ts";
import { SimCore, type SimWorld } from "./sim-core.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly coreCount?: number;
  /** Where the blobs are: a new empty disk, or one that an earlier simulation left behind. */
  readonly disk?: SimDisk;
  /** What the wall clock says at the start. */
  readonly realtimeStartNs?: bigint;
  /** The least and the most virtual time that one event takes. */
  readonly eventCostNs?: readonly [least: number, most: number];
  /** Wakes a core for nothing after one event in so many. Never, unless given. */
  readonly spuriousOneIn?: number;
}

/** Why `runUntil` came back. */
export type RunEnd = "reached" | "idle" | "limit";

interface Slot {
  machine: SimCore | undefined;
  /** Rung while the core was not running; it is told when it starts. */
  isRung: boolean;
  start: (() => void) | undefined;
  exit: CoreExit | undefined;
  handler: ((exit: CoreExit) => void) | undefined;
}

interface Event {
  readonly core: number;
  readonly kind: "start" | "exit" | "wake";
  readonly reasons: number;
}

const secondsAtStart = 1_700_000_000n;

export class Simulation {
  readonly seed: number;
  readonly disk: SimDisk;
  /** Core 0. The others are made by its `startCore`. */
  readonly machine: Machine;
  #timeNs = 0;
  #eventCount = 0;
  #startCount = 0;
  readonly #slots: Slot[];
  readonly #lines = new Map<string, Int32Array<SharedArrayBuffer>>();
  readonly #schedule: Random;
  readonly #faults: Random;
  readonly #costNs: readonly [number, number];
  readonly #world: SimWorld;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.disk = options.disk ?? new SimDisk();
    this.#schedule = new Random(options.seed, "schedule");
    this.#faults = new Random(options.seed, "faults");
    this.#costNs = options.eventCostNs ?? [100, 5000];
    this.disk.drawFaultsFrom(this.#faults);
    this.#slots = Array.from({ length: options.coreCount ?? 1 }, emptySlot);
    this.#world = this.#makeWorld(options);
    this.machine = this.#slots[0].machine = this.#makeCore(0);
  }

  get nowNs(): number {
    return this.#timeNs;
  }

  /** How many events have happened: with the seed, the name of a moment of this run. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Lets virtual time pass without an event. What comes due meanwhile happens in later steps. */
  advance(durationNs: number): void {
    assert(Number.isSafeInteger(durationNs) && durationNs >= 0, "time passes forward", durationNs);
    this.#timeNs += durationNs;
  }

  /** Does one event. False if nothing is due and no timer is armed, so that nothing can happen. */
  step(): boolean {
    const due = this.#dueEvents();
    if (due.length === 0) return false;
    const event = this.#schedule.pick(due);
    this.#eventCount++;
    try {
      this.#do(event);
    } finally {
      this.#timeNs += this.#schedule.between(...this.#costNs);
    }
    return true;
  }

  /** Steps until the predicate holds, nothing can happen any more, or too much has happened. */
  runUntil(predicate: () => boolean, eventsMax: number): RunEnd {
    for (let events = 0; !predicate(); events++) {
      if (events === eventsMax) return "limit";
      if (!this.step()) return "idle";
    }
    return "reached";
  }

  /** Loses power: no core runs again, and the disk keeps what a crash leaves. */
  crash(): void {
    for (const slot of this.#slots) Object.assign(slot, emptySlot());
    this.disk.crash(this.#faults);
  }

  #makeWorld(options: SimulationOptions): SimWorld {
    const now = (): number => this.#timeNs;
    return {
      coreCount: this.#slots.length,
      get timeNs() {
        return now();
      },
      realtimeStartNs: options.realtimeStartNs ?? secondsAtStart * 1_000_000_000n,
      store: this.disk,
      spuriousOneIn: options.spuriousOneIn ?? 0,
      ring: (core) => this.#ring(core),
      lines: (name, words) => this.#linesNamed(name, words),
      start: (coreOptions) => this.#start(coreOptions),
      stopOthers: () => this.#stopOthers(),
    };
  }

  #makeCore(core: number): SimCore {
    // A core started again must not repeat the entropy of the one before it.
    const entropy = new Random(this.seed, `entropy ${core} ${this.#startCount++}`);
    const isRung = this.#slots[core].isRung;
    this.#slots[core].isRung = false;
    return new SimCore(core, this.#world, entropy, isRung);
  }

  #dueEvents(): Event[] {
    const due = this.#dueNow();
    if (due.length > 0) return due;
    let earliestNs = Infinity;
    for (const { machine } of this.#slots) {
      if (machine !== undefined) earliestNs = Math.min(earliestNs, machine.deadlineNs);
    }
    if (earliestNs === Infinity) return due;
    this.#timeNs = Math.max(this.#timeNs, Math.ceil(earliestNs));
    return this.#dueNow();
  }

  #dueNow(): Event[] {
    const events: Event[] = [];
    this.#slots.forEach((slot, core) => {
      if (slot.start !== undefined) events.push({ core, kind: "start", reasons: 0 });
      if (slot.exit !== undefined) events.push({ core, kind: "exit", reasons: 0 });
      if (slot.machine === undefined || slot.start !== undefined) return;
      const reasons = slot.machine.due();
      for (const bit of [Wake.timer, Wake.doorbell, Wake.posted]) {
        if ((reasons & bit) !== 0) events.push({ core, kind: "wake", reasons: bit });
      }
      if (slot.machine.hasUnheard()) events.push({ core, kind: "wake", reasons: 0 });
    });
    return events;
  }

  #do(event: Event): void {
    const slot = this.#slots[event.core];
    if (event.kind === "exit") return this.#finishExit(event.core, slot);
    try {
      if (event.kind === "start") takeStart(slot)();
      else slot.machine?.happen(event.reasons, this.#schedule);
    } catch (error) {
      if (event.core === 0 || slot.handler === undefined || !(error instanceof Error)) throw error;
      slot.machine = undefined;
      slot.exit = { kind: "failed", error };
    }
  }

  #ring(core: number): void {
    const slot = this.#slots[core];
    if (slot.machine === undefined) slot.isRung = true;
    else slot.machine.rung();
  }

  #linesNamed(name: string, words: number): Int32Array<SharedArrayBuffer> {
    assert(Number.isSafeInteger(words) && words > 0, "shared lines have a size", words);
    const known = this.#lines.get(name);
    if (known !== undefined) {
      assert(known.length === words, "shared lines keep their size", known.length, words);
      return known;
    }
    const made = new Int32Array(new SharedArrayBuffer(words * 4));
    this.#lines.set(name, made);
    return made;
  }

  #start({ core, entry, data }: CoreOptions): CoreHandle {
    assert(core > 0 && core < this.#slots.length, "a core number within the machine", core);
    const slot = this.#slots[core];
    assert(slot.machine === undefined && slot.exit === undefined, "core is running", core);
    const machine = this.#makeCore(core);
    const copied = copyPlainData(data);
    Object.assign(slot, { machine, start: () => entry.run(machine, copied), handler: undefined });
    return {
      core,
      stop: () => {
        if (slot.machine === machine) slot.exit ??= { kind: "stopped" };
      },
      onExit: (handler) => {
        if (slot.machine === machine || slot.exit !== undefined) slot.handler = handler;
      },
    };
  }

  #finishExit(core: number, slot: Slot): void {
    const { exit, handler } = slot;
    assert(core !== 0 && exit !== undefined, "only started cores exit", core);
    Object.assign(slot, emptySlot(), { isRung: slot.isRung });
    handler?.(exit);
  }

  #stopOthers(): void {
    for (const slot of this.#slots.slice(1)) Object.assign(slot, emptySlot());
  }
}

function takeStart(slot: Slot): () => void {
  const start = slot.start;
  assert(start !== undefined, "a start is due");
  slot.start = undefined;
  return start;
}

function emptySlot(): Slot {
  return {
    machine: undefined,
    isRung: false,
    start: undefined,
    exit: undefined,
    handler: undefined,
  };
}
