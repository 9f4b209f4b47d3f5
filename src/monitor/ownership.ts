// Who owns an object: the core that puts its operations in order, and counts what names it. Everybody has a record of
// the owner with an epoch; a higher epoch is believed, a lower one is not.
import { hangAgain, hearEarly } from "./adoption.ts";
import type { Core, Name } from "./name.ts";
import { tellOwner } from "./record.ts";
import type { ObjectRecord } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Believes a record that came with an offer: whoever has something of an object has a record of it. */
export function hearOf(turn: Turn, heard: ObjectRecord): void {
  const known = turn.recordOf(heard.object);
  if (known === undefined || known.epoch < heard.epoch) put(turn, heard);
}

/**
 * Believes that an object has an owner, if the epoch is higher than what is known. A core that has nothing of an object
 * need not know.
 */
export function believe(turn: Turn, heard: ObjectRecord): void {
  if (turn.recordOf(heard.object) !== undefined || heard.owner === turn.core.me) {
    hearOf(turn, heard);
  }
}

/** What hangs from the object itself is told to its new owner, and so is what was asked of the old one. */
function put(turn: Turn, heard: ObjectRecord): void {
  const { core } = turn;
  const { object, owner, epoch } = heard;
  core.records = core.records.filter((record) => record.object !== object);
  core.records.push({ ...heard });
  core.anchors = core.anchors.filter((anchor) => anchor.object !== object || anchor.under !== 0);
  if (owner === core.me) {
    turn.tell({ kind: "owns", object, epoch });
    awaitConfirmation(turn, object, core.me);
  }
  hangAgain(turn, object);
  hearEarly(turn, heard);
  askAgain(turn, object);
}

/** A new owner leads nothing, and ends nothing, until whoever led the move says that all have followed. */
export function awaitConfirmation(turn: Turn, object: Name, by: Core): void {
  const { core } = turn;
  core.unconfirmed = core.unconfirmed.filter((entry) => entry.object !== object);
  core.unconfirmed.push({ object, by });
}

/**
 * Asks once more for what was asked for here; with an object, for that one only. A move of the object is not asked for
 * twice: done again after others it would undo them.
 */
export function askAgain(turn: Turn, object?: Name): void {
  for (const operation of turn.core.asked) {
    if (operation.kind === "rehome") continue;
    if (object !== undefined && operation.object !== object) continue;
    tellOwner(turn, operation.object, { kind: "ask", operation, isBegun: false });
  }
}
