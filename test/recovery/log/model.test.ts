// The log agrees with an array, whatever is done to it in whatever order: appended to, cut, read, taken
// over by the next owner, on every kind of segments.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemorySegments } from "../../../src/machine/segment-memory.ts";
import type { SegmentStore } from "../../../src/machine/segments.ts";
import { SegmentDisk } from "../../../src/machine/sim/segment-disk.ts";
import { LogStatus, memoryLog, type MessageLog, openLog } from "../../../src/recovery/log/index.ts";

const seed = Number(process.env.SHOAL_SEED ?? 20_240_501);
const segmentBytes = 4096;

interface Pair {
  epoch: number;
  ours: MessageLog;
  readonly segments: SegmentStore;
  readonly model: MessageLog;
}

type Action =
  | { readonly kind: "append"; readonly length: number; readonly word: number }
  | { readonly kind: "cut"; readonly share: number; readonly image: string }
  | { readonly kind: "takeOver" };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: appendAction(fc.nat(60)) },
  { weight: 1, arbitrary: appendAction(fc.integer({ min: 900, max: 3000 })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("cut" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      image: fc.string({ maxLength: 120 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("takeOver" as const) }) },
);

function appendAction(length: fc.Arbitrary<number>): fc.Arbitrary<Action> {
  return fc.record({ kind: fc.constant("append" as const), length, word: fc.integer() });
}

function play(pair: Pair, step: Action): void {
  const { ours, model } = pair;
  if (step.kind === "append") {
    const words = new Int32Array(step.length + 3).map((_, index) => step.word + index);
    expect(ours.append(words, step.length)).toBe(model.append(words, step.length));
  } else if (step.kind === "cut") {
    const number = model.first + Math.floor(step.share * (model.end - model.first));
    expect(ours.cut(number, step.image)).toBe(model.cut(number, step.image));
  } else {
    pair.epoch++;
    ours.close();
    pair.ours = openLog({ segments: pair.segments, name: "log", epoch: pair.epoch, segmentBytes });
  }
}

function expectSame({ ours, model }: Pair): void {
  const summary = ({ first, end, image }: MessageLog) => ({ first, end, image });
  expect(summary(ours)).toEqual(summary(model));
  for (let number = ours.first; number < ours.end; number++) {
    const isSame = ours.read(number).every((word, at) => word === model.read(number)[at]);
    expect([number, isSame, ours.read(number).length]).toEqual([
      number,
      true,
      model.read(number).length,
    ]);
  }
}

const stores: [string, () => SegmentStore][] = [
  ["memory", () => new MemorySegments()],
  ["a simulated disk", () => new SegmentDisk().store()],
];

describe.each(stores)("a log in %s", (_, makeStore) => {
  it(`agrees with an array after any actions (seed ${seed})`, () => {
    const property = fc.property(fc.array(action, { maxLength: 150, size: "max" }), (actions) => {
      const segments = makeStore();
      const ours = openLog({ segments, name: "log", epoch: 1, segmentBytes });
      const pair: Pair = { epoch: 1, ours, segments, model: memoryLog() };
      for (const step of actions) play(pair, step);
      expectSame(pair);
      play(pair, { kind: "takeOver" });
      expectSame(pair);
    });
    fc.assert(property, { seed, numRuns: 150 });
  });

  it("reads its records in any order", () => {
    const ours = openLog({ segments: makeStore(), name: "log", epoch: 1, segmentBytes });
    for (let number = 0; number < 2000; number++) {
      expect(ours.append(Int32Array.of(number, -number), 1 + (number % 2))).toBe(LogStatus.ok);
    }
    for (let turn = 0; turn < 2000; turn++) {
      const number = (turn * 1237) % 2000;
      expect([...ours.read(number)]).toEqual([number, -number].slice(0, 1 + (number % 2)));
    }
  });
});
