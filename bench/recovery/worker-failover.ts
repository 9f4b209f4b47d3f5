// Failover when the worker thread is lost in which the core of a server runs, as a client sees it: the time
// from its end to the next answer. The log is in memory that the starting thread keeps, and another worker
// stands by, loaded. Put together here, since the command runs its core in no worker.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { NamePlace } from "../../src/boot/index.ts";
import { SegmentKeeper } from "../../src/machine/node/index.ts";
import { compileC } from "../../test/sdk/compile.ts";
import { LedgerCaller } from "./ledger-caller.ts";
import type { WorkerJob } from "./worker-core.ts";

const core = new URL("worker-core.ts", import.meta.url);

/** How long the client calls before a loss: not while a worker is loaded, or the log would be long. */
const settleMs = 30;

/** Milliseconds, one for each worker that was lost. */
export async function workerFailovers(count: number): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-worker-"));
  const place = { serverName: "ledger", directory, socketPath: join(directory, "socket") };
  const server = new WorkerServer(place, await compileC("examples/c/ledger-server.c"));
  try {
    await server.begin();
    const caller = new LedgerCaller(place.socketPath);
    await caller.start();
    await caller.stopCalls();
    const samplesMs: number[] = [];
    for (let losses = 0; losses < count; losses++) samplesMs.push(await failOver(server, caller));
    await checkTransfers(caller);
    caller.close();
    return samplesMs;
  } finally {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function failOver(server: WorkerServer, caller: LedgerCaller): Promise<number> {
  await server.standBy();
  caller.goOn();
  await pause(settleMs);
  const answer = caller.answerAfter(caller.epoch);
  const lostMs = performance.now();
  await server.lose();
  await server.begin();
  const { atMs } = await answer;
  await caller.stopCalls();
  return atMs - lostMs;
}

/** Each transfer was made once. */
async function checkTransfers(caller: LedgerCaller): Promise<void> {
  const { transfers } = await caller.audit();
  if (transfers !== caller.transfers.length) {
    throw new Error(`${caller.transfers.length} transfers were told, and ${transfers} made`);
  }
}

class WorkerServer {
  readonly #keeper = new SegmentKeeper();
  readonly #place: NamePlace;
  readonly #code: Uint8Array;
  #epoch = 0;
  #worker: Worker | undefined;
  #spare: Worker | undefined;

  constructor(place: NamePlace, code: Uint8Array) {
    this.#place = place;
    this.#code = code;
  }

  /** Resolves when another worker waits, loaded. */
  async standBy(): Promise<void> {
    if (this.#spare !== undefined) return;
    const spare = new Worker(core);
    this.#spare = spare;
    await once(spare, "message");
  }

  /** Lets the worker that waits take over. */
  async begin(): Promise<void> {
    await this.standBy();
    const kept = this.#keeper.handOver();
    const job: WorkerJob = { code: this.#code, kept, epoch: ++this.#epoch, place: this.#place };
    this.#worker = this.#spare;
    this.#spare = undefined;
    this.#worker!.postMessage(job, [kept.port]);
  }

  async lose(): Promise<void> {
    await this.#worker?.terminate();
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    await this.#spare?.terminate();
    this.#keeper.close();
  }
}
