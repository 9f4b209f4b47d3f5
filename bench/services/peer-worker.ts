// The same method in a worker thread, for comlink and for piscina.
import { createRequire } from "node:module";
import { isMainThread, parentPort } from "node:worker_threads";
import { expose, type Endpoint } from "comlink";

export const methods = { next: (number: number): number => number + 1 };

/** What piscina calls. */
export const next = methods.next;

const port = parentPort;
if (!isMainThread && port !== null && process.argv.includes("--comlink")) {
  // comlink has its adapter for Node as CommonJS only.
  const adapt = createRequire(import.meta.url)("comlink/dist/umd/node-adapter.js") as (
    port: object,
  ) => Endpoint;
  expose(methods, adapt(port));
}
