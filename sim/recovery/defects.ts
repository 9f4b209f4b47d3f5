// Defects that the simulation of recovery must find: mistakes that somebody could make in the log, in the door, in
// sessions and in images, and some that somebody made. Each is put in the place of the right code for some seeds.
import { StoredImages } from "../../src/boot/durable/durable-images.ts";
import { ImageStore } from "../../src/checkpoint/index.ts";
import { SimDisk } from "../../src/machine/sim/index.ts";
import { StoreStatus } from "../../src/machine/store.ts";
import { Sessions } from "../../src/recovery/index.ts";
import { LogSegment } from "../../src/recovery/log/log-segment.ts";
import { takenOverWord } from "../../src/recovery/log/segment-header.ts";
import { SegmentedLog } from "../../src/recovery/log/segmented-log.ts";
import { Owed } from "../../src/recovery/owed.ts";
import { Rejoin } from "../../src/recovery/rejoin.ts";
import { RemadeCalls } from "../../src/recovery/remade.ts";
import type { SessionState } from "../../src/recovery/door-state.ts";
import { SimImages } from "./images.ts";
import { runRecovery } from "./run.ts";

export interface Defect {
  readonly name: string;
  /** Puts it in; answers how to take it out again. */
  readonly plant: () => () => void;
  /** The first seed to look at; few show it. */
  readonly from?: number;
}

export const defects: readonly Defect[] = [
  inMethod("a request made again is taken for a new one", Sessions, "announce", () => "fresh"),
  inMethod("answers to callers of a lost kernel are not kept", Owed, "saying", () => false),
  inMethod(
    "an owner is not told that it was taken over",
    LogSegment,
    "add",
    (add, args, segment) => {
      segment.words[takenOverWord] = 0;
      return add(...args);
    },
  ),
  inGetter("what is said does not wait for the log", SegmentedLog, "stableEnd", () => Infinity),
  inMethod("the log is cut at its end", SegmentedLog, "cut", (cut, [, image], { end }) =>
    cut(end, image),
  ),
  inMethod("only one image is kept", ImageStore, "collect", (collect) => collect(1)),
  inMethod("images are not flushed", SimDisk, "flush", () => StoreStatus.ok),
  seldom(
    400,
    inMethod(
      "an image is relied on that was not flushed",
      ImageStore,
      "makeDurable",
      () => undefined,
    ),
  ),
  inMethod("images are not removed, and share bad pages", ImageStore, "remove", () => undefined),
  seldom(
    930,
    inGetter("an image is written before the log is stable", SimImages, "canStep", isBusy),
  ),
  inMethod("an image ahead of the kernel is gone on from", StoredImages, "newest", (newest) =>
    newest(),
  ),
  inMethod("an image has no answers that were given", Sessions, "exportState", (state) =>
    (state() as SessionState[]).map((session) => ({ ...session, reply: null })),
  ),
  inMethod("an image does not say who is owed an answer", Owed, "exportState", () => ({
    current: null,
    saved: [],
  })),
  inMethod("an image does not say what was made", RemadeCalls, "exportState", () => []),
  inMethod("an image does not count what servers answered", Rejoin, "exportState", () => []),
];

/** What shows a defect in the first of so many seeds that does; undefined if none does. */
export function findDefect({ plant, from = 1 }: Defect, seeds: number): string | undefined {
  const takeOut = plant();
  try {
    for (let seed = from; seed < from + seeds; seed++) {
      const failure = failureOf(seed);
      if (failure !== undefined) return `seed ${seed}: ${failure}`;
    }
    return undefined;
  } finally {
    takeOut();
  }
}

function failureOf(seed: number): string | undefined {
  try {
    runRecovery(seed);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function seldom(from: number, defect: Defect): Defect {
  return { ...defect, from };
}

function isBusy(images: SimImages): boolean {
  return images.isBusy;
}

interface Class<T> {
  readonly prototype: T;
}

/** What is done in the place of the right method. */
type Wrong<T> = (right: (...args: unknown[]) => unknown, args: unknown[], self: T) => unknown;

function inMethod<T extends object>(
  name: string,
  { prototype }: Class<T>,
  method: keyof T & string,
  wrong: Wrong<T>,
): Defect {
  const right = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  const value = function (this: T, ...args: unknown[]): unknown {
    return wrong(right.bind(this), args, this);
  };
  return { name, plant: () => replace(prototype, method, { value }) };
}

/** Answers something else in the place of a property. */
function inGetter<T extends object>(
  name: string,
  { prototype }: Class<T>,
  property: keyof T & string,
  wrong: (self: T) => unknown,
): Defect {
  const get = function (this: T): unknown {
    return wrong(this);
  };
  return { name, plant: () => replace(prototype, property, { get }) };
}

function replace(prototype: object, key: string, descriptor: PropertyDescriptor): () => void {
  const right = Object.getOwnPropertyDescriptor(prototype, key)!;
  Object.defineProperty(prototype, key, { ...descriptor, configurable: true });
  return () => {
    Object.defineProperty(prototype, key, right);
  };
}
