// Two processes with links between them: this one has the clients, the other one the servers.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Carrier } from "../../src/machine/carrier.ts";
import { listenForLinks } from "../../src/machine/node/index.ts";
import { slotsOf } from "../../src/machine/line.ts";
import { type Channels, lineClient } from "./floors.ts";
import { rpcClient } from "./ours.ts";
import type { Client } from "./subject.ts";

export const cellSubjects = ["floorCell", "cellRpc"] as const;
export type CellSubject = (typeof cellSubjects)[number];

/** A word of a channel that no link uses: how often the other process began to serve. */
export const startsWord = 8;

export function channelsOf({ outgoing, incoming }: Carrier): Channels {
  return { out: outgoing, in: incoming, mask: slotsOf(outgoing.length) - 1 };
}

export interface CellPair {
  run(name: CellSubject, count: number, samples?: Float64Array): Promise<[number, number]>;
  close(): void;
}

export async function startCellPair(looks: number): Promise<CellPair> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-bench-cell-"));
  // A socket for each link, so that nobody has to guess which of them is which.
  const listeners = await Promise.all(
    cellSubjects.map((name) => listenForOne(join(directory, name))),
  );
  const child = fork(new URL("./cell-process.ts", import.meta.url), [directory, String(looks)], {
    execArgv: [],
  });
  await once(child, "message");
  const carriers = await Promise.all(listeners.map(({ carrier }) => carrier));
  const [floor, ours] = carriers;
  const clients: Record<CellSubject, Client> = {
    floorCell: lineClient(channelsOf(floor)),
    cellRpc: rpcClient(ours, looks),
  };
  return {
    run: async (name, count, samples) => {
      const starts = Atomics.load(floor.incoming, startsWord);
      child.send({ name, count });
      while (Atomics.load(floor.incoming, startsWord) === starts);
      const begin = process.hrtime.bigint();
      const sum = await clients[name](count, samples);
      return [sum, Number(process.hrtime.bigint() - begin)];
    },
    close: () => {
      child.kill();
      for (const { server } of listeners) server.close();
      for (const carrier of carriers) carrier.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function listenForOne(path: string) {
  const { promise, resolve } = Promise.withResolvers<Carrier>();
  return { server: await listenForLinks(path, { slots: 64 }, resolve), carrier: promise };
}
