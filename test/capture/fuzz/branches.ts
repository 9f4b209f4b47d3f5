// Which branches of reader and rewriter were reached, as the engine counts them: every function and every
// block of one that it can tell apart.
import { Session } from "node:inspector/promises";

export interface Branches {
  readonly reached: number;
  readonly total: number;
  /** Places never reached, as "file:offset". */
  readonly missed: readonly string[];
}

const watched = /\/src\/process\/wasm\/(?:binary|rewrite)\/(?!.*\.test\.)/;

/** Runs the work with its branches counted. */
export async function countBranches(work: () => void): Promise<Branches> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  work();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const ranges = result
    .filter(({ url }) => watched.test(url))
    .flatMap(({ url, functions }) =>
      functions.flatMap((one) =>
        one.ranges.map(({ count, startOffset }) => ({ url, count, startOffset })),
      ),
    );
  const missed = ranges.filter(({ count }) => count === 0);
  return {
    reached: ranges.length - missed.length,
    total: ranges.length,
    missed: missed.map(
      ({ url, startOffset }) => `${url.replace(/^.*\/wasm\//, "")}:${startOffset}`,
    ),
  };
}
