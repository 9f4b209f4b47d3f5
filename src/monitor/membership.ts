// Membership: all cores go through the same views in the same order. It counts on deaths that are certain: on one machine
// whoever is suspected is ended first (detector.ts), so nobody who is left out can still act, and no majority is needed.
//
// The lowest living member proposes the next view to all living ones, and installs it when all have accepted. If it
// dies, the next one does the same. It hears from everybody before it decides, so a view that any living core has
// installed already is found, and is installed everywhere before another.
//
//   stable     in a view, nothing under way
//   proposing  this core waits for the others
//   accepted   this core waits for the one that proposed
import type { Table } from "./protocol.ts";
import type { Core } from "./name.ts";

export interface View {
  readonly view: number;
  readonly members: readonly Core[];
}

export interface MembershipMessages {
  /** The next view, and the one that the proposer is in: whoever has missed it enters that first. */
  readonly propose: { readonly next: View; readonly base: View };
  readonly accept: { readonly next: View };
  /** In answer to a proposal: this view was installed by the one who proposed before. */
  readonly installed: { readonly current: View };
  readonly install: { readonly next: View };
  /** A core that has started asks to be let in. */
  readonly join: { readonly core: Core };
}

export type MembershipMessage = {
  [K in keyof MembershipMessages]: { readonly kind: K } & MembershipMessages[K];
}[keyof MembershipMessages];

export type MembershipPhase = "stable" | "proposing" | "accepted";

export interface MembershipState {
  readonly me: Core;
  current: View;
  phase: MembershipPhase;
  /** What is proposed here, or was accepted. */
  next: View | null;
  waiting: Core[];
  /** Cores that are certainly dead. */
  dead: Core[];
  joining: Core[];
}

export interface MembershipTurn {
  readonly sent: { to: Core; message: MembershipMessage }[];
  /** Views that this core has entered, in order. */
  readonly entered: View[];
}

type Rules = Table<MembershipTurn, MembershipState, MembershipPhase, MembershipMessages>;

const strayAccept = (_turn: MembershipTurn, state: MembershipState): MembershipPhase => state.phase;

export const membership: Rules = {
  stable: {
    propose: consider,
    accept: strayAccept,
    installed: catchUp,
    install: enter,
    join: letIn,
  },
  proposing: {
    propose: consider,
    accept: count,
    installed: catchUp,
    install: enter,
    join: letIn,
  },
  accepted: {
    propose: consider,
    accept: strayAccept,
    installed: catchUp,
    install: enter,
    join: letIn,
  },
};

export function newMembership(me: Core, members: readonly Core[]): MembershipState {
  const current = { view: 1, members: [...members] };
  return { me, current, phase: "stable", next: null, waiting: [], dead: [], joining: [] };
}

/** Handles a message. What comes from those that are dead, or left out of what was accepted, is not heard. */
export function hearMembership(
  state: MembershipState,
  from: Core,
  message: MembershipMessage,
): MembershipTurn {
  const turn: MembershipTurn = { sent: [], entered: [] };
  const isOut = state.phase === "accepted" && !state.next!.members.includes(from);
  if (state.dead.includes(from) || (isOut && message.kind !== "join")) return turn;
  const row = membership[state.phase];
  // A message is of the kind that it says, which the compiler cannot follow through the row.
  const rule = row[message.kind] as Rules["stable"]["join"];
  state.phase = rule(turn, state, message as never, from);
  return turn;
}

/** A core has certainly died. */
export function noteDeath(state: MembershipState, core: Core): MembershipTurn {
  const turn: MembershipTurn = { sent: [], entered: [] };
  if (!state.dead.includes(core)) state.dead.push(core);
  state.joining = state.joining.filter((other) => other !== core);
  const proposer = Math.min(...livingOf(state));
  const { current, me } = state;
  // It may have missed the view that makes it the one to propose: the core that died may have been telling it.
  if (current.members.includes(me) && proposer !== me) {
    turn.sent.push({ to: proposer, message: { kind: "install", next: current } });
  }
  propose(turn, state);
  return turn;
}

function livingOf(state: MembershipState): Core[] {
  return state.current.members.filter((core) => !state.dead.includes(core));
}

/**
 * Proposes what is to be changed, if that is this core's to do. Who was to be let in by the proposer before may be in its
 * view by now, so it is asked like a member; and what was begun is proposed again even if nothing is left to change.
 */
function propose(turn: MembershipTurn, state: MembershipState): void {
  const { current, me, next, phase } = state;
  const living = livingOf(state);
  const proposed = (next?.members ?? []).filter((core) => !state.dead.includes(core));
  const members = [...new Set([...living, ...proposed, ...state.joining])];
  const isChanged = members.join() !== current.members.join();
  if ((!isChanged && phase === "stable") || Math.min(...living) !== me) return;
  state.next = { view: current.view + 1, members };
  state.phase = "proposing";
  state.waiting = [...new Set([...living, ...proposed])].filter((core) => core !== me);
  for (const to of state.waiting) {
    turn.sent.push({ to, message: { kind: "propose", next: state.next, base: current } });
  }
  if (state.waiting.length === 0) state.phase = decide(turn, state);
}

function consider(
  turn: MembershipTurn,
  state: MembershipState,
  { next, base }: MembershipMessages["propose"],
  from: Core,
): MembershipPhase {
  if (state.current.view < base.view) follow(turn, state, base);
  if (state.current.view >= next.view) {
    const { current } = state;
    turn.sent.push({ to: from, message: { kind: "installed", current } });
    return state.phase;
  }
  state.next = next;
  turn.sent.push({ to: from, message: { kind: "accept", next } });
  return "accepted";
}

/** Enters what was missed. Who is not let in yet only learns where the others are. */
function follow(turn: MembershipTurn, state: MembershipState, base: View): void {
  if (base.members.includes(state.me)) install(turn, state, base);
  else state.current = { view: base.view, members: [] };
}

function count(
  turn: MembershipTurn,
  state: MembershipState,
  { next }: MembershipMessages["accept"],
  from: Core,
): MembershipPhase {
  if (next.view !== state.next!.view || next.members.join() !== state.next!.members.join()) {
    return "proposing";
  }
  state.waiting = state.waiting.filter((core) => core !== from);
  return state.waiting.length === 0 ? decide(turn, state) : "proposing";
}

/** Everybody who lives has accepted. */
function decide(turn: MembershipTurn, state: MembershipState): MembershipPhase {
  const next = state.next!;
  for (const to of next.members) {
    if (to !== state.me) turn.sent.push({ to, message: { kind: "install", next } });
  }
  install(turn, state, next);
  return goOn(turn, state);
}

/** Somebody has been told of a view by the one who proposed before, and that one is dead. */
function catchUp(
  turn: MembershipTurn,
  state: MembershipState,
  { current }: MembershipMessages["installed"],
): MembershipPhase {
  return enter(turn, state, { next: current });
}

function enter(
  turn: MembershipTurn,
  state: MembershipState,
  { next }: MembershipMessages["install"],
): MembershipPhase {
  if (next.view <= state.current.view) return state.phase;
  install(turn, state, next);
  return goOn(turn, state);
}

function install(turn: MembershipTurn, state: MembershipState, view: View): void {
  state.current = view;
  state.next = null;
  state.waiting = [];
  state.joining = state.joining.filter((core) => !view.members.includes(core));
  turn.entered.push(view);
}

/** What has happened since may have to be changed next. */
function goOn(turn: MembershipTurn, state: MembershipState): MembershipPhase {
  state.phase = "stable";
  propose(turn, state);
  return state.phase;
}

/** Everybody notes who wants in, since anybody may be the next to propose. A joiner asks all. */
function letIn(
  turn: MembershipTurn,
  state: MembershipState,
  { core }: MembershipMessages["join"],
): MembershipPhase {
  const isKnown = state.joining.includes(core) || state.current.members.includes(core);
  if (isKnown || state.dead.includes(core)) return state.phase;
  state.joining.push(core);
  propose(turn, state);
  return state.phase;
}
