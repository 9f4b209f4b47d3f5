// The two clocks of a Node machine. The monotonic one counts from an origin that core 0 takes once
// and hands to every core, so that all cores read one clock. The wall clock follows the host's, which
// only tells milliseconds, and takes the digits below them from the monotonic one.

/** What `process.hrtime` said when the machine was made: the same counter in every thread. */
export type ClockOrigin = readonly [seconds: number, nanoseconds: number];

const millisecondNs = 1_000_000;
/** How far the two clocks may drift apart before the wall clock is believed again. */
const driftNsMax = 2n * BigInt(millisecondNs);

/** The origin of a clock that shows `startNs` now. */
export function takeOrigin(startNs = 0): ClockOrigin {
  const [seconds, nanoseconds] = process.hrtime();
  return [seconds - Math.floor(startNs / 1e9), nanoseconds - (startNs % 1e9)];
}

export class Clock {
  readonly #origin: ClockOrigin;
  #anchorNs = 0;
  #anchorRealtimeNs = 0n;

  constructor(origin: ClockOrigin) {
    this.#origin = origin;
  }

  nowNs(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return (seconds - this.#origin[0]) * 1e9 + (nanoseconds - this.#origin[1]);
  }

  realtimeNs(): bigint {
    const nowNs = this.nowNs();
    const coarseNs = BigInt(Date.now()) * BigInt(millisecondNs);
    const fineNs = this.#anchorRealtimeNs + BigInt(nowNs - this.#anchorNs);
    const aheadNs = fineNs - coarseNs;
    if (aheadNs >= 0n && aheadNs < driftNsMax) return fineNs;
    this.#anchorNs = nowNs;
    this.#anchorRealtimeNs = coarseNs;
    return coarseNs;
  }
}
