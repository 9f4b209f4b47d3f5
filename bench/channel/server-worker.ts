// The other thread: serves one subject after the other, as it is told, and says when it is there.
import { parentPort, workerData } from "node:worker_threads";
import { measureWakeNs } from "../../src/machine/node/index.ts";
import type { Between } from "./subject.ts";
import { type SubjectName, subjects } from "./subjects.ts";

/** What the first thread hands over. */
export interface ServerData {
  /** Word 0 and 1: how often this thread began to serve, and to measure. From 16 on: what is measured with. */
  readonly words: Int32Array;
  readonly between: Readonly<Record<SubjectName, Between>>;
}

export type Order =
  | { readonly kind: "serve"; readonly name: SubjectName; readonly count: number }
  | { readonly kind: "measure" };

// Written by pair.ts and by nobody else.
const { words, between } = workerData as ServerData;
const servers = Object.fromEntries(
  Object.entries(subjects).map(([name, sides]) => [
    name,
    // The names are those of the table.
    sides.server(between[name as SubjectName]),
  ]),
);

parentPort!.on("message", (order: Order) => {
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  if (order.kind === "measure") measureWakeNs(words.subarray(16, 18), 1);
  else void servers[order.name](order.count);
});
