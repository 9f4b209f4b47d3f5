// A run that went wrong: what was found, and how to see it again.

export class SimulationFailure extends Error {
  override readonly name = "SimulationFailure";
  readonly seed: number;
  readonly event: number;

  constructor(seed: number, event: number, found: unknown) {
    const text = found instanceof Error ? found.message : String(found);
    super(`seed ${seed}, event ${event}: ${text}; run \`npm run sim -- --seed ${seed} --trace\``, {
      cause: found,
    });
    this.seed = seed;
    this.event = event;
  }
}

/** A promise of the kernel to its programs that was not kept. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** Says that a promise to programs holds. The text is made only when it does not. */
export function promise(holds: boolean, text: () => string): void {
  if (!holds) throw new BrokenPromise(text());
}
