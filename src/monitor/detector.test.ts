// Whom a core suspects, and that it looks at itself first.
import { describe, expect, it } from "vitest";
import { heard, newDetector, tick, watch } from "./detector.ts";

const options = { silenceNs: 100, pauseNs: 20 };

/** Ticks in steps of ten, and hears those cores before each. */
function run(
  detector: ReturnType<typeof newDetector>,
  fromNs: number,
  toNs: number,
  cores: number[],
) {
  let last = { isOwn: false, suspects: [] as readonly number[] };
  for (let nowNs = fromNs; nowNs <= toNs; nowNs += 10) {
    for (const core of cores) heard(detector, core, nowNs);
    last = tick(detector, nowNs);
  }
  return last;
}

describe("a failure detector", () => {
  it("suspects who has been silent, and nobody else", () => {
    const detector = newDetector([1, 2], 0, options);
    expect(run(detector, 10, 100, [1])).toEqual({ isOwn: false, suspects: [] });
    expect(run(detector, 110, 110, [1])).toEqual({ isOwn: false, suspects: [2] });
  });

  it("suspects itself when it has slept, and gives everybody their time again", () => {
    const detector = newDetector([1, 2], 0, options);
    run(detector, 10, 90, []);
    expect(tick(detector, 5000)).toEqual({ isOwn: true, suspects: [] });
    expect(run(detector, 5010, 5100, [1])).toEqual({ isOwn: false, suspects: [] });
    expect(run(detector, 5110, 5110, [1]).suspects).toEqual([2]);
  });

  it("gives a newcomer its time, and forgets who has left", () => {
    const detector = newDetector([1], 0, options);
    run(detector, 10, 90, [1]);
    watch(detector, [2], 90);
    expect(run(detector, 100, 190, []).suspects).toEqual([]);
    expect(run(detector, 200, 200, []).suspects).toEqual([2]);
    heard(detector, 1, 200);
    expect([...detector.heardNs.keys()]).toEqual([2]);
  });

  it("refuses a pause that would be noticed later than a silence", () => {
    expect(() => newDetector([1], 0, { silenceNs: 30, pauseNs: 20 })).toThrow("a pause is noticed");
  });
});
