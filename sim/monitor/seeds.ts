// Seeds of random runs that found something. A seed means the same run only as long as runs draw in the same order; what
// each found is also a rule of the tables now, and the planted defects show that the checks see such things.
import { type RandomOptions } from "./random-run.ts";

export interface KeptSeed {
  readonly seed: number;
  readonly options: RandomOptions;
  readonly found: string;
}

const small: RandomOptions = { cores: 3, requests: 12, faults: 2 };
const middle: RandomOptions = { cores: 4, requests: 20, faults: 3 };
const large: RandomOptions = { cores: 5, requests: 60, faults: 3 };

export const keptSeeds: readonly KeptSeed[] = [
  { seed: 885, options: small, found: "a queued move was begun after its new owner had died" },
  { seed: 149, options: middle, found: "an object lost with a new owner that never knew" },
  {
    seed: 1966,
    options: middle,
    found: "an object without a name outlived a question in its queue",
  },
  {
    seed: 1677,
    options: middle,
    found: "an operation that was given up was forgotten with a regent",
  },
  { seed: 5482, options: large, found: "a move that was asked for again was done again" },
  { seed: 10_103, options: large, found: "a move asked of a dead owner was never answered" },
  {
    seed: 14_167,
    options: large,
    found: "an object ended while a revoke of its last branch was asked",
  },
  { seed: 20_534, options: large, found: "a move was still marked after its object had ended" },
  {
    seed: 335,
    options: large,
    found: "a core that was not to own an object kept a question for it",
  },
  {
    seed: 41_933,
    options: large,
    found: "an owner led before the regent had finished its own move",
  },
];
