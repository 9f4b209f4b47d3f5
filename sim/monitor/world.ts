// A few cores, the channels between them, and the views that a membership has decided on; all of it plain and never
// changed, so that a world can be kept, compared and gone back to. What can happen next is a list of actions.
//
// A core that dies stops; a core that is expelled goes on for a while, unheard by those who know. Channels keep their
// order, and what is in one from a core is lost for a receiver that enters a view without it: at any point, since the
// view can come at any time.
import type { Message, Operation, Protocols, Request } from "../../src/monitor/index.ts";
import { newMonitor } from "../../src/monitor/index.ts";
import { canonical, Stepper, type Input, type Stepped } from "./core-step.ts";
import { allRights, requestFor, type Step } from "./wish.ts";
import { extend, noHistory, type History } from "./history.ts";

interface Envelope {
  readonly view: number;
  readonly message: Message;
}

export interface World {
  /** By core, its canonical state. Empty: dead. */
  readonly cores: readonly string[];
  /** At `from * cores + to`, what is on its way. */
  readonly channels: readonly (readonly Envelope[])[];
  /** Members of view 1, 2 and so on. */
  readonly views: readonly (readonly number[])[];
  /** Steps of the script that were not made yet. */
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  readonly history: History;
  /** Objects that the last action ended because nothing named them. No part of what makes worlds equal. */
  readonly ended: readonly number[];
}

/** What fate has ready for a core. One that joins is outside until then. */
export interface Fault {
  readonly kind: "crash" | "expel" | "join";
  readonly core: number;
}

export type Action =
  | { readonly kind: "deliver"; readonly from: number; readonly to: number }
  | { readonly kind: "view"; readonly core: number }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "fault"; readonly fault: Fault };

export function newWorld(
  coreCount: number,
  faults: readonly Fault[] = [],
  branchesMax?: number,
): World {
  const cores = Array.from({ length: coreCount }, (_, core) => core);
  const isOutside = (core: number): boolean =>
    faults.some((fault) => fault.kind === "join" && fault.core === core);
  const members = cores.filter((core) => !isOutside(core));
  return {
    cores: cores.map((core) =>
      canonical(newMonitor(core, isOutside(core) ? [core] : members, branchesMax)),
    ),
    channels: Array.from({ length: coreCount * coreCount }, () => []),
    views: [members],
    steps: [],
    faults,
    history: noHistory,
    ended: [],
  };
}

export class Physics {
  readonly stepper: Stepper;
  readonly #holdsBack: boolean;

  /** @param holdsBack Whether a message waits until its receiver is in the view of its sender. It has to. */
  constructor(protocols: Protocols, holdsBack = true) {
    this.stepper = new Stepper(protocols);
    this.#holdsBack = holdsBack;
  }

  /** Everything that can happen next. Without choices of people and fate: only what has to happen some time. */
  actions(world: World): Action[] {
    const due = world.cores.flatMap((core, at) => (core === "" ? [] : this.#dueAt(world, at)));
    const steps = world.steps
      .filter((step) => this.requestOf(world, step) !== undefined)
      .map((step): Action => ({ kind: "step", step }));
    const faults = world.faults
      .filter(({ kind, core }) => world.views.at(-1)!.includes(core) !== (kind === "join"))
      .map((fault): Action => ({ kind: "fault", fault }));
    return [...due, ...steps, ...faults];
  }

  #dueAt(world: World, at: number): Action[] {
    const { view, members } = this.stepper.read(world.cores[at]!);
    const due: Action[] = [];
    if (nextView(world, at, view) > 0) due.push({ kind: "view", core: at });
    for (const from of members) {
      const first = world.channels[from * world.cores.length + at]![0];
      if (first === undefined || (this.#holdsBack && first.view > view)) continue;
      due.push({ kind: "deliver", from, to: at });
    }
    return due;
  }

  apply(world: World, action: Action): World {
    switch (action.kind) {
      case "deliver":
        return this.#deliver(world, action.from, action.to);
      case "view":
        return this.#enter(world, action.core);
      case "step":
        return this.#start(world, action.step);
      case "fault":
        return fail(world, action.fault);
    }
  }

  #deliver(world: World, from: number, to: number): World {
    const at = from * world.cores.length + to;
    const [first, ...rest] = world.channels[at]!;
    const input: Input = { kind: "message", from, message: first!.message };
    const next = { ...world, channels: world.channels.with(at, rest) };
    return this.#turn(next, to, input);
  }

  #enter(world: World, core: number): World {
    const view = nextView(world, core, this.stepper.read(world.cores[core]!).view);
    const members = world.views[view - 1]!;
    const before = this.stepper.read(world.cores[core]!).members;
    const channels = world.channels.map((channel, at) => {
      const from = Math.floor(at / world.cores.length);
      // What a core says that is not let in yet waits, like all that is of a later view.
      const isFromOut = before.includes(from) && !members.includes(from);
      return isFromOut && at % world.cores.length === core ? [] : channel;
    });
    return this.#turn({ ...world, channels }, core, { kind: "view", view, members });
  }

  #start(world: World, step: Step): World {
    const request = this.requestOf(world, step)!;
    const steps = world.steps.filter((other) => other !== step);
    return this.#turn({ ...world, steps }, step.core, { kind: "request", request });
  }

  #turn(world: World, core: number, input: Input): World {
    const stepped = this.stepper.step(world.cores[core]!, input);
    const cores = world.cores.with(core, stepped.after);
    const { view } = this.stepper.read(stepped.after);
    const channels = [...world.channels];
    for (const { to, message } of stepped.said.sent) {
      const at = core * cores.length + to;
      if (cores[to] !== "") channels[at] = [...channels[at]!, { view, message }];
    }
    const history = this.#remember(world, core, input, stepped);
    const ended = stepped.said.told.flatMap((told) =>
      told.kind === "unnamed" ? [told.object] : [],
    );
    return { ...world, cores, channels, history, ended };
  }

  #remember(world: World, core: number, input: Input, stepped: Stepped): History {
    const { told } = stepped.said;
    if (input.kind !== "request") return extend(world.history, { core, told });
    const call = typeof stepped.begun === "number" ? stepped.begun : undefined;
    const { request } = input;
    if (call === undefined) return world.history;
    const after = this.stepper.read(stepped.after);
    const isNew = request.kind === "create" || request.kind === "give";
    const anchor = after.anchors.find(
      ({ name, object }) => name === call || (request.kind === "create" && object === call),
    );
    const rights = request.kind === "give" ? request.rights : allRights;
    const made = isNew && anchor ? { ...anchor, rights } : undefined;
    const operation = operationOf(this.stepper.read(world.cores[core]!), request, call);
    const happened = { core, told, request, call };
    return extend(world.history, {
      ...happened,
      ...(made === undefined ? {} : { made }),
      ...(operation === undefined ? {} : { operation }),
    });
  }

  /** What a wish means on its core now; undefined if it cannot be made. */
  requestOf(world: World, { core, wish }: Step): Request | undefined {
    if (world.cores[core] === "" || isOutside(world, core)) return undefined;
    return requestFor(this.stepper.read(world.cores[core]!), wish);
  }
}

/** Whether a core has still to join. */
function isOutside(world: World, core: number): boolean {
  return world.views.every((members) => !members.includes(core));
}

/** The view that a core enters next, 0 if there is none for it. A joiner has missed those before. */
function nextView(world: World, core: number, view: number): number {
  return 1 + world.views.findIndex((members, at) => at >= view && members.includes(core));
}

/** What is now to be done everywhere, as the checks see it. */
function operationOf(
  before: { readonly anchors: readonly { readonly under: number; readonly name: number }[] },
  request: Request,
  call: number,
): Operation | undefined {
  if (request.kind === "destroy") {
    return { kind: "destroy", name: call, object: request.object, reason: "asked" };
  }
  if (request.kind !== "revoke") return undefined;
  const roots = before.anchors
    .filter(({ under }) => under === request.name)
    .map(({ name }) => name);
  return { kind: "revoke", name: call, object: 0, roots };
}

function fail(world: World, fault: Fault): World {
  const count = world.cores.length;
  const before = world.views.at(-1)!;
  const members =
    fault.kind === "join"
      ? [...before, fault.core].toSorted((a, b) => a - b)
      : before.filter((core) => core !== fault.core);
  const next = {
    ...world,
    ended: [],
    views: [...world.views, members],
    faults: world.faults.filter((other) => other !== fault),
  };
  if (fault.kind !== "crash") return next;
  return {
    ...next,
    cores: world.cores.with(fault.core, ""),
    channels: world.channels.map((channel, at) => (at % count === fault.core ? [] : channel)),
  };
}

/** The cores that live and were not expelled. */
export function survivors(world: World): number[] {
  return world.views.at(-1)!.filter((core) => world.cores[core] !== "");
}
