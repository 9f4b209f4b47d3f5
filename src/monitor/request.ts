// What the programs of a core ask of its monitor: the capability calls, where they reach another core. What a kernel can
// do alone it does alone: copies and mints within the core, and deletes that leave another capability of the branch.
import { anchorsUnder, branchOf, releaseIfEmpty } from "./holdings.ts";
import type { Core, Name } from "./name.ts";
import type { Operation } from "./operation.ts";
import { tellOwner } from "./record.ts";
import { isSettled, type Branch } from "./state.ts";
import type { Turn } from "./turn.ts";

export type Request =
  /** An object is exported for the first time: its first branch, and this core owns it. */
  | { readonly kind: "create"; readonly survives: boolean; readonly rights: number }
  /** Copy, or mint with fewer rights, or move, to another core. */
  | {
      readonly kind: "give";
      readonly name: Name;
      readonly to: Core;
      readonly rights: number;
      readonly isMove: boolean;
    }
  /** The last capability of a branch in this kernel was deleted. */
  | { readonly kind: "drop"; readonly name: Name }
  /** Everything derived from a branch goes; the kernel has revoked what is here. */
  | { readonly kind: "revoke"; readonly name: Name }
  | { readonly kind: "destroy"; readonly object: Name }
  /** The object gets another owner, who has all that it needs for it. */
  | { readonly kind: "rehome"; readonly object: Name; readonly to: Core };

/**
 * - `noBranch`: nothing of that name is held here
 * - `noRight`: rights were asked for that the capability lacks
 * - `noMember`: there is no such core in this view, or it is this one
 * - `busy`: the object is moving, or the core has just joined, or the owner has died: ask again after a while
 * - `hasDerived`: what was derived from it is on other cores, and would not go along: copy it instead
 */
export type Refusal = "noBranch" | "noRight" | "noMember" | "busy" | "hasDerived";

/** The name by which the answer is told, or why nothing was begun. */
export type Begun = { readonly call: Name } | { readonly refused: Refusal };

export function begin(turn: Turn, request: Request): Begun {
  switch (request.kind) {
    case "create":
      return create(turn, request.rights, request.survives);
    case "give":
      return onBranch(turn, request.name, (branch) => give(turn, branch, request));
    case "drop":
      return onBranch(turn, request.name, (branch) => drop(turn, branch));
    case "revoke":
      return onBranch(turn, request.name, (branch) => revoke(turn, branch));
    case "destroy":
      return ask(turn, {
        kind: "destroy",
        name: turn.newName(),
        object: request.object,
        reason: "asked",
      });
    case "rehome":
      return rehome(turn, request.object, request.to);
  }
}

function onBranch(turn: Turn, name: Name, act: (branch: Branch) => Begun): Begun {
  const branch = branchOf(turn, name);
  return branch?.isHeld === true ? act(branch) : { refused: "noBranch" };
}

function create(turn: Turn, rights: number, survives: boolean): Begun {
  const { core } = turn;
  const object = turn.newName();
  const name = turn.newName();
  const lineage = [name];
  core.records.push({ object, owner: core.me, epoch: 1, survives });
  core.anchors.push({ name, object, lineage, to: core.me, under: 0 });
  core.branches.push({ name, object, lineage, rights, isHeld: true });
  turn.tell({ kind: "owns", object, epoch: 1 });
  return { call: object };
}

function give(turn: Turn, branch: Branch, request: Request & { kind: "give" }): Begun {
  const { core } = turn;
  const { to, rights, isMove } = request;
  if (!turn.isMember(to) || to === core.me) return { refused: "noMember" };
  if ((rights & ~branch.rights) !== 0) return { refused: "noRight" };
  if (!mayOffer(turn, branch.object, to)) return { refused: "busy" };
  if (isMove && anchorsUnder(turn, branch.name).length > 0) return { refused: "hasDerived" };
  const name = turn.newName();
  const { object } = branch;
  const lineage = [...branch.lineage, name];
  core.anchors.push({ name, object, lineage, to, under: branch.name });
  core.offers.push({ name, object, lineage, to, isMove });
  if (isMove) branch.isHeld = false;
  turn.send(to, { kind: "offer", name, lineage, rights, record: turn.recordOf(object)! });
  return { call: name };
}

/** Not while the object moves, and not to a core that somebody may not know of yet: an operation could miss it. */
function mayOffer(turn: Turn, object: Name, to: Core): boolean {
  const { core } = turn;
  const isMoving = core.memberships.some(
    ({ operation }) => operation.object === object && operation.kind === "rehome",
  );
  return !isMoving && (isSettled(core) || !core.newcomers.includes(to));
}

function drop(turn: Turn, branch: Branch): Begun {
  branch.isHeld = false;
  releaseIfEmpty(turn, branch.name);
  return { call: branch.name };
}

/** The anchors stay until the mark comes back: until then something hangs from them. */
function revoke(turn: Turn, branch: Branch): Begun {
  const below = anchorsUnder(turn, branch.name);
  const call = turn.newName();
  if (below.length === 0) {
    turn.tell({ kind: "answer", call, outcome: "ok" });
    return { call };
  }
  const roots = below.map(({ name }) => name);
  return ask(turn, { kind: "revoke", name: call, object: branch.object, roots });
}

function rehome(turn: Turn, object: Name, to: Core): Begun {
  if (!turn.isMember(to)) return { refused: "noMember" };
  const owner = turn.recordOf(object)?.owner;
  if (owner !== undefined && !turn.isMember(owner)) return { refused: "busy" };
  const name = turn.newName();
  return ask(turn, { kind: "rehome", name, object, to, epoch: 0, survives: false });
}

function ask(turn: Turn, operation: Operation): Begun {
  if (turn.recordOf(operation.object) === undefined) return { refused: "noBranch" };
  turn.core.asked.push(operation);
  tellOwner(turn, operation.object, { kind: "ask", operation, isBegun: false });
  return { call: operation.name };
}
