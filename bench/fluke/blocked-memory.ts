// What a blocked thread occupies: its rows in the kernel, and in the process model its stack, in the
// interrupt model the frames that were taken out. Only the growth of a whole process shows all of it: many
// threads are blocked, and the growth of resident memory is divided by their number. Run as a program of
// its own, since memory once used is seldom given back; prints bytes per thread.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Kind } from "../../src/abi/index.ts";
import { createObject, grant } from "../../src/kernel/index.ts";
import { type Party, Rig } from "../ipc/rig.ts";
import type { Model } from "./combination.ts";
import * as parties from "./parties.wat.ts";

const runFile = promisify(execFile);
const measured = new Map<Model, Promise<number>>();

/** Bytes per blocked thread, measured once per model and run. */
export function blockedThreadBytes(model: Model, threads: number): Promise<number> {
  let bytes = measured.get(model);
  if (bytes === undefined) {
    const args = ["--expose-gc", import.meta.filename, model, String(threads)];
    bytes = runFile(process.execPath, args).then(({ stdout }) => Number(stdout));
    measured.set(model, bytes);
  }
  return bytes;
}

async function measure(model: Model, threads: number): Promise<number> {
  const rig = new Rig({ model });
  await block(rig, await loadWaiter(rig), threadsPerSpace);
  const waiters: Party[] = [];
  for (let i = 0; i * threadsPerSpace < threads; i++) waiters.push(await loadWaiter(rig));
  const before = residentBytes();
  for (const waiter of waiters) await block(rig, waiter, threadsPerSpace);
  return (residentBytes() - before) / (waiters.length * threadsPerSpace);
}

/** Well below what a space may own. */
const threadsPerSpace = 500;

const released = ["released", { begin: () => 0, finish: () => 0 }] as const;

async function loadWaiter(rig: Rig): Promise<Party> {
  const party = await rig.load(parties.urgent, () => new Map([["bench", new Map([released])]]));
  const { kernel } = rig.core;
  const row = createObject(kernel, Kind.notification, party.space);
  grant(kernel, party.space, parties.slots.urgent, { kind: Kind.notification, row });
  return party;
}

/** Starts threads and lets each run until it waits. */
async function block(rig: Rig, party: Party, threads: number): Promise<void> {
  for (let i = 0; i < threads; i++) rig.startThread(party, "run");
  const isIdle = rig.idle();
  rig.core.start();
  await isIdle;
}

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

if (import.meta.main) {
  // The two arguments are those that blockedThreadBytes gives.
  const bytes = await measure(process.argv[2] as Model, Number(process.argv[3]));
  process.stdout.write(`${bytes}\n`);
  process.exit(0);
}
