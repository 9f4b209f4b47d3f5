// An owner of a log in an OS process of its own, to be killed or stopped from outside. It says on its
// standard output, each time in one write, what it has done.
//
//   node owner-process.ts <directory> <epoch> <mapped|written> append
//   node owner-process.ts <directory> <epoch> <mapped|written> stop <which step> <how many of them before>
import { writeSync } from "node:fs";
import { FileSegments } from "../../../src/machine/node/index.ts";
import { LogStatus, type MessageLog, openLog } from "../../../src/recovery/log/index.ts";
import { recordOf } from "./records.ts";
import { Script } from "./script.ts";
import { steppedStore } from "./stepped-store.ts";

const [directory, epoch, how, task, step = "", skipped = "0"] = process.argv.slice(2);
const files = new FileSegments({ directory, canMap: how === "mapped" });

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Adds records for as long as it lives, and says after every hundred what it was answered for. */
function appendForEver(log: MessageLog): void {
  for (;;) {
    const words = recordOf(log.end);
    if (log.append(words, words.length) !== LogStatus.ok) throw new Error("append was refused");
    if (log.end % 500 === 0) log.cut(log.end - 400, `image-${log.end}`);
    if (log.end % 100 === 0) say(`added ${log.end}`);
  }
}

if (task === "append") {
  say("opening");
  const log = openLog({ segments: files, name: "log", epoch: Number(epoch), segmentBytes: 16_384 });
  say(`opened ${log.end}`);
  appendForEver(log);
} else {
  let left = Number(skipped);
  const segments = steppedStore(files, (what) => {
    if (!what.startsWith(step) || left-- !== 0) return;
    say("stopping");
    process.kill(process.pid, "SIGSTOP");
  });
  try {
    const log = openLog({ segments, name: "log", epoch: Number(epoch), segmentBytes: 1200 });
    say(`finished ${new Script(log, 1).run(40)}`);
  } catch (error) {
    say(String(error));
  }
}
