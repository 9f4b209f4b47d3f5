// The cell's end of its pipe to the supervisor. A thread of its own writes how the cell is getting on;
// when nobody reads that any more the supervisor is gone, and the cell ends, too: whoever comes next finds
// nobody who serves under the same name.
import { writeSync } from "node:fs";
import { formatReport, Progress, progressWords, reportFd, reportMs } from "./progress.ts";

export interface CellReports {
  /** See `Progress`. */
  readonly progress: Int32Array<SharedArrayBuffer>;
  /** Clients can come. */
  opened(): void;
  /** Tells how the cell is getting on, between two reports. */
  report(): void;
  /** The program has ended, by itself or by a fault; this process ends next. */
  ended(code: number, isFault: boolean): void;
}

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

export function startCellReports(): CellReports {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const progress = new Int32Array(new SharedArrayBuffer(progressWords * 4));
  const workerData = { progress, fd: reportFd, everyMs: reportMs };
  new Worker(threadSource, { eval: true, workerData }).unref();
  setInterval(() => Atomics.add(progress, Progress.turns, 1), reportMs / 4).unref();
  const report = (): void => {
    tell(formatReport({ kind: "progress", words: Array.from(progress) }));
  };
  return {
    progress,
    opened: () => tell(formatReport({ kind: "open" })),
    report,
    ended: (code, isFault) => {
      // What was answered last belongs to what is known of this life.
      report();
      tell(formatReport({ kind: "end", code, isFault }));
    },
  };
}

function tell(line: string): void {
  try {
    writeSync(reportFd, line);
  } catch {
    // The thread will find the same, and end the cell.
  }
}
