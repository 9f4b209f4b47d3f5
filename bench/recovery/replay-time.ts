// How long it takes to bring a server up, by the length of its log: the log is taken over, as the next
// owner does it, and the program replayed to its end in a system of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareModule, type PreparedModule, rehearse } from "../../src/boot/index.ts";
import { FileSegments } from "../../src/machine/node/index.ts";
import { Sessions } from "../../src/recovery/index.ts";
import { type MessageLog, openLog } from "../../src/recovery/log/index.ts";
import { compileC } from "../../test/sdk/compile.ts";
import { runTogether } from "../../test/sdk/together.ts";

export interface ReplayTimes {
  readonly records: number;
  readonly samplesMs: readonly number[];
}

const logName = "server";

export async function replayTimes(records: number, rounds: number): Promise<ReplayTimes> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-replay-"));
  try {
    await makeLog(directory, records);
    const module = await compileC("test/recovery/tally-server.c");
    const prepared = await prepareModule(module, { fuel: false, capture: "none" });
    const samplesMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      samplesMs.push(await replayOnce(directory, round + 2, prepared, records));
    }
    return { records, samplesMs };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function openIn(directory: string, epoch: number): MessageLog {
  return openLog({ segments: new FileSegments({ directory }), name: logName, epoch });
}

/** Has a client make so many requests that the server's log has so many records. */
async function makeLog(directory: string, records: number): Promise<void> {
  const log = openIn(directory, 1);
  // One for the first receive, one for each request after it, and the exit.
  const client = ["test/recovery/tally-client.c", `-DTALLY_ROUNDS=${records - 3}`];
  const { codes } = await runTogether(
    [
      {
        program: ["test/recovery/tally-server.c"],
        serves: [{ name: "tally" }],
        durable: { log, sessions: new Sessions() },
      },
      { program: client, calls: [{ name: "tally", badge: 1 }] },
    ],
    { model: "process" },
  );
  if (codes.some((code) => code !== 0)) throw new Error(`a log was not made: ${codes.join(" ")}`);
  log.close();
}

async function replayOnce(
  directory: string,
  epoch: number,
  prepared: PreparedModule,
  records: number,
): Promise<number> {
  const startMs = performance.now();
  const log = openIn(directory, epoch);
  const replayed = await rehearse({ prepared, args: ["tally"], env: [], log });
  const elapsedMs = performance.now() - startMs;
  log.close();
  if (replayed.failure !== undefined) throw replayed.failure;
  if (replayed.records !== records) {
    throw new Error(`${replayed.records} records were replayed, not ${records}`);
  }
  return elapsedMs;
}
