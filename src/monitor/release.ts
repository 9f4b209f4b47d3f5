// Release: a branch that nobody on its core needs any more is gone from there, and its elder drops the anchor.
//
//   standing  the anchor is here
//   idle      it is not: an operation swept it, or it was the owner's, and what hangs from the object has asked
//             the next owner since, without this branch
import { lift } from "./holdings.ts";
import type { Messages } from "./message.ts";
import { stay, type Table } from "./protocol.ts";
import type { Anchor } from "./state.ts";
import type { Turn } from "./turn.ts";

export type AnchorState = "idle" | "standing";

export const release: Table<Turn, Anchor | undefined, AnchorState, Pick<Messages, "empty">> = {
  idle: { empty: stay("idle") },
  standing: { empty: drop },
};

function drop(turn: Turn, anchor: Anchor | undefined): AnchorState {
  lift(turn, anchor!);
  return "idle";
}

export function anchorState(anchor: Anchor | undefined): AnchorState {
  return anchor === undefined ? "idle" : "standing";
}
