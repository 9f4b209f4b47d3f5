// The branches and anchors of one core, and what goes when nothing needs it. A branch is kept while a process has it or
// an anchor is under it; then its elder is told. So an anchor stands exactly as long as something stands beyond it, and
// the object as long as an anchor stands at its owner: references are counted along the paths that they came by, and
// a capability on its way is counted before it leaves.
import { elderOf, theOwner, type Name } from "./name.ts";
import { removes, type Derived, type Operation } from "./operation.ts";
import { situationOf, tellOwner } from "./record.ts";
import { isSettled, type Anchor, type Branch } from "./state.ts";
import type { Turn } from "./turn.ts";

export function branchOf(turn: Turn, name: Name): Branch | undefined {
  return turn.core.branches.find((branch) => branch.name === name);
}

export function anchorOf(turn: Turn, name: Name): Anchor | undefined {
  return turn.core.anchors.find((anchor) => anchor.name === name);
}

/** The anchors that hang below a branch of this core. */
export function anchorsUnder(turn: Turn, name: Name): Anchor[] {
  return turn.core.anchors.filter((anchor) => anchor.under === name);
}

/** Lets a branch go that nobody here has any more and nothing hangs from, and tells where it hung. */
export function releaseIfEmpty(turn: Turn, name: Name): void {
  const { core } = turn;
  const branch = branchOf(turn, name);
  if (branch === undefined || branch.isHeld || anchorsUnder(turn, name).length > 0) return;
  if (core.adoptions.some((adoption) => adoption.name === name)) return;
  core.branches = core.branches.filter((other) => other !== branch);
  const empty = { kind: "empty", name, object: branch.object } as const;
  const elder = elderOf(branch.lineage, core.members);
  if (elder === theOwner) tellOwner(turn, branch.object, empty);
  else turn.send(elder, empty);
}

/** Drops an anchor, and what was kept for it alone. */
export function lift(turn: Turn, anchor: Anchor): void {
  turn.core.anchors = turn.core.anchors.filter((other) => other !== anchor);
  if (anchor.under === 0) endIfUnnamed(turn, anchor.object);
  else releaseIfEmpty(turn, anchor.under);
}

/** Ends an object that nobody names, once that is certain, and what was begun with it is over. */
export function endIfUnnamed(turn: Turn, object: Name): void {
  const { core } = turn;
  if (situationOf(turn, object) !== "leading" || !isSettled(core)) return;
  if (core.anchors.some((anchor) => anchor.object === object && anchor.under === 0)) return;
  const runs = [...core.queue, ...core.memberships];
  if (runs.some(({ operation }) => operation.object === object)) return;
  core.records = core.records.filter((record) => record.object !== object);
  turn.tell({ kind: "unnamed", object });
}

/** Takes away what an operation removes. Offers stay until they are answered. */
export function sweep(turn: Turn, operation: Operation): void {
  const { core } = turn;
  const goes = (derived: Derived): boolean => removes(operation, derived);
  const why = whyOf(operation);
  for (const { name } of core.branches.filter((branch) => goes(branch) && branch.isHeld)) {
    turn.tell({ kind: "taken", name, why });
  }
  const gone = core.anchors.filter(goes);
  core.branches = core.branches.filter((branch) => !goes(branch));
  core.anchors = core.anchors.filter((anchor) => !goes(anchor));
  for (const { under } of gone) releaseIfEmpty(turn, under);
}

function whyOf(operation: Operation): "revoked" | "gone" | "lost" {
  if (operation.kind !== "destroy") return "revoked";
  return operation.reason === "lost" ? "lost" : "gone";
}
