// The recovery benchmark's metrics: what each part measured, under the names by which they are quoted.
import { againstFloor, type Metrics, plainMetric } from "../harness/metric.ts";
import { median, type Spread, spreadOf } from "../harness/statistics.ts";
import { type RpcManner, rpcManners } from "./durable-rpc.ts";
import type { FaultCount } from "./faults.ts";
import type { ForkCost } from "./fork-cost.ts";
import { type ImagePauses, mebibyte } from "./image-pause.ts";
import type { ReplayTimes } from "./replay-time.ts";

/** Images of a server with so much memory, and copies of that memory. */
export interface ImageSamples {
  readonly memoryMiB: number;
  readonly pauses: readonly ImagePauses[];
  readonly copiesMs: readonly number[];
}

export interface Measured {
  readonly faults: FaultCount;
  /** Those of the message log alone, in nanoseconds, by metric. */
  readonly logCosts: Metrics;
  readonly rpcNs: Readonly<Record<RpcManner, readonly number[]>>;
  readonly images: readonly ImageSamples[];
  readonly fork: ForkCost;
  readonly replays: readonly ReplayTimes[];
  readonly processFailoversMs: readonly number[];
  readonly workerFailoversMs: readonly number[];
  readonly cellFailoversMs: readonly number[];
}

/** The log whose time to bring a server up is quoted without saying how long it was. */
const quotedRecords = 10_000;

export const pauseName = (memoryMiB: number): string => `checkpointPause${memoryMiB}MiBMs`;
export const laterPauseName = (memoryMiB: number): string =>
  `checkpointPauseLater${memoryMiB}MiBMs`;
export const recoverName = (records: number): string => `recoverMs.${records}`;

export function recoveryMetrics(measured: Measured): Metrics {
  const { faults, logCosts, cellFailoversMs, workerFailoversMs, processFailoversMs } = measured;
  return {
    faultsInvisible: plainMetric(faults.unnoticed / faults.injected, "share"),
    faultsInjected: plainMetric(faults.injected, "faults"),
    effectsRepeated: plainMetric(faults.repeats, "effects"),
    ...logCosts,
    ...rpcMetrics(measured),
    ...Object.assign({}, ...measured.images.map(imageMetrics)),
    ...forkMetrics(measured.fork),
    ...replayMetrics(measured.replays),
    failoverProcessMs: plainMetric(median(processFailoversMs), "ms"),
    failoverWorkerMs: plainMetric(median(workerFailoversMs), "ms"),
    failoverCellMs: plainMetric(median(cellFailoversMs), "ms"),
  };
}

function rpcMetrics({ rpcNs, logCosts }: Measured): Metrics {
  const plain = median(rpcNs.plain);
  const share = (name: string) => plainMetric((logCosts[name]?.value ?? NaN) / plain, "share");
  return {
    rpcPlain: plainMetric(plain, "ns"),
    rpcDurableMemory: againstFloor(median(rpcNs.memory), plain, "ns"),
    rpcDurableHost: againstFloor(median(rpcNs.host), plain, "ns"),
    logShareMemory: share("logCostMemory"),
    logShareHost: share("logCostHost"),
    logShareDisk: share("logCostDisk"),
  };
}

function imageMetrics({ memoryMiB, pauses, copiesMs }: ImageSamples): Metrics {
  const copy = median(copiesMs);
  const fullMs = median(pauses.map(({ full }) => full.ms));
  const laterMs = median(pauses.flatMap(({ later }) => later.map(({ ms }) => ms)));
  const durableMs = median(pauses.map(({ full }) => full.durableMs));
  const laterDurableMs = median(pauses.flatMap(({ later }) => later.map((one) => one.durableMs)));
  const fullBytes = median(pauses.map(({ full }) => full.storedBytes));
  const laterBytes = median(pauses.map((one) => one.laterBytes));
  return {
    [pauseName(memoryMiB)]: againstFloor(fullMs, copy, "ms"),
    [laterPauseName(memoryMiB)]: againstFloor(laterMs, copy, "ms"),
    [`checkpointDurable${memoryMiB}MiBMs`]: plainMetric(durableMs, "ms"),
    [`checkpointDurableLater${memoryMiB}MiBMs`]: plainMetric(laterDurableMs, "ms"),
    [`checkpointStored${memoryMiB}MiB`]: againstFloor(fullBytes / mebibyte, memoryMiB, "MiB"),
    [`checkpointStoredLater${memoryMiB}MiB`]: againstFloor(laterBytes / mebibyte, memoryMiB, "MiB"),
  };
}

function forkMetrics({ perCopyMs, copyMiB, bareNodeMiB }: ForkCost): Metrics {
  return {
    forkMs: plainMetric(median(perCopyMs), "ms"),
    forkMemory: againstFloor(copyMiB, bareNodeMiB, "MiB"),
  };
}

function replayMetrics(replays: readonly ReplayTimes[]): Metrics {
  const times = replays.map(({ records, samplesMs }): [number, number] => [
    records,
    median(samplesMs),
  ]);
  const quoted = times.find(([records]) => records === quotedRecords);
  return {
    ...(quoted && { recoverMs: plainMetric(quoted[1], "ms") }),
    ...Object.fromEntries(
      times.map(([records, ms]) => [recoverName(records), plainMetric(ms, "ms")]),
    ),
  };
}

export function recoverySpreads(measured: Measured): Record<string, Spread> {
  const { rpcNs, images, fork, replays, processFailoversMs, cellFailoversMs } = measured;
  const samples: [string, readonly number[]][] = [
    ["failover of a process", processFailoversMs],
    ["failover of a worker", measured.workerFailoversMs],
    ["failover of a cell", cellFailoversMs],
    ["fork of a copy", fork.perCopyMs],
    ...rpcManners.map((manner): [string, readonly number[]] => [`rpc ${manner}`, rpcNs[manner]]),
    ...replays.map(({ records, samplesMs }): [string, readonly number[]] => [
      `recover ${records}`,
      samplesMs,
    ]),
    ...images.flatMap(({ memoryMiB, pauses }): [string, readonly number[]][] => [
      [`image of ${memoryMiB} MiB`, pauses.map(({ full }) => full.ms)],
      [`later image of ${memoryMiB} MiB`, pauses.flatMap(({ later }) => later.map(({ ms }) => ms))],
    ]),
  ];
  return Object.fromEntries(samples.map(([name, values]) => [name, spreadOf(values)]));
}
