// Failover as a client sees it: the time from the end of the process in which its server runs to the next
// answer, with a request under way all the while. Another process stands by, as with `--standby cell`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compileC } from "../../test/sdk/compile.ts";
import { Bench as Commands, type Running } from "../../test/session/command.ts";
import { LedgerCaller } from "./ledger-caller.ts";

/** Milliseconds, one for each process that was killed. */
export async function cellFailovers(count: number): Promise<number[]> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-failover-"));
  const commands = new Commands();
  try {
    const program = join(directory, "ledger.wasm");
    writeFileSync(program, await compileC("examples/c/ledger-server.c"));
    const manner = ["--durable=host", "--standby", "cell"];
    const server = await commands.serve("ledger", ...manner, program);
    const caller = new LedgerCaller(commands.socket("ledger"));
    await caller.start();
    const samplesMs: number[] = [];
    for (let kills = 0; kills < count; kills++) samplesMs.push(await failOver(server, caller));
    await caller.stopCalls();
    caller.close();
    return samplesMs;
  } finally {
    await commands.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Long enough after a start for the server to be as it is for most of its life, and for one to stand by. */
const settleMs = 1000;

async function failOver(server: Running, caller: LedgerCaller): Promise<number> {
  await caller.stopCalls();
  await pause(settleMs);
  caller.goOn();
  await caller.answers(2);
  const pid = server.cellPid;
  if (pid === undefined) throw new Error(`the server has no process: ${server.stderr}`);
  const answer = caller.answerAfter(caller.epoch);
  const killedMs = performance.now();
  process.kill(pid, "SIGKILL");
  return (await answer).atMs - killedMs;
}
