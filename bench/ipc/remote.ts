// Subjects that live in a thread of their own, as a core does: what the engine learns about the
// kernel's code there comes from one kernel, and not from all the variants that a benchmark compares.
// The thread times its batches itself, so a message between threads is in no figure.
import { Worker } from "node:worker_threads";
import type { BatchSizes } from "../floor/index.ts";
import type { Subject, Timed } from "../harness/rounds.ts";

/** A configuration of the system under test: all of it, or with one technique switched off. */
export type Variant = "whole" | "directSwitch" | "lazyQueues" | "fastPath" | "oneCopy";

/** What a thread says about a subject it has. */
export interface SubjectFacts {
  readonly name: string;
  readonly operations: number;
  readonly expected: number;
}

export interface WorkerInput {
  readonly variant: Variant;
  readonly batch: BatchSizes;
}

/** From a thread: its subjects, once; then the outcome of every batch asked for. */
export type WorkerMessage =
  | { readonly subjects: readonly SubjectFacts[] }
  | { readonly timed: Timed }
  | { readonly failure: string };

export class RemoteFailure extends Error {
  constructor(variant: string, failure: string) {
    super(`the thread of "${variant}" failed: ${failure}; run it alone to see where`);
    this.name = "RemoteFailure";
  }
}

/** Subjects and the thread behind them, which lives until `close`. */
export interface RemoteSubjects {
  readonly subjects: readonly Subject[];
  close(): Promise<void>;
}

export async function remoteSubjects(variant: Variant, batch: BatchSizes): Promise<RemoteSubjects> {
  const input: WorkerInput = { variant, batch };
  const worker = new Worker(new URL("./variant-worker.ts", import.meta.url), { workerData: input });
  const first = await nextMessage(worker, variant);
  if (!("subjects" in first)) throw new RemoteFailure(variant, "it began without its subjects");
  const subjects = first.subjects.map((facts) => ({
    ...facts,
    run: () => runRemotely(worker, variant, facts.name),
  }));
  const close = async () => void (await worker.terminate());
  return { subjects, close };
}

async function runRemotely(worker: Worker, variant: string, name: string): Promise<Timed> {
  const answer = nextMessage(worker, variant);
  worker.postMessage(name);
  const message = await answer;
  if (!("timed" in message)) throw new RemoteFailure(variant, `no time for ${name}`);
  return message.timed;
}

function nextMessage(worker: Worker, variant: string): Promise<WorkerMessage> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => reject(new RemoteFailure(variant, error.message));
    worker.once("error", onError);
    worker.once("message", (message: WorkerMessage) => {
      worker.off("error", onError);
      if ("failure" in message) reject(new RemoteFailure(variant, message.failure));
      else resolve(message);
    });
  });
}
