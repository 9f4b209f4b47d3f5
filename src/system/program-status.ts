// What is told of a program: its entry, its supervisor if it has one, and what its process uses.
import type { Supervisor } from "../supervisor/index.ts";
import { usageOf } from "./process-usage.ts";
import { stateAfter } from "./program-end.ts";
import type { ProgramEntry } from "./program-entry.ts";
import type { ProgramState, ProgramStatus } from "./system-request.ts";

export function statusOf(entry: ProgramEntry, supervisor: Supervisor | undefined): ProgramStatus {
  const { name, level, group, words, end } = entry;
  const cell = supervisor?.cell;
  const usage = cell?.pid === undefined ? undefined : usageOf(cell.pid);
  return {
    name,
    state: stateOf(entry, supervisor),
    pid: cell?.pid ?? null,
    level,
    epoch: supervisor?.epoch ?? 0,
    restarts: supervisor?.restarts ?? 0,
    startedAt: cell?.startedAt.toISOString() ?? null,
    cpuSeconds: usage?.cpuSeconds ?? null,
    memoryBytes: usage?.memoryBytes ?? null,
    answered: supervisor?.answered ?? 0,
    open: cell?.open ?? 0,
    group,
    words,
    end,
  };
}

export function stateOf(entry: ProgramEntry, supervisor: Supervisor | undefined): ProgramState {
  const state = supervisor?.state ?? "over";
  return state === "over" ? stateAfter(entry.end) : state;
}
