// Asking: an operation is asked of the owner of its object, who does one after the other. Whoever is asked and does not
// own it passes the question on. An asker asks again when it hears of another owner, and when a view begins.
//
//   court:  what a core is to the object: unknown, elsewhere, busy, leading (record.ts)
//   asker:  idle, asked (an entry of `asked`)
import { lead } from "./agreement.ts";
import { answerCall, tellAsker } from "./caller.ts";
import { endIfUnnamed } from "./holdings.ts";
import type { Messages } from "./message.ts";
import type { Operation } from "./operation.ts";
import { stay, type Table } from "./protocol.ts";
import { situationOf, tellOwner, type Situation } from "./record.ts";
import type { Turn } from "./turn.ts";

export const court: Table<Turn, undefined, Situation, Pick<Messages, "ask">> = {
  unknown: { ask: sayGone },
  elsewhere: { ask: passOn },
  busy: { ask: queue },
  leading: { ask: open },
};

export type AskerState = "idle" | "asked";

export const asker: Table<Turn, Operation | undefined, AskerState, Pick<Messages, "finished">> = {
  idle: { finished: stay("idle") },
  asked: { finished: answer },
};

// ---- court ----

/** What some are marked for has to be taken from them again. */
function sayGone(turn: Turn, _: undefined, { operation, isBegun }: Messages["ask"]): Situation {
  if (isBegun) lead(turn, operation);
  else tellAsker(turn, operation, "gone");
  return "unknown";
}

function passOn(turn: Turn, _: undefined, message: Messages["ask"]): Situation {
  tellOwner(turn, message.operation.object, { kind: "ask", ...message });
  return "elsewhere";
}

function queue(turn: Turn, _: undefined, { operation, isBegun }: Messages["ask"]): Situation {
  const { core } = turn;
  const known = [...core.queue, ...core.leads].map((entry) => entry.operation.name);
  if (!known.includes(operation.name)) core.queue.push({ operation, isBegun });
  return "busy";
}

function open(turn: Turn, _: undefined, { operation }: Messages["ask"]): Situation {
  if (operation.kind === "rehome" && !turn.isMember(operation.to)) {
    tellAsker(turn, operation, "lost");
    return "leading";
  }
  lead(turn, numbered(turn, operation));
  return "busy";
}

/** An ownership gets its epoch from the owner before. */
function numbered(turn: Turn, operation: Operation): Operation {
  if (operation.kind !== "rehome") return operation;
  const { epoch, survives } = turn.recordOf(operation.object)!;
  return { ...operation, epoch: epoch + 1, survives };
}

/** Judges again what waited, where it need not wait any more. */
export function pump(turn: Turn): void {
  const { core } = turn;
  for (const entry of core.queue) {
    const situation = situationOf(turn, entry.operation.object);
    if (situation === "busy") continue;
    core.queue = core.queue.filter((other) => other !== entry);
    turn.protocols.court[situation].ask(turn, undefined, entry, core.me);
    endIfUnnamed(turn, entry.operation.object);
  }
}

// ---- asker ----

/** A view begins: whether a move that was asked for here was begun, or will be, nobody can tell any more. */
export function giveUpMoves(turn: Turn): void {
  for (const asked of turn.core.asked) {
    if (asked.kind === "rehome") answerCall(turn, asked, "lost");
  }
}

function answer(
  turn: Turn,
  operation: Operation | undefined,
  message: Messages["finished"],
): AskerState {
  answerCall(turn, operation!, message.outcome);
  return "idle";
}
