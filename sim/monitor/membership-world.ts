// Every interleaving of a few cores that change their views: who dies when, who notices when, what of the last words of
// the dead still arrives.
import {
  hearMembership,
  type MembershipMessage,
  type MembershipState,
  type MembershipTurn,
  newMembership,
  noteDeath,
} from "../../src/monitor/index.ts";
import { demand } from "./violation.ts";

interface World {
  /** A core that has died has its last state, for what it may have installed. */
  readonly cores: readonly MembershipState[];
  readonly dead: readonly number[];
  readonly channels: readonly (readonly MembershipMessage[])[];
  readonly crashes: number;
  /** Cores that have not asked to be let in yet. */
  readonly outside: readonly number[];
  /** By core and view, the members that it has entered it with. What only the dead have seen is nobody's. */
  readonly entered: readonly Readonly<Record<number, string>>[];
}

export interface MembershipCase {
  readonly members: number;
  readonly joiners: number;
  readonly crashes: number;
}

/** @returns How many states there are. Throws a Violation if two cores differ about a view, or one is left behind. */
export function exploreMembership({ members, joiners, crashes }: MembershipCase): number {
  const count = members + joiners;
  const first = Array.from({ length: members }, (_, core) => core);
  const start: World = {
    cores: Array.from({ length: count }, (_, core) =>
      newMembership(core, core < members ? first : []),
    ),
    dead: [],
    channels: Array.from({ length: count * count }, () => []),
    crashes,
    outside: Array.from({ length: joiners }, (_, at) => members + at),
    entered: Array.from({ length: count }, () => ({})),
  };
  const seen = new Set([JSON.stringify(start)]);
  const open = [start];
  for (let world = open.pop(); world !== undefined; world = open.pop()) {
    const due = dueIn(world);
    if (due.length === 0) checkQuiet(world);
    for (const next of [...due, ...choicesIn(world)]) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return seen.size;
}

/** What has to happen some time: messages arrive, deaths are noticed. */
function dueIn(world: World): World[] {
  const { cores, channels, dead } = world;
  return cores.flatMap((core, to) => {
    if (dead.includes(to)) return [];
    const arrivals = cores.flatMap((_, from) => {
      const channel = channels[from * cores.length + to]!;
      return channel.length === 0 || core.dead.includes(from) ? [] : [deliver(world, from, to)];
    });
    const notices = dead
      .filter((gone) => !core.dead.includes(gone))
      .map((gone) => turn(world, to, (state) => noteDeath(state, gone)));
    return [...arrivals, ...notices];
  });
}

function choicesIn(world: World): World[] {
  const { cores, dead, crashes, outside } = world;
  const living = cores.filter(({ me }) => !dead.includes(me));
  const deaths =
    crashes === 0 || living.length === 1
      ? []
      : living.map(({ me }) => ({
          ...world,
          crashes: crashes - 1,
          dead: [...dead, me].toSorted((a, b) => a - b),
        }));
  return [
    ...deaths,
    ...outside.filter((core) => !dead.includes(core)).map((core) => join(world, core)),
  ];
}

function join(world: World, core: number): World {
  const { length } = world.cores;
  const channels = world.channels.map((channel, at) =>
    Math.floor(at / length) === core && at % length !== core
      ? [...channel, { kind: "join", core } as const]
      : channel,
  );
  return { ...world, channels, outside: world.outside.filter((other) => other !== core) };
}

function deliver(world: World, from: number, to: number): World {
  const at = from * world.cores.length + to;
  const [first, ...rest] = world.channels[at]!;
  const next = { ...world, channels: world.channels.with(at, rest) };
  return turn(next, to, (state) => hearMembership(state, from, first!));
}

function turn(world: World, at: number, act: (state: MembershipState) => MembershipTurn): World {
  // Plain data: what was written is what is read.
  const core = JSON.parse(JSON.stringify(world.cores[at])) as MembershipState;
  const { sent, entered } = act(core);
  core.dead.sort((a, b) => a - b);
  const channels = [...world.channels];
  for (const { to, message } of sent) {
    const channel = at * world.cores.length + to;
    channels[channel] = [...channels[channel]!, message];
  }
  const own: Record<number, string> = { ...world.entered[at] };
  for (const { view, members } of entered) {
    demand(members.includes(at), "who enters a view is in it");
    demand(own[view] === undefined, "a view is entered once");
    own[view] = members.join();
  }
  const next = { ...world, cores: world.cores.with(at, core), channels };
  return checkAgreed({ ...next, entered: world.entered.with(at, own) });
}

function checkAgreed(world: World): World {
  const known = new Map<string, string>();
  for (const [core, entered] of world.entered.entries()) {
    if (world.dead.includes(core)) continue;
    for (const [view, members] of Object.entries(entered)) {
      const other = known.get(view) ?? members;
      demand(other === members, `the living have the same members in view ${view}`);
      known.set(view, members);
    }
  }
  return world;
}

/** Nothing is due: the living are in one view, which is of them and no others; a joiner too, if anybody can let it in. */
function checkQuiet(world: World): void {
  const { cores, dead, outside } = world;
  const living = cores.filter(({ me }) => !dead.includes(me) && !outside.includes(me));
  if (living.every(({ me, current }) => !current.members.includes(me))) return;
  const expected = living.map(({ me }) => me).join();
  for (const { current, phase } of living) {
    demand(phase === "stable", "every change of views comes to an end");
    const members = current.members.toSorted((a, b) => a - b).join();
    demand(members === expected, "nobody is left behind");
    demand(current.view === living[0]!.current.view, "all are in one view");
  }
}
