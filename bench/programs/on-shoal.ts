// Ours: runs one program in this process on a core of its own and prints how long it took, with the
// same clock around the same stretch as the peers: from the program's first instruction to its exit.
import { readFileSync, readSync, writeSync } from "node:fs";
import { prepareModule, runProgram, type RunProgramOptions } from "../../src/boot/index.ts";
import {
  answerSpec,
  type Descriptors,
  nowMs,
  openDescriptors,
  type RunSpec,
  type RunTimes,
} from "./run-spec.ts";

type Console = NonNullable<RunProgramOptions["console"]>;

/** The three files of a run as a console that never waits. */
function consoleOf({ stdin, stdout, stderr }: Descriptors): Console {
  const outputs = [stdin, stdout, stderr];
  return {
    streams: ["file", "file", "file"],
    write: (stream, bytes) => writeSync(outputs[stream], bytes),
    read: (_stream, into) => readSync(stdin, into, 0, into.length, null),
    available: () => 1,
    onReady: undefined,
  };
}

async function run(spec: RunSpec): Promise<RunTimes> {
  const bytes = readFileSync(spec.modulePath);
  const instantiateAt = nowMs();
  const prepared = await prepareModule(bytes, { fuel: false, capture: "none" });
  let startAt = 0;
  const { code } = await runProgram({
    prepared,
    args: spec.args,
    env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    grants: Object.entries(spec.directories).map(([guest, host]) => ({
      guest,
      host,
      isReadOnly: false,
    })),
    console: consoleOf(openDescriptors(spec)),
    onStart: () => (startAt = nowMs()),
  });
  return { instantiateMs: startAt - instantiateAt, computeMs: nowMs() - startAt, exitCode: code };
}

await answerSpec(run);
