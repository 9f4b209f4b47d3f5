// Runs the rewriting in a thread of its own and brings the result, or the refusal, back. Small fuel
// work stays on this thread: starting another would take longer than the work.
import { Worker } from "node:worker_threads";
import { InvalidModuleError } from "../binary/index.ts";
import type { RewriteOptions } from "./rewrite.ts";

export interface RewriteOrder {
  readonly bytes: Uint8Array;
  readonly options: RewriteOptions;
}

export type RewriteAnswer =
  | { readonly bytes: Uint8Array }
  | {
      readonly refusal: {
        readonly reason: string;
        readonly offset: number;
        readonly advice: string;
      };
    };

const inlineBytesMax = 512 * 1024;

export async function rewriteApart(
  bytes: Uint8Array,
  options: RewriteOptions,
): Promise<Uint8Array> {
  if (options.capture !== "asyncify" && bytes.length <= inlineBytesMax) {
    const { rewriteModule } = await import("./rewrite.ts");
    return rewriteModule(bytes, options);
  }
  const answer = await askWorker({ bytes, options });
  if ("bytes" in answer) return answer.bytes;
  const { reason, offset, advice } = answer.refusal;
  throw new InvalidModuleError(reason, offset, advice);
}

function askWorker(order: RewriteOrder): Promise<RewriteAnswer> {
  // The compiled tree has .js files where this one has .ts.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const entry = new URL(`./rewrite-worker.${extension}`, import.meta.url);
  return new Promise((resolve, reject) => {
    // The rewriter prints when it gives up; the refusal says it better.
    const worker = new Worker(entry, { workerData: order, stdout: true, stderr: true });
    worker.once("message", (answer: RewriteAnswer) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once("error", reject);
    worker.once("exit", (code) => {
      reject(new Error(`The preparation thread ended with code ${code} before it answered.`));
    });
  });
}
