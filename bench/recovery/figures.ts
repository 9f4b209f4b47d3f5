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

/** What was measured: all of it, or what the part that was run measures. */
export interface Measured {
  faults?: FaultCount;
  /** Those of the message log alone, in nanoseconds, by metric. */
  logCosts?: Metrics;
  rpcNs?: Readonly<Record<RpcManner, readonly number[]>>;
  images?: readonly ImageSamples[];
  fork?: ForkCost;
  replays?: readonly ReplayTimes[];
  failovers?: Failovers;
}

export interface Failovers {
  readonly processMs: readonly number[];
  readonly workerMs: readonly number[];
  readonly cellMs: readonly number[];
}

/** The log whose time to bring a server up is quoted without saying how long it was. */
const quotedRecords = 10_000;

export const pauseName = (memoryMiB: number): string => `checkpointPause${memoryMiB}MiBMs`;
export const laterPauseName = (memoryMiB: number): string =>
  `checkpointPauseLater${memoryMiB}MiBMs`;
export const recoverName = (records: number): string => `recoverMs.${records}`;

export function recoveryMetrics(measured: Measured): Metrics {
  const { faults, logCosts, images = [], fork, replays, failovers } = measured;
  return {
    ...(faults && faults.injected > 0 && faultMetrics(faults)),
    ...logCosts,
    ...rpcMetrics(measured),
    ...Object.assign({}, ...images.map(imageMetrics)),
    ...(fork && forkMetrics(fork)),
    ...(replays && replayMetrics(replays)),
    ...(failovers && failoverMetrics(failovers)),
  };
}

function faultMetrics({ injected, unnoticed, repeats }: FaultCount): Metrics {
  return {
    faultsInvisible: plainMetric(unnoticed / injected, "share"),
    faultsInjected: plainMetric(injected, "faults"),
    effectsRepeated: plainMetric(repeats, "effects"),
  };
}

function failoverMetrics({ processMs, workerMs, cellMs }: Failovers): Metrics {
  return {
    failoverProcessMs: plainMetric(median(processMs), "ms"),
    failoverWorkerMs: plainMetric(median(workerMs), "ms"),
    failoverCellMs: plainMetric(median(cellMs), "ms"),
  };
}

function rpcMetrics({ rpcNs, logCosts }: Measured): Metrics {
  if (rpcNs === undefined) return {};
  const plain = median(rpcNs.plain);
  const share = (name: string): number => (logCosts?.[name]?.value ?? NaN) / plain;
  return {
    rpcPlain: plainMetric(plain, "ns"),
    rpcDurableMemory: againstFloor(median(rpcNs.memory), plain, "ns"),
    rpcDurableHost: againstFloor(median(rpcNs.host), plain, "ns"),
    ...(logCosts && {
      logShareMemory: plainMetric(share("logCostMemory"), "share"),
      logShareHost: plainMetric(share("logCostHost"), "share"),
      logShareDisk: plainMetric(share("logCostDisk"), "share"),
    }),
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
  const { rpcNs, images = [], fork, replays = [], failovers } = measured;
  const samples: [string, readonly number[]][] = [
    ["failover of a process", failovers?.processMs ?? []],
    ["failover of a worker", failovers?.workerMs ?? []],
    ["failover of a cell", failovers?.cellMs ?? []],
    ["fork of a copy", fork?.perCopyMs ?? []],
    ...rpcManners.map((manner): [string, readonly number[]] => [
      `rpc ${manner}`,
      rpcNs?.[manner] ?? [],
    ]),
    ...replays.map(({ records, samplesMs }): [string, readonly number[]] => [
      `recover ${records}`,
      samplesMs,
    ]),
    ...images.flatMap(({ memoryMiB, pauses }): [string, readonly number[]][] => [
      [`image of ${memoryMiB} MiB`, pauses.map(({ full }) => full.ms)],
      [`later image of ${memoryMiB} MiB`, pauses.flatMap(({ later }) => later.map(({ ms }) => ms))],
    ]),
  ];
  const taken = samples.filter(([, values]) => values.length > 0);
  return Object.fromEntries(taken.map(([name, values]) => [name, spreadOf(values)]));
}
