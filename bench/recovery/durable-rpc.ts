// What an empty call and its reply cost when the server keeps a log of what it hears, by level, and when it
// keeps none. Client and server are on one core; the calls are made in a loop inside wasm.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InitialSlot, Kind, Right } from "../../src/abi/index.ts";
import { prepareModule, type PreparedModule, System } from "../../src/boot/index.ts";
import { createObject, grant } from "../../src/kernel/index.ts";
import { createNodeMachine, FileSegments } from "../../src/machine/node/index.ts";
import { MemorySegments } from "../../src/machine/segment-memory.ts";
import type { SegmentStore } from "../../src/machine/segments.ts";
import { Sessions } from "../../src/recovery/index.ts";
import { openLog } from "../../src/recovery/log/index.ts";
import { compileC } from "../../test/sdk/compile.ts";

export const rpcManners = ["plain", "memory", "host"] as const;
export type RpcManner = (typeof rpcManners)[number];

/** Nanoseconds of a call, by manner: one figure for each round, in which the manners take turns. */
export async function rpcTimes(
  calls: number,
  rounds: number,
): Promise<Record<RpcManner, readonly number[]>> {
  const programs = await preparePrograms(calls);
  const times: Record<RpcManner, number[]> = { plain: [], memory: [], host: [] };
  // One round to compile what will be compiled.
  for (let round = -1; round < rounds; round++) {
    for (const manner of round % 2 === 0 ? rpcManners : rpcManners.toReversed()) {
      const ns = await inDirectory((directory) => runOnce(programs, storeOf(manner, directory)));
      if (round >= 0) times[manner].push(ns / calls);
    }
  }
  return times;
}

interface Programs {
  readonly server: PreparedModule;
  readonly client: PreparedModule;
}

async function preparePrograms(calls: number): Promise<Programs> {
  const options = { fuel: false, capture: "none" } as const;
  const server = await compileC("bench/recovery/heap-server.c", "-DHEAP_BYTES=65536");
  const flags = [`-DROUNDS=${calls}`, "-DCHANGED_PAGES=0"];
  const client = await compileC("bench/recovery/heap-client.c", ...flags);
  return {
    server: await prepareModule(server, options),
    client: await prepareModule(client, options),
  };
}

async function inDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-rpc-"));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function storeOf(manner: RpcManner, directory: string): SegmentStore | undefined {
  if (manner === "plain") return undefined;
  return manner === "memory" ? new MemorySegments() : new FileSegments({ directory });
}

/** Nanoseconds for all calls of one client. */
async function runOnce(
  { server, client }: Programs,
  segments: SegmentStore | undefined,
): Promise<number> {
  const ended = Promise.withResolvers<number>();
  const machine = createNodeMachine();
  const system = new System({ machine, onCrash: ended.reject });
  const log = segments && openLog({ segments, name: "server", epoch: 1 });
  const durable = log && { log, sessions: new Sessions() };
  const serving = system.spawn({ prepared: server, durable });
  const calling = system.spawn({ prepared: client, onExit: ended.resolve });
  const { kernel } = system.core;
  const row = createObject(kernel, Kind.endpoint, serving.space);
  const rights = Right.send | Right.grant | Right.derive;
  grant(kernel, serving.space, InitialSlot.firstFree, { kind: Kind.endpoint, row });
  grant(kernel, calling.space, InitialSlot.firstFree, {
    kind: Kind.endpoint,
    row,
    rights,
    badge: 1,
  });
  system.start(serving);
  system.start(calling);
  const startNs = process.hrtime.bigint();
  system.core.start();
  const code = await ended.promise;
  const elapsedNs = Number(process.hrtime.bigint() - startNs);
  system.core.stop();
  machine.close();
  log?.close();
  if (code !== 0) throw new Error(`the caller ended with ${code}`);
  return elapsedNs;
}
