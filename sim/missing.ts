// Cells that never occurred and are not known to be unreachable: what `--coverage` fails on. A cell is
// expected for each call, each stage at which its thread can be left, and each outcome.
import { Syscall, syscallFacts, type SyscallName } from "../src/abi/index.ts";
import { allOutcomes, type Coverage, outcomeNumber } from "./coverage.ts";
import { isImpossible, unreachable } from "./unreachable.ts";

export interface MissingCell {
  readonly call: SyscallName;
  readonly stage: SyscallName;
  readonly outcome: string;
}

/** Cells that occurred although they are said not to: the list, or the kernel, is wrong. */
export function surprisingCells(coverage: Coverage): MissingCell[] {
  return coverage.cells().filter(({ call, stage, outcome }) => isImpossible(call, stage, outcome));
}

export function missingCells(coverage: Coverage): MissingCell[] {
  const missing: MissingCell[] = [];
  for (const [name, facts] of Object.entries(syscallFacts)) {
    const call = name as SyscallName;
    for (const stage of new Set([call, ...facts.stages])) {
      for (const outcome of allOutcomes) {
        const occurred =
          coverage.countOf(Syscall[call], Syscall[stage], outcomeNumber(outcome)) > 0;
        if (occurred || unreachable(call, stage, outcome) !== undefined) continue;
        missing.push({ call, stage, outcome });
      }
    }
  }
  return missing;
}
