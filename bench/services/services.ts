// The services benchmark: a typed call of a service, against an async function and a generator that do the
// same (the floors), the codec alone, a durable service at two levels, and what others use between threads.
// All take turns in the same rounds. Idle services are counted apart.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { boot, openDurableServer, type ServiceSystem, syncOf } from "../../src/boot/index.ts";
import { CodecReader, CodecWriter } from "../../src/service/index.ts";
import type { Bench, BenchOptions, BenchOutcome } from "../harness/bench.ts";
import { againstFloor, type Metrics, plainMetric } from "../harness/metric.ts";
import { type RoundResult, runRounds, type Subject } from "../harness/rounds.ts";
import type * as counterModule from "./fixtures/counter.ts";
import type * as waitingModule from "./fixtures/waiting-counter.ts";
import type { IdleCost } from "./idle.ts";
import { comlinkPeer, type Peer, piscinaPeer } from "./peers.ts";

type Counter = typeof counterModule;
type WaitingCounter = typeof waitingModule;

export const servicesBench: Bench = {
  name: "services",
  summary:
    "typed calls of TypeScript services, against a function, a generator, comlink and piscina",
  run: runServices,
  plot: async (metrics) => (await import("../plot/services-plot.ts")).plotServices(metrics),
};

const file = new URL("./fixtures/counter.ts", import.meta.url);
const waitingFile = new URL("./fixtures/waiting-counter.ts", import.meta.url);
const text = "a short text";

/**
 * Calls of a batch, by what one takes: batches of one or two milliseconds. On a busy machine a longer one waits
 * for the processor, and the cheapest would win by being short.
 */
interface Counts {
  readonly floor: number;
  readonly call: number;
  readonly wait: number;
  readonly slow: number;
}

const fullCounts: Counts = { floor: 10_000, call: 2000, wait: 500, slow: 20 };
const quickCounts: Counts = { floor: 500, call: 500, wait: 100, slow: 20 };

async function runServices({ quick, log }: BenchOptions): Promise<BenchOutcome> {
  const rounds = quick ? 2 : 100;
  const warmupRounds = quick ? 1 : 40;
  const counts = quick ? quickCounts : fullCounts;
  const idleCount = quick ? 50 : 10_000;
  const calledCount = quick ? 5 : 500;
  const idle = idleCost(idleCount, calledCount);
  const directory = mkdtempSync(join(tmpdir(), "shoal-services-"));
  const peers = { comlink: comlinkPeer(), piscina: piscinaPeer() };
  const system = await boot();
  try {
    const subjects = [
      ...floors(counts),
      ...(await ours(system, counts)),
      ...(await durables(system, directory, counts)),
      ...Object.entries(peers).map(([name, peer]) => peerSubject(name, peer, counts.slow)),
    ];
    const result = await runRounds(subjects, { rounds, warmupRounds, log });
    return {
      metrics: metricsOf(result, idle),
      parameters: { rounds, ...counts, idleCount, calledCount },
      spreads: Object.fromEntries(result.spreadNs),
      workHash: result.workHash,
    };
  } finally {
    await system[Symbol.asyncDispose]();
    await Promise.all(Object.values(peers).map((peer) => peer.close()));
    rmSync(directory, { recursive: true, force: true });
  }
}

function idleCost(count: number, calledCount: number): IdleCost {
  const program = fileURLToPath(new URL("./idle-process.ts", import.meta.url));
  const args = ["--expose-gc", program, String(count), String(calledCount)];
  // What it prints is what `measureIdle` answers.
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as IdleCost;
}

/** Each call answers one more than its number; the sum of the answers is the checksum. */
function subjectOf(name: string, operations: number, run: Subject["run"]): Subject {
  return { name, operations, expected: (operations * (operations + 1)) / 2, run };
}

function* counting(): Generator<number, never, number> {
  let number = 0;
  for (;;) number = (yield number + 1) as number;
}

function floors({ floor: calls, call: objects }: Counts): Subject[] {
  const next = async (number: number): Promise<number> => number + 1;
  const generator = counting();
  generator.next(0);
  const writer = new CodecWriter(65_536);
  const reader = new CodecReader();
  const through = (value: unknown): unknown => {
    writer.write(value);
    return reader.read(writer.bytes, writer.length);
  };
  return [
    subjectOf("asyncFunction", calls, async () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) sum += await next(i);
      return sum;
    }),
    subjectOf("generator", calls, () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) sum += generator.next(i).value;
      return sum;
    }),
    subjectOf("codec", calls, () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        const [, number] = through(["next", i]) as [string, number];
        sum += through(number + 1) as number;
      }
      return sum;
    }),
    subjectOf("codecObject", objects, () => {
      let sum = 0;
      for (let i = 0; i < objects; i++) {
        const step = { number: i, text, isLast: false };
        const [, { number }] = through(["step", step]) as [string, counterModule.Step];
        sum += (through({ ...step, number: number + 1 }) as counterModule.Step).number;
      }
      return sum;
    }),
  ];
}

async function ours(system: ServiceSystem, { call: calls, wait }: Counts): Promise<Subject[]> {
  const counter = await system.spawn<Counter>(file);
  const now = syncOf(counter);
  const waiting = await system.spawn<WaitingCounter>(waitingFile);
  return [
    subjectOf("typedCall", calls, async () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) sum += await counter.next(i);
      return sum;
    }),
    subjectOf("typedCallSync", calls, () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) sum += now.next(i);
      return sum;
    }),
    subjectOf("typedCallObject", calls, async () => {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        sum += (await counter.step({ number: i, text, isLast: false })).number;
      }
      return sum;
    }),
    subjectOf("typedCallWaiting", wait, async () => {
      let sum = 0;
      for (let i = 0; i < wait; i++) sum += await waiting.next(i);
      return sum;
    }),
  ];
}

async function durables(
  system: ServiceSystem,
  directory: string,
  { wait, slow }: Counts,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const [name, level, count] of [
    ["durableCallMemory", "memory", wait],
    ["durableCallDisk", "disk", slow],
  ] as const) {
    const { durable } = openDurableServer({
      level,
      directory: join(directory, level),
      epoch: 1,
    });
    const counter = await system.spawn<Counter>(file, { durable });
    subjects.push(
      subjectOf(name, count, async () => {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += await counter.next(i);
        return sum;
      }),
    );
  }
  return subjects;
}

function peerSubject(name: string, peer: Peer, calls: number): Subject {
  return subjectOf(name, calls, async () => {
    let sum = 0;
    for (let i = 0; i < calls; i++) sum += await peer.next(i);
    return sum;
  });
}

function metricsOf({ spreadNs }: RoundResult, idle: IdleCost): Metrics {
  const of = (name: string): number => spreadNs.get(name)!.median;
  const [floor, generator, codec] = [of("asyncFunction"), of("generator"), of("codec")];
  const codecObject = of("codecObject");
  const [typed, sync] = [of("typedCall"), of("typedCallSync")];
  return {
    // The same done by hand: the function and the codec. The goal is a ratio of three.
    typedCall: againstFloor(typed, floor + codec, "ns"),
    typedCallSync: againstFloor(sync, generator + codec, "ns"),
    typedCallObject: againstFloor(of("typedCallObject"), floor + codecObject, "ns"),
    typedCallWaiting: againstFloor(of("typedCallWaiting"), floor + codec, "ns"),
    // The goal as it can be read more strictly: the codec once, the function three times; a ratio of one keeps it.
    typedCallGoal: againstFloor(typed, 3 * floor + codec, "ns"),
    typedCallSyncGoal: againstFloor(sync, 3 * generator + codec, "ns"),
    durableCallMemory: againstFloor(of("durableCallMemory"), typed, "ns"),
    durableCallDisk: againstFloor(of("durableCallDisk"), typed, "ns"),
    comlink: againstFloor(of("comlink"), typed, "ns"),
    piscina: againstFloor(of("piscina"), typed, "ns"),
    floorAsyncFunction: plainMetric(floor, "ns"),
    floorGenerator: plainMetric(generator, "ns"),
    codec: plainMetric(codec, "ns"),
    codecObject: plainMetric(codecObject, "ns"),
    idleStart: plainMetric(idle.startUs, "us"),
    idleMemory: plainMetric(idle.bytes, "bytes"),
    firstCall: plainMetric(idle.firstCallUs, "us"),
    calledMemory: plainMetric(idle.calledBytes, "bytes"),
  };
}
