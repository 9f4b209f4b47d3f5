// What a core knows of an object's owner, and what it does for want of better knowledge. What is meant for the owner and
// comes to another core is passed on; what finds no living owner waits with whoever wants it, who says it again to the
// next one (ownership.ts).
import type { Message } from "./message.ts";
import type { Core, Name } from "./name.ts";
import type { Operation } from "./operation.ts";
import type { Turn } from "./turn.ts";

/**
 * - `unknown`: never heard of, or over
 * - `elsewhere`: another member owns it
 * - `busy`: owned here, but an operation is under way, or not everybody has let go of the owner before; or the
 *   owner is dead and the next one not known
 * - `leading`: owned here, and free for the next operation
 */
export type Situation = "unknown" | "elsewhere" | "busy" | "leading";

export function situationOf(turn: Turn, object: Name): Situation {
  const { core } = turn;
  if (core.leads.some((lead) => lead.operation.object === object)) return "busy";
  const owner = ownerOf(turn, object);
  if (owner === undefined) return "unknown";
  if (!turn.isMember(owner)) return "busy";
  if (owner !== core.me) return "elsewhere";
  return core.unconfirmed.some((entry) => entry.object === object) ? "busy" : "leading";
}

/**
 * Who owns an object, as far as is known here. Whoever has nothing of it may still lead its move, or be about to own it:
 * then others can have heard of that before, and what they say goes to the leader, who has said so to all.
 */
export function ownerOf(turn: Turn, object: Name): Core | undefined {
  const known = turn.recordOf(object)?.owner;
  if (known !== undefined) return known;
  const { leads, memberships } = turn.core;
  const isMove = (run: { readonly operation: Operation }): boolean =>
    run.operation.kind === "rehome" && run.operation.object === object;
  const led = leads.find((run) => run.state === "committing" && isMove(run))?.operation;
  if (led?.kind === "rehome") return led.to;
  return memberships.find(isMove)?.leader;
}

/** Says something to the owner of an object, if a living one is known. */
export function tellOwner(turn: Turn, object: Name, message: Message): void {
  const owner = ownerOf(turn, object);
  if (owner !== undefined && turn.isMember(owner)) turn.send(owner, message);
}

/** Forgets objects of which nothing is here. */
export function forgetUnused(turn: Turn): void {
  const { core } = turn;
  core.records = core.records.filter(
    ({ object, owner }) => owner === core.me || isUsed(turn, object),
  );
  core.unconfirmed = core.unconfirmed.filter(
    ({ object }) => turn.recordOf(object)?.owner === core.me,
  );
}

function isUsed(turn: Turn, object: Name): boolean {
  const { core } = turn;
  const isOf = (entry: { readonly object: Name }): boolean => entry.object === object;
  const runs = [...core.queue, ...core.leads, ...core.memberships];
  const operations = core.asked.concat(runs.map(({ operation }) => operation));
  return [core.branches, core.anchors, core.offers, core.adoptions, operations].some((entries) =>
    entries.some(isOf),
  );
}
