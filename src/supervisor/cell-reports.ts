// The cell's end of its pipe to the supervisor. A thread of its own writes how the cell is getting on;
// when nobody reads that any more the supervisor is gone, and the cell ends, too: whoever comes next finds
// nobody who serves under the same name.
import { writeSync } from "node:fs";
import { formatReport, Progress, progressWords, reportFd, reportMs } from "./progress.ts";

/** The thread's whole program: it must not depend on how this file was built. */
const threadSource = `
const { workerData } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const { progress, fd, everyMs } = workerData;
setInterval(() => {
  const words = Array.from(progress, (_, i) => Atomics.load(progress, i));
  try {
    writeSync(fd, "progress " + words.join(" ") + "\\n");
  } catch (error) {
    if (error.code !== "EAGAIN") process.kill(process.pid, "SIGKILL");
  }
}, everyMs);
`;

/** Words in which the cell's core says how it gets on, and which a thread of its own reports. */
export function startCellReports(): Int32Array<SharedArrayBuffer> {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const progress = new Int32Array(new SharedArrayBuffer(progressWords * 4));
  const workerData = { progress, fd: reportFd, everyMs: reportMs };
  new Worker(threadSource, { eval: true, workerData }).unref();
  return progress;
}

/** Counts the turns of this thread's event loop, which is that of the core or, of a cell, that of its keeper. */
export function countTurns(progress: Int32Array, word: number = Progress.turns): void {
  setInterval(() => Atomics.add(progress, word, 1), reportMs / 4).unref();
}

/** Clients can come. */
export function reportOpen(): void {
  tell(formatReport({ kind: "open" }));
}

/** Tells how the cell is getting on, between two reports. */
export function reportProgress(progress: Int32Array): void {
  tell(formatReport({ kind: "progress", words: Array.from(progress) }));
}

/** Tells that the program has ended, by itself or by a fault; this process ends next. */
export function reportEnd(progress: Int32Array): (code: number, isFault: boolean) => void {
  return (code, isFault) => {
    // What was answered last belongs to what is known of this life.
    reportProgress(progress);
    tell(formatReport({ kind: "end", code, isFault }));
  };
}

function tell(line: string): void {
  try {
    writeSync(reportFd, line);
  } catch {
    // The thread will find the same, and end the cell.
  }
}
