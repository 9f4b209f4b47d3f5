// What has to be true of every world, and of every one in which nothing is left to do. The promises of the monitors,
// judged from outside: by looking at all cores and channels at once, which nobody in the system can.
import {
  type Branch,
  elderOf,
  isSettled,
  type Message,
  type MonitorState,
  type Operation,
  removes,
  showName,
  theOwner,
} from "../../src/monitor/index.ts";
import { demand } from "./violation.ts";
import { type Action, type Physics, survivors, type World } from "./world.ts";

/** Of any world. */
export function checkAlways(physics: Physics, world: World): void {
  const cores = survivors(world).map((core) => physics.stepper.read(world.cores[core]!));
  checkForged(cores, world);
  checkOwners(cores);
  for (const call of world.history.done) {
    const operation = world.history.asked[call];
    if (operation !== undefined) checkGone(cores, world, operation);
  }
}

/** Nobody has what was not given, with other rights than it was given with, or in two places. */
function checkForged(cores: readonly MonitorState[], world: World): void {
  const seen = new Set<number>();
  for (const branch of cores.flatMap(({ branches }) => branches)) {
    const made = world.history.made[branch.name];
    demand(made !== undefined, "no capability is forged: its name was never made");
    demand(branch.rights === made!.rights, "no capability gains rights");
    demand(
      branch.lineage.join() === made!.lineage.join() && branch.object === made!.object,
      "no capability changes what it was derived from",
    );
    demand(!seen.has(branch.name), "no capability is in two places");
    seen.add(branch.name);
  }
}

function checkOwners(cores: readonly MonitorState[]): void {
  const owners = new Map<string, number>();
  for (const { me, records } of cores) {
    for (const { object, owner, epoch } of records) {
      const key = `${object}:${epoch}`;
      const known = owners.get(key);
      demand(known === undefined || known === owner, "one epoch has one owner");
      owners.set(key, owner);
      demand(owner !== me || epoch > 0, "epochs begin at 1");
    }
  }
}

/** After a revoke is answered nothing of it exists, nor is anything on its way between survivors. */
function checkGone(cores: readonly MonitorState[], world: World, operation: Operation): void {
  for (const { me, branches, anchors, members } of cores) {
    const left = [...branches, ...anchors].find((derived) => isOf(operation, derived));
    demand(left === undefined, "after a revoke nothing that was derived is left");
    for (const from of members) {
      if (world.cores[from] === "" || !world.views.at(-1)!.includes(from)) continue;
      for (const { message } of world.channels[from * world.cores.length + me]!) {
        if (message.kind !== "offer") continue;
        const derived = { object: message.record.object, lineage: message.lineage };
        demand(!isOf(operation, derived), "after a revoke nothing that was derived is on its way");
      }
    }
  }
}

/** The history knows a revoke by its roots; names of branches are unique, so the object need not be known. */
function isOf(
  operation: Operation,
  derived: { readonly object: number; readonly lineage: readonly number[] },
): boolean {
  const object = operation.kind === "revoke" ? derived.object : operation.object;
  return removes({ ...operation, object }, derived);
}

/** Of one action: whoever lost a capability by it lost it for a reason, and was told. */
export function checkLost(physics: Physics, before: World, action: Action, after: World): void {
  const core = actor(action);
  if (core === undefined || !survivors(after).includes(core)) return;
  const then = physics.stepper.read(before.cores[core]!);
  const now = physics.stepper.read(after.cores[core]!);
  const given = action.kind === "step" ? physics.requestOf(before, action.step) : undefined;
  const isAccepted = action.kind === "deliver" && messageOf(before, action)?.kind === "accepted";
  const backs = isAccepted ? [] : movesOver(then, now);
  for (const { name, lineage, object } of [
    ...then.branches.filter(({ isHeld }) => isHeld),
    ...backs,
  ]) {
    if (now.branches.some((branch) => branch.name === name && branch.isHeld)) continue;
    if (given !== undefined && "name" in given && given.name === name) continue;
    const isAsked = Object.values(after.history.asked).some((operation) =>
      isOf(operation, { lineage, object }),
    );
    demand(isAsked || mayBeLost(after, object), `no capability is lost: ${showName(name)}`);
  }
}

function messageOf(world: World, action: Action & { kind: "deliver" }): Message | undefined {
  return world.channels[action.from * world.cores.length + action.to]![0]?.message;
}

/** What was to move and did not: its holder has it again, if it is there. */
function movesOver(then: MonitorState, now: MonitorState): readonly Branch[] {
  const over = then.offers.filter(
    ({ isMove, name }) => isMove && !now.offers.some((offer) => offer.name === name),
  );
  const names = over.map(({ lineage }) => lineage.at(-2));
  return then.branches.filter(({ name }) => names.includes(name));
}

function actor(action: Action): number | undefined {
  switch (action.kind) {
    case "deliver":
      return action.to;
    case "view":
      return action.core;
    case "step":
      return action.step.core;
    case "fault":
      return undefined;
  }
}

/** Whether a core died that owned the object, at least for a while, and the object does not survive that. */
function mayBeLost(world: World, object: number): boolean {
  const members = world.views.at(-1)!;
  const owners = Object.entries(world.history.owners)
    .filter(([key]) => Number(key.split(":")[0]) === object)
    .map(([, owner]) => owner);
  return owners.some((owner) => !members.includes(owner));
}

/** An owner may say that an object has no name only if nobody has one. */
export function checkUnnamed(physics: Physics, world: World, object: number): void {
  for (const core of survivors(world)) {
    const { branches, offers } = physics.stepper.read(world.cores[core]!);
    const isNamed = [...branches, ...offers].some((entry) => entry.object === object);
    demand(!isNamed, "an object ends by losing its last name, not before");
  }
}

/** Of a world in which nothing is due: whatever was begun is over, and nothing is left of it. */
export function checkQuiet(physics: Physics, world: World): void {
  const members = survivors(world);
  const cores = members.map((core) => physics.stepper.read(world.cores[core]!));
  for (const core of cores) checkIdle(core);
  const open = Object.values(world.history.open).filter((core) => members.includes(core));
  demand(open.length === 0, "every call is answered");
  checkHanging(cores);
  checkAnchors(cores);
}

function checkIdle(core: MonitorState): void {
  const { offers, adoptions, early, asked, queue, leads, memberships } = core;
  const { abandoned, unconfirmed } = core;
  const runs = { queue, leads, memberships, abandoned };
  const lists = { offers, adoptions, early, asked, unconfirmed, ...runs };
  for (const [name, list] of Object.entries(lists)) {
    demand(list.length === 0, `nothing leaks: ${name} of core ${core.me}`);
  }
  demand(core.gathering === null && isSettled(core), "every view settles");
}

/** Every branch is needed, hangs from one anchor, at the right core, and knows the owner. */
function checkHanging(cores: readonly MonitorState[]): void {
  for (const { me, members, branches, anchors, records } of cores) {
    for (const { name, lineage, object, isHeld } of branches) {
      demand(
        isHeld || anchors.some(({ under }) => under === name),
        "a branch is kept only while somebody needs it",
      );
      const record = records.find((entry) => entry.object === object);
      const elder = elderOf(lineage, members);
      const at = elder === theOwner ? record?.owner : elder;
      const holders = cores.filter((core) => core.anchors.some((anchor) => anchor.name === name));
      demand(holders.length === 1 && holders[0]!.me === at, "a branch hangs where all look for it");
      const anchor = holders[0]!.anchors.find((entry) => entry.name === name)!;
      demand(anchor.to === me, "an anchor knows where its branch is");
      checkRecord(cores, object, record?.owner);
    }
  }
}

function checkRecord(cores: readonly MonitorState[], object: number, owner?: number): void {
  const owning = cores.find(({ me }) => me === owner);
  const own = owning?.records.find((entry) => entry.object === object);
  demand(own !== undefined && own.owner === owner, "the owner that all know is the owner");
}

/** Every anchor has its branch, and an object that nobody names is forgotten. */
function checkAnchors(cores: readonly MonitorState[]): void {
  const branches = cores.flatMap((core) => core.branches);
  for (const { name, to } of cores.flatMap(({ anchors }) => anchors)) {
    const holder = cores.find(({ me }) => me === to);
    const isThere = holder?.branches.some((branch) => branch.name === name) ?? false;
    demand(isThere, "nothing leaks: an anchor without its branch");
  }
  for (const { object } of cores.flatMap(({ records }) => records)) {
    const isNamed = branches.some((branch) => branch.object === object);
    demand(isNamed, "nothing leaks: a record of an object that nobody names");
  }
}
