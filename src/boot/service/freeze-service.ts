// A service of `boot()` is frozen: its state is taken between two calls.
import type { FrozenState } from "../../process/index.ts";
import type { RunnableService } from "./make-service.ts";

/** A service that cannot be frozen now; the message says why. */
export class FreezeError extends Error {
  override readonly name = "FreezeError";
}

const waitMsDefault = 10_000;
/** Calls end in many ways, and none of them is worth a look each time: this is the only one who wants to know. */
const lookMs = 2;

/** @throws FreezeError, ServiceLoadError */
export async function freezeService(
  service: RunnableService | undefined,
  waitMs = waitMsDefault,
): Promise<FrozenState> {
  if (service === undefined) {
    throw new FreezeError("this is no client of a service that this system has spawned");
  }
  if (service.freeze === undefined) {
    throw new FreezeError(`${service.name} is durable: shoal freeze and shoal fork are for those`);
  }
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const frozen = service.freeze();
    if (frozen !== undefined) return frozen;
    if (performance.now() >= untilMs) {
      throw new FreezeError(
        `${service.name} has calls, streams or timers that were still open after ${waitMs} ms`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}
