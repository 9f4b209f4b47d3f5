// Agreement: all cores do the operations on one object in one order, that of its owner. Four messages, as for the
// capabilities of Barrelfish: mark, ready, commit, done. Overlapping operations wait in the owner's queue.
//
//   mark    from now on here: what the operation removes is gone, is not given away and not taken in
//   ready   this core's offers of it are all answered: so when everybody is ready none is on its way, anywhere
//   commit  it is decided and done: nothing of it has to be refused any more
//   done    the leader may forget it
//
// Nothing is ever undone: what anybody has been marked for will be done, by the leader or, if it dies, by the regent
// (succession.ts), under the same name. Doing an operation again does no harm.
//
//   leader:  marking, committing (an entry of `leads`), over
//   member:  idle, settling, ready, moving (an entry of `memberships`)
import { answerCall, tellAsker } from "./caller.ts";
import { endIfUnnamed, sweep } from "./holdings.ts";
import type { Messages } from "./message.ts";
import type { Core, Name } from "./name.ts";
import { removes, waitsFor, type Operation, type Rehome } from "./operation.ts";
import { awaitConfirmation, believe } from "./ownership.ts";
import { never, stay, type Table } from "./protocol.ts";
import type { Lead, LeadState, Membership, MemberState, ObjectRecord } from "./state.ts";
import type { Turn } from "./turn.ts";

type LeaderMessages = Pick<Messages, "ready" | "done"> & { readonly left: object };

export const leader: Table<Turn, Lead, LeadState, LeaderMessages> = {
  marking: { ready: hearReady, done: hearEarly, left: markAgain },
  committing: { ready: stay("committing"), done: hearDone, left: commitAgain },
  over: { ready: stay("over"), done: stay("over"), left: stay("over") },
};

type MemberMessages = Pick<Messages, "mark" | "commit"> & { readonly check: object };
const undecided = never("an operation is committed when all members are ready");

export const member: Table<Turn, Membership, MemberState, MemberMessages> = {
  idle: { mark: stop, check: stay("idle"), commit: sayDone },
  settling: { mark: stopAgain, check: settle, commit: undecided },
  ready: { mark: stopAgain, check: stay("ready"), commit: act },
  moving: { mark: stopAgain, check: finishMoving, commit: act },
};

// ---- leader ----

/** Begins an operation, or takes over one that a dead leader had begun. */
export function lead(turn: Turn, operation: Operation): void {
  turn.core.leads.push({ operation, state: "marking", waiting: [...turn.core.members] });
  turn.sendAll({ kind: "mark", operation });
}

function hearReady(turn: Turn, run: Lead, { epoch }: Messages["ready"], from: Core): LeadState {
  if (epoch !== epochOf(run.operation)) return "marking";
  run.waiting = run.waiting.filter((core) => core !== from);
  return run.waiting.length === 0 ? decide(turn, run) : "marking";
}

/** Tells the rounds of one operation apart: another new owner is another epoch. */
function epochOf(operation: Operation): number {
  return operation.kind === "rehome" ? operation.epoch : 0;
}

/** The point of no return: everybody is ready. */
function decide(turn: Turn, run: Lead): LeadState {
  const { operation } = run;
  run.waiting = [...turn.core.members];
  turn.sendAll({ kind: "commit", operation });
  if (operation.kind === "rehome") {
    const { object, to, epoch } = operation;
    turn.tell({ kind: "moved", object, to, epoch });
    believe(turn, recordOf(operation));
  }
  tellAsker(turn, operation, "ok");
  return "committing";
}

const uncommitted = never("nobody does what was not committed");

/** Of a round before this one, at most. */
function hearEarly(_turn: Turn, run: Lead, { epoch }: Messages["done"]): LeadState {
  return epoch === epochOf(run.operation) ? uncommitted() : "marking";
}

function hearDone(turn: Turn, run: Lead, { epoch }: Messages["done"], from: Core): LeadState {
  if (epoch !== epochOf(run.operation)) return "committing";
  run.waiting = run.waiting.filter((core) => core !== from);
  return run.waiting.length === 0 ? close(turn, run) : "committing";
}

function close(turn: Turn, run: Lead): LeadState {
  const { operation } = run;
  turn.core.leads = turn.core.leads.filter((other) => other !== run);
  if (operation.kind === "rehome" && turn.isMember(operation.to)) {
    const { object, epoch } = operation;
    turn.send(operation.to, { kind: "confirm", object, epoch });
  }
  endIfUnnamed(turn, operation.object);
  return "over";
}

/** A view begins. If the core that was to own the object is gone, this one keeps it, and everybody has to know. */
function markAgain(turn: Turn, run: Lead): LeadState {
  const { me, members, newcomers } = turn.core;
  const { operation } = run;
  if (operation.kind === "rehome" && !turn.isMember(operation.to)) {
    run.operation = { ...operation, to: me, epoch: operation.epoch + 1 };
    run.waiting = [...members];
    turn.sendAll({ kind: "mark", operation: run.operation });
    return "marking";
  }
  for (const core of newcomers) turn.send(core, { kind: "mark", operation });
  run.waiting = run.waiting.filter((core) => turn.isMember(core)).concat(newcomers);
  return run.waiting.length === 0 ? decide(turn, run) : "marking";
}

/** A view begins. If the new owner is gone already, the regent finishes this with the next one. */
function commitAgain(turn: Turn, run: Lead): LeadState {
  const { operation } = run;
  if (operation.kind === "rehome" && !turn.isMember(operation.to)) {
    turn.core.leads = turn.core.leads.filter((other) => other !== run);
    turn.core.abandoned.push(operation);
    return "over";
  }
  run.waiting = run.waiting.filter((core) => turn.isMember(core));
  return run.waiting.length === 0 ? close(turn, run) : "committing";
}

// ---- member ----

function stop(turn: Turn, run: Membership, message: Messages["mark"], from: Core): MemberState {
  turn.core.memberships.push(run);
  sweep(turn, run.operation);
  return stopAgain(turn, run, message, from);
}

/** Marked by whoever leads now, perhaps with another owner to be. */
function stopAgain(
  turn: Turn,
  run: Membership,
  message: Messages["mark"],
  from: Core,
): MemberState {
  run.operation = message.operation;
  run.leader = from;
  turn.core.abandoned = turn.core.abandoned.filter(({ name }) => name !== run.operation.name);
  return settle(turn, run);
}

function settle(turn: Turn, run: Membership): MemberState {
  const { offers, adoptions } = turn.core;
  const { operation } = run;
  if (offers.some((offer) => waitsFor(operation, offer))) return "settling";
  if (adoptions.some((adoption) => removes(operation, adoption))) return "settling";
  const ready = { kind: "ready", name: operation.name, epoch: epochOf(operation) } as const;
  if (turn.isMember(run.leader)) turn.send(run.leader, ready);
  return "ready";
}

function sayDone(
  turn: Turn,
  _: Membership,
  { operation }: Messages["commit"],
  from: Core,
): MemberState {
  turn.send(from, { kind: "done", name: operation.name, epoch: epochOf(operation) });
  return "idle";
}

function act(turn: Turn, run: Membership, message: Messages["commit"], from: Core): MemberState {
  const { operation } = message;
  run.operation = operation;
  run.leader = from;
  if (operation.kind === "destroy") {
    forget(turn, operation);
  }
  if (operation.kind === "rehome") takeOver(turn, operation, from);
  return finishMoving(turn, run);
}

/** Nothing can be asked of an object that has ended, nobody is left to answer, and nothing of it is left to be done. */
function forget(turn: Turn, { name, object }: Operation): void {
  const { core } = turn;
  const isOther = (entry: { readonly object: Name }): boolean => entry.object !== object;
  core.records = core.records.filter(isOther);
  core.early = core.early.filter(isOther);
  core.memberships = core.memberships.filter(
    ({ operation }) => isOther(operation) || operation.name === name,
  );
  for (const asked of core.asked.filter((entry) => !isOther(entry))) {
    answerCall(turn, asked, asked.name === name ? "ok" : "gone");
  }
}

function recordOf({ object, to, epoch, survives }: Rehome): ObjectRecord {
  return { object, owner: to, epoch, survives };
}

function takeOver(turn: Turn, operation: Rehome, leads: Core): void {
  believe(turn, recordOf(operation));
  if (operation.to === turn.core.me) awaitConfirmation(turn, operation.object, leads);
  // Who asked this core of an ownership that it never came to asks the one that has it.
  else turn.core.early = turn.core.early.filter(({ object }) => object !== operation.object);
}

/** What hung from the owner before has to hang from the new one, before that may count. */
function finishMoving(turn: Turn, run: Membership): MemberState {
  const { core } = turn;
  const { kind, object, name } = run.operation;
  const done = { kind: "done", name, epoch: epochOf(run.operation) } as const;
  if (kind === "rehome" && core.adoptions.some((adoption) => adoption.object === object)) {
    return "moving";
  }
  core.memberships = core.memberships.filter((other) => other !== run);
  if (turn.isMember(run.leader)) turn.send(run.leader, done);
  endIfUnnamed(turn, object);
  return "idle";
}

/** Looks whether what operations waited for here has come. */
export function checkMemberships(turn: Turn): void {
  for (const run of turn.core.memberships) {
    run.state = turn.protocols.member[run.state].check(turn, run, {}, turn.core.me);
  }
}

// ---- new owner ----

/** Everybody has let go of the owner before. */
export function confirm(turn: Turn, message: Messages["confirm"]): void {
  const { core } = turn;
  if (turn.recordOf(message.object)?.epoch !== message.epoch) return;
  core.unconfirmed = core.unconfirmed.filter(({ object }) => object !== message.object);
  endIfUnnamed(turn, message.object);
}
