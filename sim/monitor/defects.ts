// Mistakes that somebody could make, at least one for each class of transition: a cell of a table that does something
// else. Every one has to be found by the cases that are explored whole. `find.ts` looks.
import { type Protocols, protocols as ours } from "../../src/monitor/index.ts";

export interface Defect {
  /** Table, state and message. */
  readonly cell: string;
  readonly mistake: string;
  readonly protocols: Protocols;
  /** A mistake in what carries the messages, instead of one in a table. */
  readonly isCarrier?: boolean;
}

type Tables = Record<string, Record<string, Record<string, Cell>>>;
/** Any rule: what is planted is checked by running it, not by the compiler. */
type Cell = (turn: Turn, instance: never, message: never, from: number) => unknown;
type Turn = Parameters<Protocols["flush"]["settling"]["flushed"]>[0];

// The tables have a type each; here they are looked at as what they all are.
const cells = ours as unknown as Tables;

function plant(cell: string, mistake: string, rule: Cell): Defect {
  const [table, state, message] = cell.split(".") as [string, string, string];
  const row = { ...cells[table]![state]!, [message]: rule };
  const planted = { ...cells, [table]: { ...cells[table]!, [state]: row } };
  return { cell, mistake, protocols: planted as unknown as Protocols };
}

/** The rule of another cell, which answers another state. */
function like(cell: string): Cell {
  const [table, state, message] = cell.split(".") as [string, string, string];
  return cells[table]![state]![message]!;
}

function nothing(state: string): Cell {
  return () => state;
}

/** Lets a leader wait for nobody but whoever it hears. */
function impatient(cell: string): Cell {
  const rule = like(cell) as (turn: Turn, run: Run, message: never, from: number) => unknown;
  const wrong = (turn: Turn, run: Run, message: never, from: number): unknown => {
    run.waiting = [from];
    return rule(turn, run, message, from);
  };
  return wrong as Cell;
}

interface Run {
  waiting: number[];
  operation: { readonly name: number };
}

function hasty(turn: Turn, run: { readonly operation: { readonly name: number } }): string {
  const { offers, adoptions } = turn.core;
  turn.core.offers = [];
  turn.core.adoptions = [];
  const state = (like("member.settling.check") as (turn: Turn, run: unknown) => string)(turn, run);
  turn.core.offers = offers;
  turn.core.adoptions = adoptions;
  return state;
}

function forEverybody(turn: Turn, name: number): void {
  turn.core.anchors = turn.core.anchors.filter((anchor) => anchor.name !== name);
}

export const defects: readonly Defect[] = [
  plant("giver.offered.left", "an offer to the dead is forgotten", nothing("idle")),
  plant("giver.offered.accepted", "the anchor goes when the branch is there", ((
    turn: Turn,
    offer: { readonly name: number },
    message: never,
    from: number,
  ) => {
    forEverybody(turn, offer.name);
    return like("giver.offered.accepted")(turn, offer as never, message, from);
  }) as Cell),
  plant("giver.offered.refused", "what was to move is not given back", ((
    turn: Turn,
    offer: object,
    message: never,
    from: number,
  ) => {
    const copied = { ...offer, isMove: false };
    turn.core.offers = turn.core.offers.map((other) => (other === offer ? copied : other)) as never;
    return like("giver.offered.refused")(turn, copied as never, message, from);
  }) as Cell),
  plant("receiver.banned.offer", "what is being revoked is taken in", like("receiver.open.offer")),
  plant("receiver.open.offer", "whatever was minted, all rights come", ((
    turn: Turn,
    _: undefined,
    message: object,
    from: number,
  ) => {
    const all = { ...message, rights: 3 };
    return like("receiver.open.offer")(turn, undefined as never, all as never, from);
  }) as Cell),
  plant("release.standing.empty", "an anchor stays without its branch", nothing("standing")),
  plant("court.unknown.ask", "a question about what is gone is not answered", nothing("unknown")),
  plant("court.elsewhere.ask", "what is meant for the new owner is dropped", nothing("elsewhere")),
  plant(
    "court.busy.ask",
    "an operation does not wait for the one before",
    like("court.leading.ask"),
  ),
  plant("court.leading.ask", "an operation is never begun", nothing("leading")),
  plant(
    "leader.marking.ready",
    "it is decided when one is ready",
    impatient("leader.marking.ready"),
  ),
  plant(
    "leader.committing.done",
    "it is over when one is done",
    impatient("leader.committing.done"),
  ),
  plant("leader.marking.left", "the dead are waited for", nothing("marking")),
  plant("leader.committing.left", "the dead are waited for", nothing("committing")),
  plant("member.idle.mark", "a member that is marked has nothing swept", ((
    turn: Turn,
    run: { leader: number; state: string },
    message: never,
    from: number,
  ) => {
    turn.core.memberships.push(run as never);
    return like("member.ready.mark")(turn, run as never, message, from);
  }) as Cell),
  plant("member.settling.check", "a member is ready with offers unanswered", hasty as Cell),
  plant("member.ready.commit", "a member keeps refusing", nothing("ready")),
  plant("member.moving.check", "a member is done before all has followed", ((
    turn: Turn,
    run: { readonly operation: object },
  ) => {
    const { adoptions } = turn.core;
    turn.core.adoptions = [];
    const state = (like("member.moving.check") as (turn: Turn, run: unknown) => string)(turn, run);
    turn.core.adoptions = adoptions;
    return state;
  }) as Cell),
  plant("asker.asked.finished", "the answer does not reach the caller", nothing("asked")),
  plant("regent.gathering.standing", "a regent decides when it has heard one", ((
    turn: Turn,
    heard: { waiting: number[] },
    message: never,
    from: number,
  ) => {
    heard.waiting = [from];
    return like("regent.gathering.standing")(turn, heard as never, message, from);
  }) as Cell),
  plant("child.idle.adopted", "an answer that nobody waits for stops the core", () => {
    throw Object.assign(new Error("planted"), { name: "AssertionFailure" });
  }),
  plant("child.asking.adopted", "an orphan asks for ever", nothing("asking")),
  plant("elder.ancestor.adopt", "an elder answers, and holds nothing", like("elder.has.adopt")),
  plant("elder.owner.adopt", "an owner answers, and holds nothing", like("elder.has.adopt")),
  plant("elder.banned.adopt", "an elder holds what is being revoked", like("elder.ancestor.adopt")),
  plant("elder.has.adopt", "an elder holds it twice", like("elder.owner.adopt")),
  plant("elder.former.adopt", "a former owner holds it too", like("elder.owner.adopt")),
  plant("elder.early.adopt", "what comes too early is dropped", nothing("early")),
  plant("flush.settling.flushed", "nobody waits until all have flushed", ((
    turn: Turn,
    _: undefined,
    message: never,
    from: number,
  ) => {
    turn.core.flushed = turn.core.members.filter((core) => core !== from);
    return like("flush.settling.flushed")(turn, undefined as never, message, from);
  }) as Cell),
  {
    cell: "carrier",
    mistake: "messages of a later view are not held back",
    protocols: ours,
    isCarrier: true,
  },
];
