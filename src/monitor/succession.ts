// Succession: what becomes of the objects whose owner died, and of what it led. When a view begins every member tells
// the regent, its lowest member, what it knows of owners and which operations it was marked for by somebody who is
// gone. When the regent has heard everybody it knows all that anybody was told, and decides:
//
//   the owner was being moved, and the new one lives    the move is finished
//   the owner died; its objects survive                 the regent owns them, until they are brought up again
//   the owner died with the object                      the regent owns it, and ends it as lost
//   an operation was begun                              it is done, after the above, under its old name
//
// Every decision is an agreement (agreement.ts), so a regent may die as well.
//
//   idle, gathering (somebody has not been heard)
import { lead } from "./agreement.ts";
import { endIfUnnamed } from "./holdings.ts";
import type { Messages } from "./message.ts";
import type { Core, Name } from "./name.ts";
import type { Operation, Rehome } from "./operation.ts";
import type { Table } from "./protocol.ts";
import type { Gathering, ObjectRecord } from "./state.ts";
import type { Turn } from "./turn.ts";

export type RegentState = "idle" | "gathering";

export const regent: Table<Turn, Gathering | null, RegentState, Pick<Messages, "standing">> = {
  idle: { standing: () => "idle" },
  gathering: { standing: hear },
};

/** The member that decides for the dead: all agree who, since all agree on the view. */
export function regentOf(members: readonly Core[]): Core {
  return Math.min(...members);
}

/** Tells the regent of this view what is known here. Called when a view begins. */
export function report(turn: Turn): void {
  const { core } = turn;
  const decides = regentOf(core.members);
  core.gathering =
    decides === core.me ? { waiting: [...core.members], records: [], operations: [] } : null;
  const orphans = core.memberships.filter(({ leader }) => !turn.isMember(leader));
  const operations = [...orphans.map(({ operation }) => operation), ...core.abandoned];
  const { view, records } = core;
  turn.send(decides, { kind: "standing", view, records: [...records], operations });
}

function hear(
  turn: Turn,
  gathering: Gathering | null,
  message: Messages["standing"],
  from: Core,
): RegentState {
  const heard = gathering!;
  if (message.view !== turn.core.view) return "gathering";
  heard.waiting = heard.waiting.filter((core) => core !== from);
  heard.records.push(...message.records);
  heard.operations.push(...message.operations);
  if (heard.waiting.length > 0) return "gathering";
  turn.core.gathering = null;
  for (const object of objectsOf(heard)) decide(turn, heard, object);
  turn.sendAll({ kind: "decided", view: turn.core.view });
  return "idle";
}

/**
 * The regent has decided, and marks that it has begun came before this. An owner whose move was led by somebody who died
 * knows now whether it is led again; if not, everybody has followed it.
 */
export function conclude(turn: Turn, { view }: Messages["decided"]): void {
  const { core } = turn;
  if (view !== core.view) return;
  const isLedAgain = (object: Name): boolean =>
    core.memberships.some(({ operation }) => isRehome(operation) && operation.object === object);
  const over = core.unconfirmed.filter(
    ({ object, by }) => !turn.isMember(by) && !isLedAgain(object),
  );
  core.unconfirmed = core.unconfirmed.filter((entry) => !over.includes(entry));
  for (const { object } of over) endIfUnnamed(turn, object);
}

function objectsOf({ records, operations }: Gathering): Name[] {
  return [...new Set([...records, ...operations].map(({ object }) => object))];
}

function decide(turn: Turn, heard: Gathering, object: Name): void {
  const newest = newestOf(heard.records.filter((record) => record.object === object));
  const begun = heard.operations.filter((operation) => operation.object === object);
  const isLed = turn.core.leads.some(({ operation }) => operation.object === object);
  const move = begun.filter(isRehome).toSorted((a, b) => b.epoch - a.epoch)[0];
  const next = isLed ? undefined : successor(turn, object, newest, move);
  if (next !== undefined) succeed(turn, next, newest);
  for (const operation of begun) {
    if (operation.kind !== "rehome") finish(turn, operation, newest);
  }
}

function isRehome(operation: Operation): operation is Rehome {
  return operation.kind === "rehome";
}

function newestOf(records: readonly ObjectRecord[]): ObjectRecord | undefined {
  return records.toSorted((a, b) => b.epoch - a.epoch)[0];
}

/** Who is to own an object now, as a move to be agreed on; undefined if it has a living owner whom all know. */
function successor(
  turn: Turn,
  object: Name,
  newest: ObjectRecord | undefined,
  move: Rehome | undefined,
): Rehome | undefined {
  const isNewestAlive = newest !== undefined && turn.isMember(newest.owner);
  if (move === undefined) {
    return newest === undefined || isNewestAlive ? undefined : toMe(turn, newest);
  }
  if (newest === undefined || newest.epoch < move.epoch) {
    if (turn.isMember(move.to)) return move;
    return toMe(turn, { object, epoch: move.epoch, survives: move.survives }, move.name);
  }
  if (!isNewestAlive) return toMe(turn, newest, move.name);
  return { ...move, to: newest.owner, epoch: newest.epoch };
}

/** An ownership of the regent's, after one that ended. */
function toMe(
  turn: Turn,
  last: Pick<ObjectRecord, "object" | "epoch" | "survives">,
  name = turn.newName(),
): Rehome {
  const { object, epoch, survives } = last;
  return { kind: "rehome", name, object, to: turn.core.me, epoch: epoch + 1, survives };
}

/** Has the next owner agreed on. An object that was on a core that died, and does not survive that, is then ended. */
function succeed(turn: Turn, next: Rehome, newest: ObjectRecord | undefined): void {
  const { core } = turn;
  lead(turn, next);
  const isLost = next.to === core.me && next.epoch !== newest?.epoch && !next.survives;
  if (!isLost) return;
  const { object } = next;
  const operation = { kind: "destroy", name: turn.newName(), object, reason: "lost" } as const;
  core.queue.push({ operation, isBegun: false });
}

/** Has an operation done that somebody was marked for. */
function finish(turn: Turn, operation: Operation, newest: ObjectRecord | undefined): void {
  const { core } = turn;
  const isHere = core.leads.some((run) => run.operation.object === operation.object);
  const ask = { operation, isBegun: true };
  if (isHere) turn.protocols.court.busy.ask(turn, undefined, ask, core.me);
  else if (newest === undefined) lead(turn, operation);
  else turn.send(newest.owner, { kind: "ask", ...ask });
}
