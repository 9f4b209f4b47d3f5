// The thread of one variant: makes its subjects, says which they are, and runs the batches it is
// asked for, one at a time.
import { parentPort, workerData } from "node:worker_threads";
import type { WorkerInput, WorkerMessage } from "./remote.ts";
import { variantSubjects } from "./variants.ts";

// Given by remote.ts and by nobody else.
const { variant, batch } = workerData as WorkerInput;
const subjects = await variantSubjects(variant, batch);

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function run(name: string): Promise<void> {
  const subject = subjects.find((one) => one.name === name);
  if (subject === undefined) throw new RangeError(`there is no subject ${name}`);
  const startNs = process.hrtime.bigint();
  const checksum = Number(await subject.run());
  const elapsedNs = Number(process.hrtime.bigint() - startNs);
  say({ timed: { checksum, elapsedNs } });
}

parentPort?.on("message", (name: string) => {
  run(name).catch((error: unknown) => say({ failure: String(error) }));
});
say({
  subjects: subjects.map(({ name, operations, expected }) => ({ name, operations, expected })),
});
