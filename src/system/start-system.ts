// Starts the system if none is up: as a process of its own in a session of its own, which neither this
// command nor its terminal takes along. Of several who do that at once one is the system.
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { makePrivate, ownerOf } from "../server/session/index.ts";
import { askSystem, SystemDownError } from "./control-client.ts";
import { parseReady, type Ready } from "./ready.ts";
import type { SystemPlace } from "./system-place.ts";
import { SystemError, type SystemStatus } from "./system-request.ts";

export interface StartedSystem {
  readonly status: SystemStatus;
  /** It was not there before. */
  readonly isNew: boolean;
}

const logBytesMax = 1024 * 1024;
const retryMs = 10;
const patienceMs = 30_000;

/** `command`: Node and the script of the command. Rejects with a `SystemError` if it does not come up. */
export async function ensureSystem(
  place: SystemPlace,
  command: readonly [string, ...string[]],
): Promise<StartedSystem> {
  const there = await statusIfUp(place);
  if (there !== undefined) return { status: there, isNew: false };
  const ready = await spawnSystem(place, command);
  return { status: await statusSoon(place), isNew: !ready.isFormer };
}

async function statusIfUp(place: SystemPlace): Promise<SystemStatus | undefined> {
  try {
    return await askSystem(place, { ask: "status" });
  } catch (error) {
    if (error instanceof SystemDownError) return undefined;
    throw error;
  }
}

/** That of a system that is coming up. */
async function statusSoon(place: SystemPlace): Promise<SystemStatus> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs;) {
    const status = await statusIfUp(place);
    if (status !== undefined) return status;
    if (ownerOf(place.directory) === undefined) break;
    await pause(retryMs);
  }
  throw new SystemError(`the system does not come up: see ${place.logPath}`);
}

/** Answers when it is up, or has found that another one is. */
async function spawnSystem(
  place: SystemPlace,
  [node, ...args]: readonly [string, ...string[]],
): Promise<Ready> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  makePrivate(place.directory);
  const log = openLog(place);
  const logStart = statSync(place.logPath).size;
  const child = spawn(node, [...args, "up", "--foreground", "--awaited"], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", log, log, "pipe"],
  });
  closeSync(log);
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  // The fourth of `stdio` is a pipe, from which this process reads.
  const pipe = child.stdio[3] as Socket;
  let text = "";
  pipe.setEncoding("utf8");
  pipe.on("data", (chunk: string) => {
    text += chunk;
    const ready = parseReady(text);
    if (ready !== undefined) resolve(ready);
  });
  child.on("error", reject);
  pipe.on("close", () => {
    const said = readFileSync(place.logPath, "utf8").slice(logStart).trim();
    reject(new SystemError(`the system did not come up${said === "" ? "" : `:\n${said}`}`));
  });
  try {
    return await promise;
  } finally {
    pipe.destroy();
    child.unref();
  }
}

/** What earlier ones said stays for a while. */
function openLog({ logPath }: SystemPlace): number {
  const bytes = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > logBytesMax) renameSync(logPath, `${logPath}.1`);
  return openSync(logPath, "a", 0o600);
}
