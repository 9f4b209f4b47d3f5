// What occurred: a count per (call, stage, outcome). The stage is the call itself while it is being
// made, or the call at which its thread was left waiting; the outcome is a status, or one of the four
// other things that can come of making a call.
import {
  Status,
  statusName,
  syscallCount,
  syscallName,
  type SyscallName,
} from "../src/abi/index.ts";

/** Outcomes beside the statuses. */
export const Outcome = { blocked: 32, again: 33, switched: 34, portal: 35 } as const;
const outcomeCount = 36;

const outcomeNames = new Map<number, string>(
  Object.entries(Outcome).map(([name, value]) => [value, name]),
);

export function outcomeName(outcome: number): string {
  return outcomeNames.get(outcome) ?? statusName(outcome);
}

export interface Cell {
  readonly call: SyscallName;
  readonly stage: SyscallName;
  readonly outcome: string;
  readonly count: number;
}

export class Coverage {
  readonly counts = new Float64Array(syscallCount * syscallCount * outcomeCount);

  note(call: number, stage: number, outcome: number): void {
    const isKnown = call > 0 && call < syscallCount && stage > 0 && stage < syscallCount;
    if (isKnown) this.counts[(call * syscallCount + stage) * outcomeCount + outcome]++;
  }

  countOf(call: number, stage: number, outcome: number): number {
    return this.counts[(call * syscallCount + stage) * outcomeCount + outcome];
  }

  add(counts: Iterable<number>): void {
    let index = 0;
    for (const count of counts) this.counts[index++] += count;
  }

  /** Every cell that occurred, in the order of call, stage and outcome. */
  cells(): Cell[] {
    const cells: Cell[] = [];
    this.counts.forEach((count, index) => {
      if (count === 0) return;
      const outcome = index % outcomeCount;
      const stage = Math.floor(index / outcomeCount) % syscallCount;
      const call = syscallName(Math.floor(index / outcomeCount / syscallCount));
      const stageName = syscallName(stage);
      if (call === undefined || stageName === undefined) return;
      cells.push({ call, stage: stageName, outcome: outcomeName(outcome), count });
    });
    return cells;
  }
}

/** All outcomes that a cell can have: statuses first. */
export const allOutcomes: readonly string[] = [...Object.keys(Status), ...Object.keys(Outcome)];

export function outcomeNumber(name: string): number {
  const status = Object.entries(Status).find(([status]) => status === name)?.[1];
  if (status !== undefined) return status;
  for (const [outcome, value] of Object.entries(Outcome)) if (outcome === name) return value;
  throw new RangeError(`there is no outcome called "${name}"`);
}
