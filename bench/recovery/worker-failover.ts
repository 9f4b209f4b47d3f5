// Failover when the worker thread is lost in which the core of a server runs, as a client sees it: the time
// from its end to the next answer. Keeper and cores are those of the command at level memory; only that they
// run in this process is not, since nobody else could end a thread of theirs.
import { setTimeout as pause } from "node:timers/promises";
import { compileC } from "../../test/sdk/compile.ts";
import { CoreRig } from "../../test/worker/rig.ts";
import { LedgerCaller } from "./ledger-caller.ts";

/** How long the client calls before a loss: not while a core is loaded, or the log would be long. */
const settleMs = 30;

/** Milliseconds, one for each worker that was lost. */
export async function workerFailovers(count: number): Promise<number[]> {
  const program = await compileC("examples/c/ledger-server.c");
  const rig = new CoreRig({ level: "memory", program });
  try {
    await rig.opened;
    const caller = new LedgerCaller(rig.place.socketPath);
    await caller.start();
    await caller.stopCalls();
    const samplesMs: number[] = [];
    for (let losses = 0; losses < count; losses++) samplesMs.push(await failOver(rig, caller));
    await checkTransfers(caller);
    caller.close();
    return samplesMs;
  } finally {
    await rig.close();
  }
}

async function failOver(rig: CoreRig, caller: LedgerCaller): Promise<number> {
  await rig.stoodBy();
  caller.goOn();
  await pause(settleMs);
  const answer = caller.answerAfter(caller.epoch);
  const lostMs = performance.now();
  rig.kill();
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
