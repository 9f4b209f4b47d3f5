// Failure detector: whom this core has not heard for too long. It suspects itself first: if its own clock has jumped
// between two ticks, it was this core that slept (a stopped process, a paused machine, a long turn), and everybody
// gets their time again. A suspect is not a dead core. Whoever runs this has it ended, and reports the death when that is
// certain (membership.ts); so a core that only seemed dead does no harm, and is missed by nobody who counts on it.
import { assert } from "../base/index.ts";
import type { Core } from "./name.ts";

export interface DetectorOptions {
  /** Silence after which a core is suspected, in ns. */
  readonly silenceNs: number;
  /** Time between two ticks after which this core takes itself to have slept, in ns. Well below `silenceNs`. */
  readonly pauseNs: number;
}

export interface Detector {
  readonly options: DetectorOptions;
  tickedNs: number;
  /** By core, when it was last heard. */
  readonly heardNs: Map<Core, number>;
}

export interface Suspicion {
  /** Whether this core was asleep itself, so that nobody else can be judged now. */
  readonly isOwn: boolean;
  readonly suspects: readonly Core[];
}

export function newDetector(
  cores: readonly Core[],
  nowNs: number,
  options: DetectorOptions,
): Detector {
  assert(options.pauseNs * 2 <= options.silenceNs, "a pause is noticed before a silence");
  const heardNs = new Map(cores.map((core) => [core, nowNs]));
  return { options, tickedNs: nowNs, heardNs };
}

/** A line came from a core, any line. */
export function heard(detector: Detector, core: Core, nowNs: number): void {
  if (detector.heardNs.has(core)) detector.heardNs.set(core, nowNs);
}

/** The members are these now. Newcomers have their whole time. */
export function watch(detector: Detector, cores: readonly Core[], nowNs: number): void {
  for (const core of detector.heardNs.keys()) {
    if (!cores.includes(core)) detector.heardNs.delete(core);
  }
  for (const core of cores) {
    if (!detector.heardNs.has(core)) detector.heardNs.set(core, nowNs);
  }
}

/** To be called at least twice in `pauseNs`, after everything that has arrived was heard. */
export function tick(detector: Detector, nowNs: number): Suspicion {
  const { options, heardNs, tickedNs } = detector;
  detector.tickedNs = nowNs;
  if (nowNs - tickedNs > options.pauseNs) {
    for (const core of heardNs.keys()) heardNs.set(core, nowNs);
    return { isOwn: true, suspects: [] };
  }
  const isSilent = ([, lastNs]: readonly [Core, number]): boolean =>
    nowNs - lastNs > options.silenceNs;
  return { isOwn: false, suspects: [...heardNs].filter(isSilent).map(([core]) => core) };
}
