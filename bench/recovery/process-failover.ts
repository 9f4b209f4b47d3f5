// Failover of a process whose kernel lives on: the time from the moment at which its code breaks to its next
// record, that is, until it answers the client that waits, or hears the next.
import { memoryLog, type MessageLog, Sessions } from "../../src/recovery/index.ts";
import { runTogether } from "../../test/sdk/together.ts";
import { Killed } from "../../test/recovery/killed-log.ts";

/** Records that the process is brought up from, at least. */
export const recordsBefore = 1000;

/** Milliseconds, one for each death. */
export async function processFailovers(count: number): Promise<number[]> {
  const samplesMs: number[] = [];
  const rounds = recordsBefore + 2 * count;
  const { codes } = await runTogether(
    [
      {
        program: ["test/recovery/tally-server.c"],
        serves: [{ name: "tally" }],
        durable: { log: breaking(memoryLog(), count, samplesMs), sessions: new Sessions() },
      },
      {
        program: ["test/recovery/tally-client.c", `-DTALLY_ROUNDS=${rounds}`],
        calls: [{ name: "tally", badge: 1 }],
      },
    ],
    { model: "process" },
  );
  if (codes.some((code) => code !== 0) || samplesMs.length !== count) {
    throw new Error(`${samplesMs.length} failovers, and codes ${codes.join(" ")}`);
  }
  return samplesMs;
}

/** A log whose process breaks at every record after the first thousand, so many times. */
function breaking(log: MessageLog, count: number, samplesMs: number[]): MessageLog {
  let brokenAtMs: number | undefined;
  let deaths = 0;
  let lastEnd = 0;
  const stableEnd = (): number => {
    const isDue = log.end >= recordsBefore && log.end > lastEnd && deaths < count;
    if (!isDue) return log.stableEnd;
    lastEnd = log.end;
    deaths++;
    brokenAtMs = performance.now();
    throw new Killed(`after ${log.end}`);
  };
  const append: MessageLog["append"] = (words, length) => {
    if (brokenAtMs !== undefined) samplesMs.push(performance.now() - brokenAtMs);
    brokenAtMs = undefined;
    return log.append(words, length);
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === "stableEnd") return stableEnd();
      if (name === "append") return append;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
