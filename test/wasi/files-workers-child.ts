// An OS process with two workers that work on one directory, and one of the ways in which that ends: both
// come to their ends, one of them is terminated, or the process ends under them.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { FilesWork } from "./files-worker.ts";

const exitedUnderWorkers = 7;

const [directory = "", ending = "", turns = "0"] = process.argv.slice(2);

function start(name: string, isEndless: boolean): Worker {
  const work: FilesWork = { directory, name, turns: isEndless ? Infinity : Number(turns) };
  return new Worker(new URL("files-worker.ts", import.meta.url), { workerData: work });
}

/** As many turns as the work is to have, at least. */
async function hasWorked(worker: Worker): Promise<void> {
  for (;;) {
    const [done]: unknown[] = await once(worker, "message");
    if (Number(done) >= Number(turns)) return;
  }
}

const first = start("first", ending !== "end");
const second = start("second", ending === "exit");
const ends = [once(first, "exit"), once(second, "exit")];
if (ending !== "end") await hasWorked(first);
if (ending === "exit") process.exit(exitedUnderWorkers);
if (ending === "terminate") await first.terminate();
await Promise.all(ends);
process.stdout.write("both are over\n");
