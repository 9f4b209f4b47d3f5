// What has happened in a run, as far as the checks need it: who made which capability, what was asked for, what was
// answered. No core knows it. It is part of a world, so it is small and plain.
import { demand } from "./violation.ts";
import type { Operation, Request, Told } from "../../src/monitor/index.ts";

export interface Made {
  readonly object: number;
  readonly lineage: readonly number[];
  readonly rights: number;
}

export interface History {
  /** By name, every branch that was ever given or created. */
  readonly made: Record<number, Made>;
  /** Calls without an answer, and the core that made each. */
  readonly open: Record<number, number>;
  /** By call, the operations that were asked for. */
  readonly asked: Record<number, Operation>;
  /** Operations that were answered as done. */
  readonly done: readonly number[];
  /** By `object:epoch`, who owned it. */
  readonly owners: Record<string, number>;
}

export const noHistory: History = { made: {}, open: {}, asked: {}, done: [], owners: {} };

/** What a turn of a core adds. */
export interface Happened {
  readonly core: number;
  readonly told: readonly Told[];
  readonly request?: Request;
  readonly call?: number;
  readonly made?: Made & { readonly name: number };
  readonly operation?: Operation;
}

export function extend(history: History, happened: Happened): History {
  const { core, told, request, call, made, operation } = happened;
  if (told.length === 0 && request === undefined) return history;
  const next = {
    made: { ...history.made },
    open: { ...history.open },
    asked: { ...history.asked },
    done: [...history.done],
    owners: { ...history.owners },
  };
  if (made !== undefined) {
    next.made[made.name] = { object: made.object, lineage: made.lineage, rights: made.rights };
  }
  if (operation !== undefined && call !== undefined) next.asked[call] = operation;
  if (call !== undefined && isAnswered(request)) next.open[call] = core;
  for (const event of told) note(next, core, event);
  return next;
}

/** Whether the caller is told later how it ended. */
function isAnswered(request: Request | undefined): boolean {
  return request !== undefined && request.kind !== "create" && request.kind !== "drop";
}

function note(
  history: { open: Record<number, number>; done: number[]; owners: Record<string, number> },
  core: number,
  event: Told,
): void {
  if (event.kind === "answer") {
    delete history.open[event.call];
    if (event.outcome === "ok" && !history.done.includes(event.call)) history.done.push(event.call);
  }
  if (event.kind === "owns") own(history.owners, event, core);
  if (event.kind === "moved") own(history.owners, event, event.to);
}

function own(
  owners: Record<string, number>,
  { object, epoch }: { readonly object: number; readonly epoch: number },
  owner: number,
): void {
  const key = `${object}:${epoch}`;
  owners[key] ??= owner;
  demand(owners[key] === owner, "one epoch has one owner");
}
