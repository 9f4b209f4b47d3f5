// Interleaved rounds. A shared machine changes speed from second to second, so a floor measured
// first and ours measured afterwards compare two moods of the machine, not two programs. Here every
// round times one batch of every subject, starting each round with a different one and going round
// the other way every second time, so that no subject always follows the same neighbour; and a
// subject's figure is the median over rounds. That is also why this is not mitata: it runs each
// subject to its end before it begins the next.
//
// Every batch returns a checksum of what it did, which must be the expected one: a subject whose
// work was skipped, or done wrongly, ends the benchmark instead of winning it.
import { createHash } from "node:crypto";
import { type Spread, spreadOf } from "./statistics.ts";

export interface Subject {
  readonly name: string;
  /** How many operations one batch does; the figure is time divided by this. */
  readonly operations: number;
  /** The checksum one batch must return, computed without the subject. */
  readonly expected: number;
  run(): number | Promise<number> | Promise<Timed>;
}

/** What a subject that runs in another thread answers: it was timed there. */
export interface Timed {
  readonly checksum: number;
  readonly elapsedNs: number;
}

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds run first and thrown away, so that the engine has compiled what it will compile. */
  readonly warmupRounds: number;
  readonly log: (line: string) => void;
}

export interface RoundResult {
  /** Nanoseconds per operation, by subject name. */
  readonly spreadNs: ReadonlyMap<string, Spread>;
  readonly workHash: string;
}

export class WrongWorkError extends Error {
  constructor(subject: string, expected: number, actual: number) {
    super(
      `${subject} returned checksum ${actual} instead of ${expected}: it did other work than it ` +
        "was given, so its time means nothing; fix the subject before looking at any figure",
    );
    this.name = "WrongWorkError";
  }
}

export async function runRounds(
  subjects: readonly Subject[],
  options: RoundOptions,
): Promise<RoundResult> {
  const samples = new Map<string, number[]>(subjects.map((subject) => [subject.name, []]));
  if (samples.size !== subjects.length) throw new RangeError("two subjects share a name");
  const total = options.warmupRounds + options.rounds;
  for (let round = 0; round < total; round++) {
    if (round % 50 === 0) options.log(`round ${round} of ${total}, ${subjects.length} subjects`);
    await runRound(subjects, round, (name, ns) => {
      if (round >= options.warmupRounds) samples.get(name)?.push(ns);
    });
  }
  const spreadNs = new Map([...samples].map(([name, values]) => [name, spreadOf(values)]));
  return { spreadNs, workHash: hashWork(subjects) };
}

async function runRound(
  subjects: readonly Subject[],
  round: number,
  record: (name: string, nsPerOperation: number) => void,
): Promise<void> {
  const order = round % 2 === 0 ? subjects : subjects.toReversed();
  for (let position = 0; position < order.length; position++) {
    const subject = order[(position + round) % order.length];
    record(subject.name, await timeBatch(subject));
    // Promise reactions and garbage of one subject must not be paid for by the next.
    await nextTurn();
  }
}

async function timeBatch(subject: Subject): Promise<number> {
  const startNs = process.hrtime.bigint();
  const running = subject.run();
  const result = typeof running === "number" ? running : await running;
  const hereNs = Number(process.hrtime.bigint() - startNs);
  const checksum = typeof result === "number" ? result : result.checksum;
  const elapsedNs = typeof result === "number" ? hereNs : result.elapsedNs;
  if (checksum !== subject.expected) {
    throw new WrongWorkError(subject.name, subject.expected, checksum);
  }
  return elapsedNs / subject.operations;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One name for "this work and no other": the subjects, how much each did, and its checksum. */
function hashWork(subjects: readonly Subject[]): string {
  return hashLines(subjects.map(({ name, operations, expected }) => [name, operations, expected]));
}

/** A short digest of work, the same whatever the order in which the pieces are listed. */
export function hashLines(work: readonly (readonly (string | number)[])[]): string {
  const lines = work.map((piece) => piece.join(" ")).toSorted();
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
