// What others use for typed calls between threads of Node: comlink and piscina.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { type Endpoint, wrap } from "comlink";
import { Piscina } from "piscina";
import type { methods } from "./peer-worker.ts";

export interface Peer {
  next(number: number): Promise<number>;
  close(): Promise<unknown>;
}

const file = new URL("./peer-worker.ts", import.meta.url);

export function comlinkPeer(): Peer {
  const worker = new Worker(file, { argv: ["--comlink"] });
  const adapt = createRequire(import.meta.url)("comlink/dist/umd/node-adapter.js") as (
    port: object,
  ) => Endpoint;
  const remote = wrap<typeof methods>(adapt(worker));
  return { next: (number) => remote.next(number), close: () => worker.terminate() };
}

export function piscinaPeer(): Peer {
  const pool = new Piscina({ filename: file.href, minThreads: 1, maxThreads: 1 });
  return {
    next: (number) => pool.run(number, { name: "next" }) as Promise<number>,
    close: () => pool.close(),
  };
}
