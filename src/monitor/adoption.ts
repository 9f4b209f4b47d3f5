// Adoption: where a branch hangs whose elder died. It asks the nearest living core that made one of its ancestors, and
// if there is none the owner of the object. When a view begins everybody asks, and says `flushed` when all are
// answered; until everybody has, nobody drops an anchor for a dead core, and no owner takes an object for unnamed.
// What hangs from the object itself asks each new owner in the same way.
//
//   child:  idle, asking (an entry of `adoptions`)
//   elder:  banned (an operation removes the child), has (its anchor), ancestor (an anchor of one of its ancestors, to
//           a dead core), gone (none of them: cannot be); of those for the owner: owner, former
//           (there is a later one, whom the child will hear of and ask), early (it is this core, which is not told yet)
//   flush:  settling (somebody has not said it), settled
import { anchorOf, endIfUnnamed, lift, releaseIfEmpty } from "./holdings.ts";
import type { Asked, Messages } from "./message.ts";
import { elderOf, theOwner, type Core, type Name } from "./name.ts";
import { removes } from "./operation.ts";
import { never, stay, type Table } from "./protocol.ts";
import { ownerOf, tellOwner } from "./record.ts";
import { isSettled, type Adoption, type Anchor, type Branch, type ObjectRecord } from "./state.ts";
import type { Turn } from "./turn.ts";

export type ChildState = "idle" | "asking";

export const child: Table<Turn, Adoption | undefined, ChildState, Pick<Messages, "adopted">> = {
  idle: { adopted: () => "idle" },
  asking: { adopted: settleDown },
};

export type ElderState = "banned" | "has" | "ancestor" | "owner" | "former" | "early" | "gone";
type Ancestor = Anchor | undefined;

export const elder: Table<Turn, Ancestor, ElderState, Pick<Messages, "adopt">> = {
  banned: { adopt: answer },
  has: { adopt: answer },
  ancestor: { adopt: hold },
  owner: { adopt: hold },
  former: { adopt: stay("former") },
  early: { adopt: keep },
  gone: { adopt: never("an anchor goes when its branch has, or under a ban that the branch ends") },
};

export type FlushState = "settling" | "settled";

export const flush: Table<Turn, undefined, FlushState, Pick<Messages, "flushed">> = {
  settling: { flushed: hear },
  settled: { flushed: () => "settled" },
};

// ---- child ----

/** Has everything ask that hung from a core that is no member any more. Called when a view begins. */
export function hangElsewhere(turn: Turn, before: readonly Core[]): void {
  const { core } = turn;
  core.adoptions = core.adoptions.filter((adoption) => canBeAnswered(turn, adoption));
  core.early = core.early.filter((asked) => turn.isMember(asked.child));
  for (const branch of core.branches) {
    const elderBefore = elderOf(branch.lineage, before);
    const isAsking = core.adoptions.some(({ name }) => name === branch.name);
    const isOrphan = elderBefore !== theOwner && !turn.isMember(elderBefore);
    const ownerNow = ownerOf(turn, branch.object) ?? theOwner;
    const isOwnerless = elderBefore === theOwner && !turn.isMember(ownerNow);
    if (isOrphan || isAsking || isOwnerless) ask(turn, branch);
  }
}

/** Of what was swept while it asked, only the answer of the living has to be awaited. */
function canBeAnswered(turn: Turn, { name, object, to }: Adoption): boolean {
  const asked = to === theOwner ? (ownerOf(turn, object) ?? theOwner) : to;
  return turn.isMember(asked) || turn.core.branches.some((branch) => branch.name === name);
}

/** Has what hangs from the object itself ask its new owner. */
export function hangAgain(turn: Turn, object: Name): void {
  const { branches, members } = turn.core;
  for (const branch of branches) {
    if (branch.object === object && elderOf(branch.lineage, members) === theOwner) {
      ask(turn, branch);
    }
  }
}

function ask(turn: Turn, branch: Branch): void {
  const { core } = turn;
  const { name, object, lineage } = branch;
  const to = elderOf(lineage, core.members);
  const epoch = turn.recordOf(object)?.epoch ?? 0;
  core.adoptions = core.adoptions.filter((adoption) => adoption.name !== name);
  core.adoptions.push({ name, object, lineage, to, epoch });
  const isForOwner = to === theOwner;
  const asked = { name, object, lineage, child: core.me, isForOwner, epoch };
  const adopt = { kind: "adopt", ...asked } as const;
  if (isForOwner) tellOwner(turn, object, adopt);
  else turn.send(to, adopt);
}

function settleDown(
  turn: Turn,
  adoption: Adoption | undefined,
  message: Messages["adopted"],
  from: Core,
): ChildState {
  const { to, epoch, name } = adoption!;
  if (to === theOwner ? message.epoch < epoch : from !== to) return "asking";
  turn.core.adoptions = turn.core.adoptions.filter((other) => other !== adoption);
  releaseIfEmpty(turn, name);
  return "idle";
}

// ---- elder ----

export function elderState(turn: Turn, message: Messages["adopt"]): ElderState {
  const { core } = turn;
  if (core.memberships.some(({ operation }) => removes(operation, message))) return "banned";
  if (anchorOf(turn, message.name) !== undefined) return "has";
  if (!message.isForOwner) {
    return ancestorOf(turn, message) === undefined ? "gone" : "ancestor";
  }
  if (turn.recordOf(message.object)?.owner === core.me) return "owner";
  const isNext = core.memberships.some(
    ({ operation }) =>
      operation.kind === "rehome" &&
      operation.object === message.object &&
      operation.to === core.me,
  );
  return isNext ? "early" : "former";
}

/** The nearest ancestor that has an anchor here. */
export function ancestorOf(turn: Turn, message: Messages["adopt"]): Anchor | undefined {
  if (message.isForOwner) return undefined;
  const named = message.lineage.toReversed().map((name) => anchorOf(turn, name));
  return named.find((anchor) => anchor !== undefined);
}

function hold(turn: Turn, ancestor: Ancestor, message: Messages["adopt"]): ElderState {
  const { name, object, lineage } = message;
  const under = ancestor?.under ?? 0;
  turn.core.anchors.push({ name, object, lineage, to: message.child, under });
  return answer(turn, ancestor, message);
}

function answer(turn: Turn, _: Ancestor, message: Messages["adopt"]): ElderState {
  if (!turn.isMember(message.child)) return "gone";
  const epoch = turn.recordOf(message.object)?.epoch ?? Number.MAX_SAFE_INTEGER;
  turn.send(message.child, { kind: "adopted", name: message.name, epoch });
  return "has";
}

function keep(turn: Turn, _: Ancestor, message: Messages["adopt"]): ElderState {
  turn.core.early.push(message);
  return "early";
}

/** Hears what was asked of the owner too early, now that somebody is. */
export function hearEarly(turn: Turn, { object, owner, epoch }: ObjectRecord): void {
  const { core } = turn;
  const isDue = (asked: Asked): boolean => asked.object === object && asked.epoch <= epoch;
  const due = core.early.filter(isDue);
  core.early = core.early.filter((asked) => !isDue(asked));
  if (owner !== core.me) return;
  for (const asked of due) turn.send(core.me, { kind: "adopt", ...asked });
}

// ---- flush ----

/** Says that everything here hangs from a living core again, once. */
export function flushIfAdopted(turn: Turn): void {
  const { core } = turn;
  if (core.flushed.includes(core.me) || core.adoptions.length > 0) return;
  turn.sendAll({ kind: "flushed", view: core.view });
}

export function flushState(turn: Turn): FlushState {
  return isSettled(turn.core) ? "settled" : "settling";
}

function hear(turn: Turn, _: undefined, message: Messages["flushed"], from: Core): FlushState {
  const { core } = turn;
  if (message.view !== core.view || core.flushed.includes(from)) return "settling";
  core.flushed.push(from);
  if (!isSettled(core)) return "settling";
  dropDead(turn);
  return "settled";
}

/** Nothing is on its way any more that came from the dead, or that hangs from them. */
function dropDead(turn: Turn): void {
  const { core } = turn;
  core.newcomers = [];
  for (const anchor of core.anchors) {
    if (!turn.isMember(anchor.to)) lift(turn, anchor);
  }
  for (const { object } of core.records) endIfUnnamed(turn, object);
}
