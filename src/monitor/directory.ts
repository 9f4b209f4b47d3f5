// Directory: names of processes and services, over all cores. Each name is kept by one member, which everybody computes
// from the view. What a keeper knows is good for one view: when the next begins, all who hold names tell the
// keepers of that view, and until everybody has, a keeper answers nobody. So the names of the dead are gone in the view
// that they are not in, no answer is older than the view of whoever hears it, and nothing has to be copied for the case of
// a keeper's death.
//
//   gathering  somebody has not told this keeper yet: questions wait
//   keeping    they are answered
//
// It needs of what carries its messages what the monitors need (monitor.ts): order, and no message before its view.
import type { Core } from "./name.ts";
import type { Table } from "./protocol.ts";

export interface DirectoryMessages {
  /** The names that the sender holds and this core keeps: one message to everybody, in each view. */
  readonly again: { readonly names: readonly string[] };
  readonly register: { readonly name: string };
  readonly registered: { readonly name: string; readonly isGranted: boolean };
  readonly remove: { readonly name: string };
  readonly find: { readonly name: string };
  /** Which core has the name; null if none has. */
  readonly found: { readonly name: string; readonly holder: Core | null };
}

type Kind = keyof DirectoryMessages;
export type DirectoryMessage = {
  [K in Kind]: { readonly kind: K; readonly view: number } & DirectoryMessages[K];
}[Kind];

export interface DirectoryState {
  readonly me: Core;
  view: number;
  members: Core[];
  /** Names of this core's programs, granted and asked for. */
  held: string[];
  asked: string[];
  /** Names that programs here look for. */
  sought: string[];
  /** What this core keeps, in this view. */
  kept: { readonly name: string; readonly holder: Core }[];
  /** Who has told it so. */
  heard: Core[];
  waiting: { readonly from: Core; readonly message: DirectoryMessage }[];
}

export type DirectoryTold =
  | { readonly kind: "granted" | "taken"; readonly name: string }
  | { readonly kind: "found"; readonly name: string; readonly holder: Core | null };

export class DirectoryTurn {
  readonly state: DirectoryState;
  readonly sent: { readonly to: Core; readonly message: DirectoryMessage }[] = [];
  readonly told: DirectoryTold[] = [];

  constructor(state: DirectoryState) {
    this.state = state;
  }

  /** Says something that goes with the view. */
  say<K extends Kind>(to: Core, kind: K, carried: DirectoryMessages[K]): void {
    // One kind with what it carries is one of the messages, which the compiler does not see through K.
    const message = { kind, view: this.state.view, ...carried } as unknown as DirectoryMessage;
    this.sent.push({ to, message });
  }
}

export type KeeperState = "gathering" | "keeping";
type KeeperMessages = Pick<DirectoryMessages, "again" | "register" | "remove" | "find">;

export const keeper: Table<DirectoryTurn, DirectoryMessage, KeeperState, KeeperMessages> = {
  gathering: { again: learn, register: wait, remove: wait, find: wait },
  keeping: { again: learn, register: grant, remove: forget, find: answer },
};

export function newDirectory(me: Core, members: readonly Core[]): DirectoryState {
  const lists = { held: [], asked: [], sought: [], kept: [], waiting: [] };
  return { me, view: 1, members: [...members], heard: [...members], ...lists };
}

/** The member that keeps a name. */
export function keeperOf(name: string, members: readonly Core[]): Core {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  }
  return members[hash % members.length]!;
}

// ---- what programs ask ----

/** Asks for a name: `granted` or `taken` is told. */
export function registerName(state: DirectoryState, name: string): DirectoryTurn {
  const turn = new DirectoryTurn(state);
  if (state.held.includes(name) || state.asked.includes(name)) return turn;
  state.asked.push(name);
  turn.say(keeperOf(name, state.members), "register", { name });
  return turn;
}

/** Gives a name back that was granted. */
export function removeName(state: DirectoryState, name: string): DirectoryTurn {
  const turn = new DirectoryTurn(state);
  if (!state.held.includes(name)) return turn;
  state.held = state.held.filter((other) => other !== name);
  turn.say(keeperOf(name, state.members), "remove", { name });
  return turn;
}

/** Asks who has a name: `found` is told. */
export function findName(state: DirectoryState, name: string): DirectoryTurn {
  const turn = new DirectoryTurn(state);
  if (state.sought.includes(name)) return turn;
  state.sought.push(name);
  turn.say(keeperOf(name, state.members), "find", { name });
  return turn;
}

/** A view begins: what was kept is void, what is held is told, what was asked is asked again. */
export function directoryView(
  state: DirectoryState,
  view: number,
  members: readonly Core[],
): DirectoryTurn {
  const turn = new DirectoryTurn(state);
  Object.assign(state, { view, members: [...members], kept: [], heard: [], waiting: [] });
  for (const to of members) {
    turn.say(to, "again", { names: state.held.filter((name) => keeperOf(name, members) === to) });
  }
  for (const name of state.asked) turn.say(keeperOf(name, members), "register", { name });
  for (const name of state.sought) turn.say(keeperOf(name, members), "find", { name });
  return turn;
}

/** Handles a message, this core's own too. One of an earlier view is void: its sender says it again in this one. */
export function hearDirectory(
  state: DirectoryState,
  from: Core,
  message: DirectoryMessage,
): DirectoryTurn {
  const turn = new DirectoryTurn(state);
  if (message.view === state.view) apply(turn, from, message);
  return turn;
}

function apply(turn: DirectoryTurn, from: Core, message: DirectoryMessage): void {
  const { state } = turn;
  const row = keeper[state.heard.length < state.members.length ? "gathering" : "keeping"];
  switch (message.kind) {
    case "again":
      row.again(turn, message, message, from);
      return;
    case "register":
      row.register(turn, message, message, from);
      return;
    case "remove":
      row.remove(turn, message, message, from);
      return;
    case "find":
      row.find(turn, message, message, from);
      return;
    case "registered":
      settle(turn, message);
      return;
    case "found":
      if (!state.sought.includes(message.name)) return;
      state.sought = state.sought.filter((name) => name !== message.name);
      turn.told.push({ kind: "found", name: message.name, holder: message.holder });
      return;
  }
}

function settle(turn: DirectoryTurn, message: DirectoryMessages["registered"]): void {
  const { state } = turn;
  const { name, isGranted } = message;
  state.asked = state.asked.filter((other) => other !== name);
  if (isGranted) state.held.push(name);
  turn.told.push({ kind: isGranted ? "granted" : "taken", name });
}

// ---- keeper ----

type Rule<K extends keyof KeeperMessages> = KeeperMessages[K];

function learn(
  turn: DirectoryTurn,
  _: DirectoryMessage,
  { names }: Rule<"again">,
  from: Core,
): KeeperState {
  const { state } = turn;
  state.heard.push(from);
  for (const name of names) state.kept.push({ name, holder: from });
  if (state.heard.length < state.members.length) return "gathering";
  for (const entry of state.waiting.splice(0)) apply(turn, entry.from, entry.message);
  return "keeping";
}

function wait(turn: DirectoryTurn, message: DirectoryMessage, _: object, from: Core): KeeperState {
  turn.state.waiting.push({ from, message });
  return "gathering";
}

function grant(
  turn: DirectoryTurn,
  _: DirectoryMessage,
  { name }: Rule<"register">,
  from: Core,
): KeeperState {
  const isGranted = !turn.state.kept.some((entry) => entry.name === name);
  if (isGranted) turn.state.kept.push({ name, holder: from });
  turn.say(from, "registered", { name, isGranted });
  return "keeping";
}

function forget(
  turn: DirectoryTurn,
  _: DirectoryMessage,
  { name }: Rule<"remove">,
  from: Core,
): KeeperState {
  const { state } = turn;
  state.kept = state.kept.filter((entry) => entry.name !== name || entry.holder !== from);
  return "keeping";
}

function answer(
  turn: DirectoryTurn,
  _: DirectoryMessage,
  { name }: Rule<"find">,
  from: Core,
): KeeperState {
  const entry = turn.state.kept.find((kept) => kept.name === name);
  turn.say(from, "found", { name, holder: entry?.holder ?? null });
  return "keeping";
}
