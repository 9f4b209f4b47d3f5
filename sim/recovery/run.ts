// One seed of the recovery simulation: cells that are lost one after the other, or stopped, taken over from and
// woken up, processes that break, power that fails under writes, disks that are full, images that are damaged,
// until every client has all its answers; then the histories are judged.
import { Random } from "../../src/base/index.ts";
import { SegmentDisk } from "../../src/machine/sim/index.ts";
import type { SegmentStore } from "../../src/machine/segments.ts";
import { LogRefusedError, type MessageLog, openLog } from "../../src/recovery/index.ts";
import { BrokenPromise } from "../failure.ts";
import { Cell, firstOutsideBadge } from "./cell.ts";
import { CellLost } from "./cell-store.ts";
import { ImageDisk } from "./image-disk.ts";
import { Effects, judge, OutsideClient } from "./outside.ts";
import { Label } from "./program.ts";

export interface RecoveryRun {
  readonly steps: number;
  readonly lostCells: number;
  readonly deaths: number;
  readonly powerLosses: number;
  /** Cells that were stopped and worked on after they had been taken over from. */
  readonly wokenCells: number;
  /** Cells that ended, or could not begin, for want of room. */
  readonly fullDisks: number;
  readonly repeatedEffects: number;
  /** Images that became durable, and those of which one was damaged afterwards. */
  readonly images: number;
  readonly damagedImages: number;
}

/** Cells that are stopped at a time. */
const sleepersMax = 2;
const stepsMax = 6_000;

/**
 * Without `stops` nothing is stopped and no disk is full, without `images` none are made: what seeds were before
 * there was that.
 */
export interface RecoveryFaults {
  readonly stops?: boolean;
  readonly images?: boolean;
}

/** @throws BrokenPromise if a client was answered wrongly, or not at all */
export function runRecovery(seed: number, faults: RecoveryFaults = {}): RecoveryRun {
  return new Recovery(seed, faults).run();
}

class Recovery {
  readonly #random: Random;
  /** Decides what is stopped and when a disk is full, apart from everything else. */
  readonly #stops: Random | undefined;
  readonly #disk = new SegmentDisk();
  readonly #images: ImageDisk | undefined;
  readonly #isDisk: boolean;
  readonly #scripts: number[][];
  readonly #outside: OutsideClient[];
  /** Asks for nothing but to let others have their answers. */
  readonly #nudger: OutsideClient;
  readonly #effects = new Effects();
  #epoch = 0;
  #deaths = 0;
  #powerLosses = 0;
  #wokenCells = 0;
  #fullDisks = 0;
  /** Cells that were stopped, and do not know that they were taken over from. */
  #sleepers: Cell[] = [];
  #woken = new Set<Cell>();

  constructor(seed: number, { stops = true, images = true }: RecoveryFaults) {
    const random = new Random(seed, "recovery");
    this.#random = random;
    this.#stops = stops ? new Random(seed, "stops") : undefined;
    this.#images = images
      ? new ImageDisk(new Random(seed, "images"), () => this.#isFull)
      : undefined;
    this.#isDisk = random.chance(1, 2);
    const script = (): number[] =>
      Array.from({ length: random.between(1, 7) }, () =>
        random.pick([Label.add, Label.add, Label.later, Label.nested]),
      );
    this.#scripts = Array.from({ length: random.below(3) }, script);
    const count = random.between(1, 4);
    this.#outside = Array.from(
      { length: count },
      (_, i) => new OutsideClient(firstOutsideBadge + i, script()),
    );
    this.#nudger = new OutsideClient(firstOutsideBadge + count, []);
    this.#outside.push(this.#nudger);
  }

  run(): RecoveryRun {
    let steps = 0;
    let cell = this.#beginUntilBegun();
    while (!this.#isOver(cell)) {
      if (++steps > stepsMax) throw new BrokenPromise("clients wait for ever");
      if (this.#random.chance(1, 60)) cell = this.#lose(cell);
      else if (this.#sleepers.length > 0 && this.#stops!.chance(1, 4)) this.#stepSleeper();
      else if (!this.#survives(() => this.#step(cell))) cell = this.#lose();
    }
    const histories = new Map(this.#effects.seen);
    for (const { badge, answers } of this.#outside) histories.set(badge, answers);
    judge(histories);
    this.#judgeComplete();
    return {
      steps,
      lostCells: this.#epoch - 1,
      deaths: this.#deaths,
      powerLosses: this.#powerLosses,
      wokenCells: this.#wokenCells,
      fullDisks: this.#fullDisks,
      repeatedEffects: this.#effects.repeats,
      images: this.#images?.keptCount ?? 0,
      damagedImages: this.#images?.damagedCount ?? 0,
    };
  }

  #isOver(cell: Cell): boolean {
    return cell.isOver && this.#outside.every(({ open }) => open === undefined);
  }

  #step(cell: Cell): void {
    const random = this.#random;
    if (this.#images?.stepOneOf(cell.writing, cell.isIdle) === true) return;
    if (this.#disk.pendingSyncs > 0 && (cell.isIdle || random.chance(1, 3))) {
      this.#disk.finishSync();
    } else if (cell.isIdle) {
      this.#nudger.labels.push(Label.add);
      for (const one of this.#outside) cell.nudge(one);
    } else if (cell.running?.canDie === true && random.chance(1, 25)) {
      this.#deaths++;
      cell.running.die();
    } else cell.step();
    if (random.chance(1, 20)) this.#disk.writeBack();
  }

  /** A cell that was stopped goes on for a step, until it finds out. */
  #stepSleeper(): void {
    const sleeper = this.#stops!.pick(this.#sleepers);
    if (!this.#woken.has(sleeper)) this.#wokenCells++;
    this.#woken.add(sleeper);
    try {
      if (this.#images?.stepOneOf(sleeper.writing, sleeper.isIdle) === true) return;
      if (sleeper.isIdle) return;
      sleeper.step();
    } catch (error) {
      if (!isTakenOver(error) && !(error instanceof CellLost)) throw error;
      this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
    }
  }

  /** False if the cell is lost of it, or there was no room for what was to be done; there is some then. */
  #survives(action: () => void): boolean {
    if (this.#stops?.chance(1, 100) === true) this.#disk.capacityBytes = 0;
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof CellLost) return false;
      if (!isFull(error)) throw error;
      this.#fullDisks++;
      this.#disk.capacityBytes = Infinity;
      return false;
    }
  }

  get #isFull(): boolean {
    return this.#disk.capacityBytes === 0;
  }

  /** The cell is gone, perhaps with the power; or it was only stopped, if it is given. */
  #lose(stopped?: Cell): Cell {
    if (stopped !== undefined && this.#stops?.chance(1, 3) === true) {
      this.#sleepers = [...this.#sleepers, stopped].slice(-sleepersMax);
    } else if (this.#isDisk && this.#random.chance(1, 2)) {
      this.#powerLosses++;
      this.#sleepers = [];
      this.#disk.losePower(this.#random);
      this.#images?.losePower();
    } else this.#disk.kill();
    this.#images?.damage();
    return this.#beginUntilBegun();
  }

  #beginUntilBegun(): Cell {
    let cell: Cell | undefined;
    while (!this.#survives(() => (cell = this.#begin()))) continue;
    return cell!;
  }

  #begin(): Cell {
    this.#epoch++;
    const segments = storeAt(this.#disk.store(), this.#isDisk);
    const log = (name: string): MessageLog =>
      openLog({ segments, name, epoch: this.#epoch, segmentBytes: 4096 });
    const names = ["server", "behind", ...this.#scripts.map((_, i) => `client${i}`)];
    const logs = names.map(log);
    return new Cell({
      random: this.#random,
      epoch: this.#epoch,
      logs,
      images: this.#images?.open(this.#epoch, names, logs) ?? [],
      outside: this.#outside,
      effects: this.#effects,
      scripts: this.#scripts,
    });
  }

  #judgeComplete(): void {
    this.#scripts.forEach((labels, i) => {
      const seen = this.#effects.seen.get(i + 1)?.length ?? 0;
      if (seen !== labels.length) {
        throw new BrokenPromise(`client ${i + 1} had ${seen} effects of ${labels.length}`);
      }
    });
  }
}

function isFull(error: unknown): boolean {
  if (error instanceof LogRefusedError) return error.reason === "full";
  const texts = /there is no room where it is kept|the store of images takes nothing/;
  return error instanceof Error && texts.test(error.message);
}

function isTakenOver(error: unknown): boolean {
  return error instanceof Error && /another process has taken it over/.test(error.message);
}

/** At level host a write is as good as a sync: segments without one. */
function storeAt(store: SegmentStore, isDisk: boolean): SegmentStore {
  if (isDisk) return store;
  const plain = (segment: ReturnType<SegmentStore["open"]>): ReturnType<SegmentStore["open"]> => {
    if (typeof segment === "string") return segment;
    return { words: segment.words, close: () => segment.close() };
  };
  return {
    create: (name, bytes) => plain(store.create(name, bytes)),
    open: (name) => plain(store.open(name)),
    remove: (name) => store.remove(name),
    list: () => store.list(),
    close: () => store.close(),
  };
}
