// The Fluke workload on one core: a worker's rounds, and beside it an urgent thread that another OS
// thread releases. It counts the rounds, checks the sum of each, and times every release.
import { Kind, Status } from "../../src/abi/index.ts";
import { createObject, grant, Preemption as KernelPreemption } from "../../src/kernel/index.ts";
import type { Library } from "../../src/process/index.ts";
import { WrongWorkError } from "../harness/rounds.ts";
import { quantile } from "../harness/statistics.ts";
import { Rig } from "../ipc/rig.ts";
import { type Combination, combinationName } from "./combination.ts";
import * as parties from "./parties.wat.ts";
import { createReleaseMemory, type ReleaseMemory, startReleaser, stampOf } from "./releaser.ts";

export interface WorkloadSizes {
  readonly copyBytes: number;
  readonly revokeCount: number;
  readonly releaseIntervalUs: number;
  readonly durationMs: number;
}

export interface WorkloadFigures {
  readonly throughputPerSecond: number;
  readonly latencyUsAverage: number;
  readonly latencyUsMedian: number;
  readonly latencyUs90: number;
  readonly latencyUsMax: number;
  readonly missedCount: number;
  readonly releaseCount: number;
  readonly checksum: number;
}

const urgentPriority = 30;

/** Rounds before anything is counted, so that the engine has compiled what it will compile. */
const warmupShare = 0.25;

export async function measureWorkload(
  combination: Combination,
  sizes: WorkloadSizes,
): Promise<WorkloadFigures> {
  const memory = createReleaseMemory();
  const { model, preemption } = combination;
  const rig: Rig = new Rig({
    model,
    preemption: KernelPreemption[preemption],
    eventPending: memory.pending,
    onEventPending: () => rig.core.interrupt(notification, 1),
  });
  const releases = new Releases(memory);
  const notification = await startUrgent(rig, releases);
  const rounds = new Rounds(combinationName(combination), sizes.durationMs, releases);
  const worker = await rig.load(parties.worker(sizes.copyBytes, sizes.revokeCount), () =>
    libraryOf("round", (sum) => rounds.finished(Number(sum))),
  );
  await connect(rig, worker.space, sizes.copyBytes);
  const stop = await startReleaser(memory, sizes.releaseIntervalUs);
  rig.startThread(worker, "run");
  const ended = rig.ended(worker);
  rig.core.start();
  await ended;
  await stop();
  rig.close();
  return { ...rounds.figures(), ...releases.figures() };
}

async function startUrgent(rig: Rig, releases: Releases): Promise<number> {
  const { kernel } = rig.core;
  const urgent = await rig.load(parties.urgent, () =>
    libraryOf("released", () => releases.served()),
  );
  const notification = createObject(kernel, Kind.notification, urgent.space);
  grant(kernel, urgent.space, parties.slots.urgent, { kind: Kind.notification, row: notification });
  rig.startThread(urgent, "run", urgentPriority);
  rig.core.start();
  return notification;
}

async function connect(rig: Rig, space: number, copyBytes: number): Promise<void> {
  const { kernel } = rig.core;
  const { slots } = parties;
  const receiver = rig.receiver(await rig.load(parties.receiver(copyBytes)));
  const portal = rig.portal(await rig.load(parties.portal));
  const source = createObject(kernel, Kind.notification, space);
  grant(kernel, space, slots.receiver, { kind: Kind.endpoint, row: receiver });
  grant(kernel, space, slots.portal, { kind: Kind.endpoint, row: portal });
  grant(kernel, space, slots.source, { kind: Kind.notification, row: source });
}

function libraryOf(name: string, run: (...args: (number | bigint)[]) => number): Library {
  return new Map([["bench", new Map([[name, { begin: run, finish: run }]])]]);
}

/** Counts and checks the worker's rounds, and says when it has run long enough. */
class Rounds {
  readonly #name: string;
  readonly #durationMs: number;
  readonly #releases: Releases;
  readonly #firstMs = performance.now();
  #countedFromMs = 0;
  #lastMs = 0;
  #count = 0;

  constructor(name: string, durationMs: number, releases: Releases) {
    this.#name = name;
    this.#durationMs = durationMs;
    this.#releases = releases;
  }

  /** A round is over: 1 to go on, 0 to stop. */
  finished(sum: number): number {
    const expected = parties.expectedRoundSum(Status.badCapability);
    if (sum !== expected) throw new WrongWorkError(this.#name, expected, sum);
    const nowMs = performance.now();
    if (this.#countedFromMs === 0) {
      if (nowMs - this.#firstMs < this.#durationMs * warmupShare) return 1;
      this.#countedFromMs = nowMs;
      this.#releases.reset();
      return 1;
    }
    this.#count++;
    this.#lastMs = nowMs;
    return nowMs - this.#countedFromMs < this.#durationMs ? 1 : 0;
  }

  figures(): { readonly throughputPerSecond: number; readonly checksum: number } {
    const seconds = (this.#lastMs - this.#countedFromMs) / 1000;
    const checksum = parties.expectedRoundSum(Status.badCapability);
    return { throughputPerSecond: this.#count / seconds, checksum };
  }
}

/** Times the releases of the urgent thread. */
class Releases {
  readonly #memory: ReleaseMemory;
  #served = 0;
  #latenciesUs: number[] = [];
  #missed = 0;

  constructor(memory: ReleaseMemory) {
    this.#memory = memory;
  }

  /** The urgent thread runs. The latency is that of the oldest release it had not served. */
  served(): number {
    const released = Atomics.load(this.#memory.control, 0);
    if (released === this.#served) return 0;
    const us = Number(process.hrtime.bigint() - stampOf(this.#memory, this.#served)) / 1000;
    this.#latenciesUs.push(us);
    this.#missed += released - this.#served - 1;
    this.#served = released;
    return 0;
  }

  /** What was seen until now does not count. */
  reset(): void {
    this.#latenciesUs = [];
    this.#missed = 0;
  }

  figures(): Pick<
    WorkloadFigures,
    | "latencyUsAverage"
    | "latencyUsMedian"
    | "latencyUs90"
    | "latencyUsMax"
    | "missedCount"
    | "releaseCount"
  > {
    const us = this.#latenciesUs;
    return {
      latencyUsAverage: us.reduce((sum, one) => sum + one, 0) / us.length,
      latencyUsMedian: quantile(us, 0.5),
      latencyUs90: quantile(us, 0.9),
      latencyUsMax: us.reduce((max, one) => Math.max(max, one), 0),
      missedCount: this.#missed,
      releaseCount: us.length + this.#missed,
    };
  }
}
