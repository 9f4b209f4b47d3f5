// A durable server on a core in a worker thread, whose log is kept by the thread that started it. It waits,
// loaded, until it is told to begin.
import { mkdirSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import {
  keyFile,
  type NamePlace,
  prepareModule,
  runPipeline,
  SessionKeys,
} from "../../src/boot/index.ts";
import { type KeptSegments, keptSegments } from "../../src/machine/node/index.ts";
import { Sessions } from "../../src/recovery/index.ts";
import { openLog } from "../../src/recovery/log/index.ts";
import type { ConsoleDevice } from "../../src/server/console/index.ts";

export interface WorkerJob {
  readonly code: Uint8Array;
  readonly kept: KeptSegments;
  /** Higher in every life. */
  readonly epoch: number;
  readonly place: NamePlace;
}

export const workerReady = "ready";

const silentConsole: ConsoleDevice = {
  streams: ["character", "character", "character"],
  write: (_, bytes) => bytes.length,
  read: () => 0,
  available: () => 0,
  onReady: undefined,
};

async function serve({ code, kept, epoch, place }: WorkerJob): Promise<void> {
  const log = openLog({ segments: keptSegments(kept), name: "server", epoch });
  const sessions = new Sessions();
  const live = Promise.withResolvers<void>();
  const durable = { log, sessions, onLive: live.resolve };
  mkdirSync(place.directory, { recursive: true, mode: 0o700 });
  await runPipeline({
    grants: [],
    console: silentConsole,
    programs: [
      {
        prepared: await prepareModule(code, { fuel: false, capture: "none" }),
        args: ["ledger"],
        env: [],
        durable,
      },
    ],
    serve: {
      place,
      keys: new SessionKeys(keyFile(place.directory)),
      epoch,
      history: sessions,
      whenLive: live.promise,
      onError: fail,
    },
  });
}

/** The thread ends, and whoever started it is told. */
function fail(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

// Its starter sends nothing but jobs.
parentPort?.once("message", (job: WorkerJob) => void serve(job).catch(fail));
parentPort?.postMessage(workerReady);
