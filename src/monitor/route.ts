// Which table a message is for, which instance of it, and in which state that is. The list is complete by its type.
import { ancestorOf, elderState, flushState } from "./adoption.ts";
import { confirm } from "./agreement.ts";
import { anchorOf } from "./holdings.ts";
import type { Message, MessageKind, Messages } from "./message.ts";
import type { Core } from "./name.ts";
import { situationOf } from "./record.ts";
import { anchorState } from "./release.ts";
import type { Membership } from "./state.ts";
import { conclude } from "./succession.ts";
import { receiverState } from "./transfer.ts";
import type { Turn } from "./turn.ts";

type Route<K extends MessageKind> = (turn: Turn, message: Messages[K], from: Core) => void;

const routes: { readonly [K in MessageKind]: Route<K> } = {
  offer: (turn, message, from) => {
    turn.protocols.receiver[receiverState(turn, message)].offer(turn, undefined, message, from);
  },
  accepted: (turn, message, from) => {
    const offer = named(turn.core.offers, message.name);
    turn.protocols.giver[offer ? "offered" : "idle"].accepted(turn, offer, message, from);
  },
  refused: (turn, message, from) => {
    const offer = named(turn.core.offers, message.name);
    turn.protocols.giver[offer ? "offered" : "idle"].refused(turn, offer, message, from);
  },
  empty: (turn, message, from) => {
    const anchor = anchorOf(turn, message.name);
    turn.protocols.release[anchorState(anchor)].empty(turn, anchor, message, from);
  },
  adopt: (turn, message, from) => {
    const ancestor = ancestorOf(turn, message);
    turn.protocols.elder[elderState(turn, message)].adopt(turn, ancestor, message, from);
  },
  adopted: (turn, message, from) => {
    const adoption = named(turn.core.adoptions, message.name);
    turn.protocols.child[adoption ? "asking" : "idle"].adopted(turn, adoption, message, from);
  },
  flushed: (turn, message, from) => {
    turn.protocols.flush[flushState(turn)].flushed(turn, undefined, message, from);
  },
  ask: (turn, message, from) => {
    const situation = situationOf(turn, message.operation.object);
    turn.protocols.court[situation].ask(turn, undefined, message, from);
  },
  mark: (turn, message, from) => {
    const run = membershipFor(turn, message, from);
    run.state = turn.protocols.member[run.state].mark(turn, run, message, from);
  },
  commit: (turn, message, from) => {
    const run = membershipFor(turn, message, from);
    run.state = turn.protocols.member[run.state].commit(turn, run, message, from);
  },
  ready: (turn, message, from) => {
    const run = leadOf(turn, message.name);
    if (run !== undefined) {
      run.state = turn.protocols.leader[run.state].ready(turn, run, message, from);
    }
  },
  done: (turn, message, from) => {
    const run = leadOf(turn, message.name);
    if (run !== undefined) {
      run.state = turn.protocols.leader[run.state].done(turn, run, message, from);
    }
  },
  finished: (turn, message, from) => {
    const operation = named(turn.core.asked, message.name);
    turn.protocols.asker[operation ? "asked" : "idle"].finished(turn, operation, message, from);
  },
  confirm: (turn, message) => confirm(turn, message),
  decided: (turn, message) => conclude(turn, message),
  standing: (turn, message, from) => {
    const { gathering } = turn.core;
    const state = gathering === null ? "idle" : "gathering";
    turn.protocols.regent[state].standing(turn, gathering, message, from);
  },
};

export function route<K extends MessageKind>(turn: Turn, message: Message, from: Core): void {
  // A message is of the kind that it says, which the compiler cannot follow through the list.
  const take = routes[message.kind] as Route<K>;
  take(turn, message as unknown as Messages[K], from);
}

function named<T extends { readonly name: number }>(
  entries: readonly T[],
  name: number,
): T | undefined {
  return entries.find((entry) => entry.name === name);
}

/** What this core leads; nothing if it is over, or was given up: then nobody is waited for. */
function leadOf(turn: Turn, name: number): Turn["core"]["leads"][number] | undefined {
  return turn.core.leads.find(({ operation }) => operation.name === name);
}

function membershipFor(turn: Turn, message: Messages["mark"], leader: Core): Membership {
  const { operation } = message;
  const known = turn.core.memberships.find((run) => run.operation.name === operation.name);
  return known ?? { operation, state: "idle", leader };
}
