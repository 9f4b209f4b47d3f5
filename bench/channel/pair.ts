// Two threads and all subjects between them: this one has the clients, a worker the servers.
import { MessageChannel, Worker } from "node:worker_threads";
import {
  looksIn,
  makeSharedLink,
  measureWakeNs,
  patienceOf,
} from "../../src/machine/node/index.ts";
import type { Order, ServerData } from "./server-worker.ts";
import type { Between, Client } from "./subject.ts";
import { type SubjectName, subjects } from "./subjects.ts";

const names = Object.keys(subjects) as SubjectName[];

export class Pair {
  readonly wakeNs: number;
  readonly looks: number;
  readonly #worker: Worker;
  readonly #words: Int32Array;
  readonly #clients: ReadonlyMap<SubjectName, Client>;

  static async start(): Promise<Pair> {
    // A first pair is only asked what a wake-up takes, which is what the second one's patience comes from.
    const first = new Pair(0, 0);
    const wakeNs = await first.#measure();
    await first.close();
    const patienceNs = patienceOf({ threads: 2, wakeNs });
    return new Pair(wakeNs, looksIn(patienceNs));
  }

  private constructor(wakeNs: number, looks: number) {
    this.wakeNs = wakeNs;
    this.looks = looks;
    this.#words = new Int32Array(new SharedArrayBuffer(4 * 32));
    const near: [SubjectName, Between][] = [];
    const far: [SubjectName, Between][] = [];
    for (const name of names) {
      const memory = makeSharedLink({ slots: 64 });
      const { port1, port2 } = new MessageChannel();
      near.push([name, { memory, looks, port: port1 }]);
      far.push([name, { memory, looks, port: port2 }]);
    }
    // Each name is there once.
    const between = Object.fromEntries(far) as ServerData["between"];
    const data: ServerData = { words: this.#words, between };
    this.#worker = new Worker(new URL("./server-worker.ts", import.meta.url), {
      workerData: data,
      transferList: far.map(([, { port }]) => port),
    });
    this.#clients = new Map(near.map(([name, one]) => [name, subjects[name].client(one)] as const));
  }

  /** One batch of a subject. Begins when the other thread is there. */
  async run(name: SubjectName, count: number, samples?: Float64Array): Promise<[number, number]> {
    this.#order({ kind: "serve", name, count });
    const begin = process.hrtime.bigint();
    const sum = await this.#clients.get(name)!(count, samples);
    return [sum, Number(process.hrtime.bigint() - begin)];
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #measure(): Promise<number> {
    this.#order({ kind: "measure" });
    return measureWakeNs(this.#words.subarray(16, 18), 0);
  }

  #order(order: Order): void {
    const before = Atomics.load(this.#words, 0);
    this.#worker.postMessage(order);
    while (Atomics.load(this.#words, 0) === before) Atomics.wait(this.#words, 0, before);
  }
}
