// A monitor: one core's part in everything that cores agree on. It is a function: what it knew, and what comes, give
// what it knows and what it says. What comes is a message, a view, or a request of this core; a turn handles it and
// everything that this core says to itself because of it.
//
// What whoever runs it has to keep to (the subtle half of why the protocols are right):
//
//   - Messages from one core come in order; none comes from a core that is not in this core's view.
//   - Every message goes with the number of its sender's view, and is held back, with all behind it, until the
//     receiver is in that view or a later one. So what a survivor concluded from a death is heard by those only who
//     know of the death, and the last words of the dead are not mistaken for news.
//   - All members go through the same views in the same order.
import { assert } from "../base/index.ts";
import { flushIfAdopted, hangElsewhere } from "./adoption.ts";
import { checkMemberships } from "./agreement.ts";
import { giveUpMoves, pump } from "./asking.ts";
import type { Addressed, Message, Told } from "./message.ts";
import type { Core } from "./name.ts";
import { askAgain } from "./ownership.ts";
import { protocols as ours, type Protocols } from "./protocols.ts";
import { forgetUnused } from "./record.ts";
import { begin, type Begun, type Request } from "./request.ts";
import { route } from "./route.ts";
import type { MonitorState } from "./state.ts";
import { report } from "./succession.ts";
import { Turn } from "./turn.ts";

/** What a turn says: to other cores, and to this one's kernel and callers. */
export interface Said {
  readonly sent: readonly Addressed[];
  readonly told: readonly Told[];
}

/** Changes `core` in place, as all of these. */
export function receive(
  core: MonitorState,
  from: Core,
  message: Message,
  protocols: Protocols = ours,
): Said {
  const turn = new Turn(core, protocols);
  route(turn, message, from);
  return finish(turn);
}

/** A view begins: these are the members now. */
export function enterView(
  core: MonitorState,
  view: number,
  members: readonly Core[],
  protocols: Protocols = ours,
): Said {
  const turn = new Turn(core, protocols);
  const before = core.members;
  const newcomers = members.filter((member) => !before.includes(member));
  // So the regent stays the same until it dies. A core that joins itself begins with a view of its own.
  const isInOrder = newcomers.every((newcomer) => newcomer > Math.max(...before));
  assert(isInOrder || before.length === 1, "who joins has a higher number than all before");
  core.view = view;
  core.members = [...members];
  core.newcomers = core.newcomers
    .filter((newcomer) => members.includes(newcomer))
    .concat(newcomers);
  core.flushed = [];
  leave(turn);
  hangElsewhere(turn, before);
  report(turn);
  askAgain(turn);
  return finish(turn);
}

export function request(
  core: MonitorState,
  asked: Request,
  protocols: Protocols = ours,
): Said & { readonly begun: Begun } {
  const turn = new Turn(core, protocols);
  const begun = begin(turn, asked);
  return { ...finish(turn), begun };
}

/** What this core waited for from those who are gone does not come. */
function leave(turn: Turn): void {
  const { core, protocols } = turn;
  for (const offer of core.offers) {
    if (!turn.isMember(offer.to)) protocols.giver.offered.left(turn, offer, {}, offer.to);
  }
  giveUpMoves(turn);
  for (const run of core.leads) {
    run.state = protocols.leader[run.state].left(turn, run, {}, core.me);
  }
}

/** Handles what this core says to itself, and what has become possible, until nothing is left. */
function finish(turn: Turn): Said {
  const sent: Addressed[] = [];
  for (let rounds = 0; ; rounds++) {
    assert(rounds < 1000, "a turn of a monitor comes to an end");
    const own = split(turn, sent);
    if (own.length > 0) for (const message of own) route(turn, message, turn.core.me);
    else if (!goOn(turn)) break;
  }
  forgetUnused(turn);
  return { sent, told: turn.told };
}

/** Takes what was said apart: answers what this core said to itself. */
function split(turn: Turn, sent: Addressed[]): Message[] {
  const said = turn.sent.splice(0);
  sent.push(...said.filter(({ to }) => to !== turn.core.me));
  return said.filter(({ to }) => to === turn.core.me).map(({ message }) => message);
}

/** Does what waited for something. Answers whether anything was said. */
function goOn(turn: Turn): boolean {
  checkMemberships(turn);
  pump(turn);
  flushIfAdopted(turn);
  return turn.sent.length > 0;
}
