// One simulated run: a seed, a number of events, and what came of it.
import { Preemption, type Techniques } from "../src/kernel/index.ts";
import { Coverage } from "./coverage.ts";
import { step } from "./driver.ts";
import { SimulationFailure } from "./failure.ts";
import { finish } from "./finish.ts";
import { createWorld, type World } from "./world.ts";

export interface RunOptions {
  readonly seed: number;
  readonly events: number;
  /** Undefined: the seed decides. */
  readonly preemption?: Preemption | undefined;
  readonly techniques?: Partial<Techniques>;
  readonly coverage?: Coverage;
  readonly trace?: ((line: string) => void) | undefined;
  /** Called before every event, for traces and planted defects. */
  readonly onEvent?: (world: World) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly events: number;
  readonly ipcCount: number;
}

const preemptions: readonly Preemption[] = [Preemption.none, Preemption.partial, Preemption.full];

/** Runs a seed to its end; throws a `SimulationFailure` at the first thing that is wrong. */
export function run(options: RunOptions): RunResult {
  const { seed, events } = options;
  const world = createWorld({
    seed,
    preemption: options.preemption ?? preemptions[seed % preemptions.length],
    techniques: options.techniques ?? {},
    trace: options.trace,
    coverage: options.coverage ?? new Coverage(),
  });
  try {
    for (let event = 0; event < events; event++) {
      options.onEvent?.(world);
      step(world);
    }
    finish(world);
  } catch (error) {
    throw new SimulationFailure(seed, world.eventCount, error);
  }
  return { seed, events: world.eventCount, ipcCount: world.k.ipcCount };
}
