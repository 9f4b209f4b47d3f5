// An estimate of the processor's clock: a chain of additions, each of which needs the one before,
// takes one cycle an addition on every processor this runs on. It is an estimate because nothing
// else tells user code the clock it runs at, and because that clock changes with load.
import type { Subject } from "../harness/rounds.ts";
import { instantiate } from "./assemble.ts";
import { exportedFunction } from "./engine.ts";
import { addsPerIteration, additionChain } from "./programs.wat.ts";

export const additionName = "clock/addition";

export function clockRateFloor(additions: number): Subject {
  const iterations = Math.ceil(additions / addsPerIteration);
  const operations = iterations * addsPerIteration;
  const step = 0x2545f491;
  const run = exportedFunction(instantiate("chain", additionChain), "run");
  return {
    name: additionName,
    operations,
    expected: Math.imul(operations, step),
    run: () => run(iterations, step),
  };
}

/** Cycles per nanosecond, from the nanoseconds one addition took. */
export function clockGhz(nsPerAddition: number): number {
  return 1 / nsPerAddition;
}
