// The thread that rewrites one module and ends. Large modules take seconds and hundreds of
// megabytes, none of which the thread of a kernel should spend.
import { parentPort, workerData } from "node:worker_threads";
import { InvalidModuleError } from "../binary/index.ts";
import { rewriteModule } from "./rewrite.ts";
import type { RewriteAnswer, RewriteOrder } from "./rewrite-thread.ts";

const order = workerData as RewriteOrder; // written by rewrite-thread.ts only

async function answer(): Promise<RewriteAnswer> {
  try {
    return { bytes: await rewriteModule(order.bytes, order.options) };
  } catch (error) {
    if (!(error instanceof InvalidModuleError)) throw error;
    const { reason, offset, advice } = error;
    return { refusal: { reason, offset, advice } };
  }
}

parentPort?.postMessage(await answer());
