// The same method in a worker thread: for a message port, for comlink and for piscina.
import { createRequire } from "node:module";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { expose, type Endpoint } from "comlink";
import type { Step } from "./floors.ts";

export const methods = { next: (step: Step): Step => ({ ...step, count: step.count + 1 }) };

/** What piscina calls. */
export const next = methods.next;

interface Given {
  readonly port?: MessagePort;
  readonly comlink?: boolean;
}

// Given by peers.ts; by piscina something of its own, which has neither.
const { port, comlink } = (isMainThread ? {} : (workerData ?? {})) as Given;
port?.on("message", (step: Step) => port.postMessage(methods.next(step)));
if (comlink === true) {
  const adapt = createRequire(import.meta.url)("comlink/dist/umd/node-adapter.js") as (
    port: object,
  ) => Endpoint;
  expose(methods, adapt(parentPort!));
}
