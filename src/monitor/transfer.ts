// Transfer: a capability goes to another core. Copy and mint leave the original where it is; a move takes it along.
//
// The giver puts an anchor in place before anything is sent, so what is on its way is counted. There is one message and
// one answer, and the owner has no part in it. What makes that safe beside a revoke is in agreement.ts: an
// operation is not ready on a core whose offers of what it removes are unanswered, and refuses those that come.
//
//   giver:     idle, offered (an entry of `offers` and an anchor)
//   receiver:  open, banned (an operation that removes the lineage is under way here)
import { anchorOf, branchOf, lift } from "./holdings.ts";
import type { Messages, Outcome } from "./message.ts";
import type { Core } from "./name.ts";
import { removes } from "./operation.ts";
import { hearOf } from "./ownership.ts";
import { never, type Table } from "./protocol.ts";
import type { Offer } from "./state.ts";
import type { Turn } from "./turn.ts";

export type GiverState = "idle" | "offered";
type GiverMessages = Pick<Messages, "accepted" | "refused"> & { readonly left: object };

const answered = never("nobody answers an offer twice, or one that was not made");

export const giver: Table<Turn, Offer | undefined, GiverState, GiverMessages> = {
  idle: { accepted: answered, refused: answered, left: answered },
  offered: { accepted: arrive, refused: comeBack, left: giveUp },
};

export type ReceiverState = "open" | "banned";

export const receiver: Table<Turn, undefined, ReceiverState, Pick<Messages, "offer">> = {
  open: { offer: take },
  banned: { offer: refuse },
};

/** It is there. If an operation took it away since, both sides know by the same rule. */
function arrive(turn: Turn, offer: Offer | undefined): GiverState {
  return close(turn, offer!, anchorOf(turn, offer!.name) === undefined ? "revoked" : "ok");
}

function comeBack(turn: Turn, offer: Offer | undefined, message: Messages["refused"]): GiverState {
  const under = restore(turn, offer!);
  const anchor = anchorOf(turn, offer!.name);
  if (anchor !== undefined) lift(turn, anchor);
  return close(turn, offer!, under ? message.why : "revoked");
}

/** The receiver is dead. Its anchor stays until everybody has told what came from there (adoption.ts). */
function giveUp(turn: Turn, offer: Offer | undefined): GiverState {
  restore(turn, offer!);
  return close(turn, offer!, "lost");
}

/** Gives a capability that was to move back to its holder. Answers whether the branch is still there. */
function restore(turn: Turn, offer: Offer): boolean {
  const under = anchorOf(turn, offer.name)?.under;
  const branch = under === undefined ? undefined : branchOf(turn, under);
  if (branch !== undefined && offer.isMove) branch.isHeld = true;
  return branch !== undefined;
}

function close(turn: Turn, offer: Offer, outcome: Outcome): GiverState {
  turn.core.offers = turn.core.offers.filter((other) => other !== offer);
  turn.tell({ kind: "answer", call: offer.name, outcome });
  return "idle";
}

function take(turn: Turn, _: undefined, offer: Messages["offer"], from: Core): ReceiverState {
  const { core } = turn;
  const { name, lineage, rights, record } = offer;
  if (core.branches.length >= core.branchesMax) {
    turn.send(from, { kind: "refused", name, why: "full" });
    return "open";
  }
  hearOf(turn, record);
  core.branches.push({ name, object: record.object, lineage, rights, isHeld: true });
  turn.send(from, { kind: "accepted", name });
  turn.tell({ kind: "given", name });
  return "open";
}

function refuse(turn: Turn, _: undefined, offer: Messages["offer"], from: Core): ReceiverState {
  turn.send(from, { kind: "refused", name: offer.name, why: "revoked" });
  return "banned";
}

/** What a receiver is to an offer. */
export function receiverState(turn: Turn, offer: Messages["offer"]): ReceiverState {
  const derived = { object: offer.record.object, lineage: offer.lineage };
  const isBanned = turn.core.memberships.some(({ operation }) => removes(operation, derived));
  return isBanned ? "banned" : "open";
}
