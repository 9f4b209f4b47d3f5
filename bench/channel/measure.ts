// All subjects measured under the condition in which this process finds itself; prints what came out as JSON. It is a
// process of its own since the number of processors is one of the conditions.
//
//   node bench/channel/measure.ts CONDITION [quick]
import { tuneEngine } from "../../src/machine/node/index.ts";
import { runRounds, type Subject, type Timed } from "../harness/rounds.ts";
import { quantile, type Spread } from "../harness/statistics.ts";
import { cellSubjects, startCellPair } from "./cell.ts";
import type { Condition } from "./condition.ts";
import { Pair } from "./pair.ts";
import { type Peer, processPeers, threadPeers } from "./peers.ts";
import { sumOfAnswers } from "./subject.ts";
import { spinning, type SubjectName, subjects } from "./subjects.ts";

export interface Measured {
  /** Nanoseconds for each call, by subject. */
  readonly spreads: Readonly<Record<string, Spread>>;
  /** The 99th percentile of single calls, ns. */
  readonly p99: Readonly<Record<string, number>>;
  readonly wakeNs: number;
  readonly looks: number;
  readonly workHash: string;
}

type Run = (count: number, samples?: Float64Array) => Promise<[sum: number, elapsedNs: number]>;

/** Something to measure, and how many calls a batch of it has. */
interface Measurable {
  readonly name: string;
  readonly count: number;
  readonly run: Run;
}

const quickly = process.argv[3] === "quick";
// Named by channel.ts.
const condition = process.argv[2] as Condition;
const isOneCpu = condition === "oneCpu";

/**
 * Few enough that most batches are not interrupted: some 100 us for those that poll. A thread that is taken off its
 * processor while the other one looks costs a time slice, and a batch in which that happens says nothing.
 */
function callsOf(name: string): number {
  if (/asleep/i.test(name)) return quickly ? 3 : 10;
  if (/wait/i.test(name) || isOneCpu) return quickly ? 30 : 100;
  if (/loop/i.test(name)) return quickly ? 100 : 300;
  return quickly ? 200 : 500;
}

function ofPair(pair: Pair): Measurable[] {
  const names = (Object.keys(subjects) as SubjectName[]).filter((name) =>
    isOneCpu ? !spinning.includes(name) : !/wait/i.test(name),
  );
  return names.map((name) => ({
    name,
    count: callsOf(name),
    run: /asleep/i.test(name) ? runRested(pair, name) : pair.run.bind(pair, name),
  }));
}

/** The rests are no part of what is measured: only the calls are. */
function runRested(pair: Pair, name: SubjectName): Run {
  return async (count, samples = new Float64Array(count)) => {
    const [sum] = await pair.run(name, count, samples);
    return [sum, samples.reduce((whole, ns) => whole + ns)];
  };
}

function ofPeer([name, { call }]: [string, Peer]): Measurable {
  return {
    name,
    count: quickly ? 10 : 50,
    run: async (count, samples) => {
      const begin = process.hrtime.bigint();
      const sum = await call(count, samples);
      return [sum, Number(process.hrtime.bigint() - begin)];
    },
  };
}

function subjectOf({ name, count, run }: Measurable): Subject {
  return {
    name,
    operations: count,
    expected: sumOfAnswers(count),
    run: async (): Promise<Timed> => {
      const [checksum, elapsedNs] = await run(count);
      return { checksum, elapsedNs };
    },
  };
}

/** Of single calls, each timed: their own run, since reading the clock is not free. */
async function tailsOf(
  all: readonly Measurable[],
  batches: number,
): Promise<Record<string, number>> {
  const tails: Record<string, number> = {};
  for (const { name, count, run } of all) {
    const times: number[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const samples = new Float64Array(count);
      await run(count, samples);
      times.push(...samples);
    }
    tails[name] = quantile(times, 0.99);
  }
  return tails;
}

async function measure(): Promise<Measured> {
  // As every core does; what is set holds for all threads of the process.
  tuneEngine();
  const pair = await Pair.start();
  const cells = isOneCpu ? undefined : await startCellPair(pair.looks);
  const peers = { ...threadPeers(), ...(await processPeers()) };
  const cellNames = cells === undefined ? [] : cellSubjects;
  try {
    const all: Measurable[] = [
      ...ofPair(pair),
      ...cellNames.map((name) => ({
        name,
        count: callsOf(name),
        run: ((count, samples) => cells!.run(name, count, samples)) satisfies Run,
      })),
      ...Object.entries(peers).map(ofPeer),
    ];
    const log = (line: string): void => void process.stderr.write(`  ${condition}: ${line}\n`);
    const rounds = { rounds: quickly ? 2 : 60, warmupRounds: quickly ? 1 : 20, log };
    const { spreadNs, workHash } = await runRounds(all.map(subjectOf), rounds);
    const p99 = await tailsOf(all, quickly ? 1 : 20);
    const { wakeNs, looks } = pair;
    return { spreads: Object.fromEntries(spreadNs), p99, wakeNs, looks, workHash };
  } finally {
    await pair.close();
    cells?.close();
    await Promise.all(Object.values(peers).map((peer) => peer.close()));
  }
}

process.stdout.write(JSON.stringify(await measure()));
process.exit();
