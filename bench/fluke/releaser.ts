// The thread that releases the urgent one: it stamps the time, counts, and sets the core's event
// word, every interval, until it is told to stop. It and the core share nothing but this memory.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const stampCount = 1 << 16;

/** Shared by the core and the releaser. */
export interface ReleaseMemory {
  /** The kernel's event word. */
  readonly pending: Int32Array<SharedArrayBuffer>;
  /** Word 0: releases so far; word 1: not zero once the releaser is to end. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** When release n was, at n modulo their number, by the clock of `process.hrtime`. */
  readonly stampsNs: BigInt64Array<SharedArrayBuffer>;
}

interface ReleaserInput {
  readonly memory: ReleaseMemory;
  readonly intervalUs: number;
}

export function createReleaseMemory(): ReleaseMemory {
  return {
    pending: new Int32Array(new SharedArrayBuffer(64)),
    control: new Int32Array(new SharedArrayBuffer(64)),
    stampsNs: new BigInt64Array(new SharedArrayBuffer(stampCount * 8)),
  };
}

export function stampOf({ stampsNs }: ReleaseMemory, release: number): bigint {
  return Atomics.load(stampsNs, release % stampCount);
}

/** Starts releasing; the function it answers ends it. */
export async function startReleaser(
  memory: ReleaseMemory,
  intervalUs: number,
): Promise<() => Promise<void>> {
  const input: ReleaserInput = { memory, intervalUs };
  const worker = new Worker(new URL(import.meta.url), { workerData: { releaser: input } });
  await new Promise((resolve) => worker.once("message", resolve));
  return async () => {
    Atomics.store(memory.control, 1, 1);
    await new Promise((resolve) => worker.once("exit", resolve));
  };
}

function release({ memory, intervalUs }: ReleaserInput): void {
  const { pending, control, stampsNs } = memory;
  const never = new Int32Array(new SharedArrayBuffer(4));
  const intervalNs = BigInt(intervalUs) * 1000n;
  parentPort?.postMessage("ready");
  for (let dueNs = process.hrtime.bigint() + intervalNs; control[1] === 0; dueNs += intervalNs) {
    const waitNs = dueNs - process.hrtime.bigint();
    if (waitNs > 0n) Atomics.wait(never, 0, 0, Number(waitNs) / 1e6);
    Atomics.store(stampsNs, control[0] % stampCount, process.hrtime.bigint());
    Atomics.add(control, 0, 1);
    Atomics.store(pending, 0, 1);
  }
}

// Set by startReleaser and by nobody else.
const given = workerData as { readonly releaser?: ReleaserInput } | null;
if (!isMainThread && given?.releaser !== undefined) release(given.releaser);
