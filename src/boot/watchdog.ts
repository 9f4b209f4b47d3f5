// Noticing, from another thread, that a core has been kept by one program: without fuel checks nothing
// on the core can. The core counts how often it changes hands; a worker looks at the count, and when it
// stands still for too long says so, since the core itself cannot.
import type { Worker } from "node:worker_threads";

export interface WatchdogOptions {
  /** How long one program may keep the core before it is reported, milliseconds. */
  readonly afterMs: number;
  /** What is written to standard error then, once per stand-still. */
  readonly text: string;
}

export interface Watchdog {
  /** Word 0: changes of hands. Written by the core only. */
  readonly beat: Int32Array<SharedArrayBuffer>;
  stop(): void;
}

/** The worker's whole program: it must not depend on how this file was built. */
const workerSource = `
const { workerData } = require("node:worker_threads");
const { beat, afterMs, text } = workerData;
let last = Atomics.load(beat, 0);
let told = false;
setInterval(() => {
  const now = Atomics.load(beat, 0);
  if (now !== last) told = false;
  else if (!told) {
    told = true;
    require("node:fs").writeSync(2, text);
  }
  last = now;
}, afterMs);
`;

export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { Worker: Thread } = process.getBuiltinModule("node:worker_threads");
  const beat = new Int32Array(new SharedArrayBuffer(8));
  const worker: Worker = new Thread(workerSource, {
    eval: true,
    workerData: { beat, afterMs: options.afterMs, text: options.text },
  });
  worker.unref();
  return { beat, stop: () => void worker.terminate() };
}
