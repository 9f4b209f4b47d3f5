// Which locals of a body live across a call out of which the stack may be taken: only those need to be
// saved. All others are set again before they are read, so the landing pad does not read them, and the
// compiler need not keep them for it.
//
// The body is walked backwards with the set of locals that will still be read. What a loop's label
// needs is known only once its body has been walked, so the walk is repeated until nothing is added.
import { type BodyFlow, Flow } from "./flow.ts";
import { addLocal, addLocals, type LocalSet, noLocals, removeLocal } from "./local-set.ts";

interface Frame {
  /** What a branch to its label needs. */
  readonly label: LocalSet;
  /** What is needed behind it. */
  readonly after: LocalSet;
  /** What the handlers around its contents need. */
  readonly handlers: LocalSet;
  /** What its `else` arm needs, once that has been walked. */
  elseArm: LocalSet | undefined;
}

/** The locals that live across such a call. */
export function liveAcrossCalls(flow: BodyFlow, localCount: number): LocalSet {
  return settled(flow, localCount).across;
}

/**
 * What is still read from each call and from the beginning of each loop on, by their places in the flow.
 *
 * @param readInCalls locals that are read in every call, besides those that the body reads itself
 */
export function liveAtPlaces(
  flow: BodyFlow,
  localCount: number,
  readInCalls: LocalSet = noLocals(localCount),
): ReadonlyMap<number, LocalSet> {
  const walk = settled(flow, localCount, readInCalls);
  const places = new Map<number, LocalSet>();
  walk.run(places);
  return places;
}

function settled(flow: BodyFlow, localCount: number, readInCalls?: LocalSet): BackwardWalk {
  const walk = new BackwardWalk(flow, localCount, readInCalls ?? noLocals(localCount));
  while (walk.run());
  return walk;
}

class BackwardWalk {
  readonly across: LocalSet;
  readonly #flow: BodyFlow;
  readonly #localCount: number;
  readonly #readInCalls: LocalSet;
  /** What the label of each loop needs, as far as is known. */
  readonly #loops = new Map<number, LocalSet>();
  #frames: Frame[] = [];
  #live: LocalSet;
  #places: Map<number, LocalSet> | undefined;
  #hasGrown = false;

  constructor(flow: BodyFlow, localCount: number, readInCalls: LocalSet) {
    this.#flow = flow;
    this.#localCount = localCount;
    this.#readInCalls = readInCalls;
    this.across = noLocals(localCount);
    this.#live = noLocals(localCount);
  }

  /** Once through the body, noting what is live at its places; whether it has to be walked again. */
  run(places?: Map<number, LocalSet>): boolean {
    const { kinds } = this.#flow;
    this.#places = places;
    this.#hasGrown = false;
    this.#live = noLocals(this.#localCount);
    this.#frames = [];
    for (let at = kinds.length - 1; at >= 0; at--) this.#step(kinds[at], at);
    return this.#hasGrown;
  }

  #step(kind: number, at: number): void {
    const argument = this.#flow.arguments[at];
    switch (kind) {
      case Flow.get:
        return addLocal(this.#live, argument);
      case Flow.set:
        return removeLocal(this.#live, argument);
      case Flow.capturedCall:
        this.#call(at);
        addLocals(this.across, this.#live);
        return;
      case Flow.call:
        return this.#call(at);
      case Flow.branchIf:
        addLocals(this.#live, this.#label(argument));
        return;
      case Flow.end:
        return this.#enter(argument);
      case Flow.else:
        return this.#changeArm();
      default:
        this.#stepRare(kind, at, argument);
    }
  }

  #stepRare(kind: number, at: number, argument: number): void {
    switch (kind) {
      case Flow.branch:
        this.#live = this.#label(argument).slice();
        return;
      case Flow.branchTable:
        this.#live = noLocals(this.#localCount);
        for (const label of this.#flow.tables[argument]) addLocals(this.#live, this.#label(label));
        return;
      case Flow.leave:
        this.#live = noLocals(this.#localCount);
        return;
      case Flow.throw:
        this.#live = noLocals(this.#localCount);
        this.#mayThrow();
        return;
      default:
        this.#leave(kind, at);
    }
  }

  #call(at: number): void {
    this.#mayThrow();
    addLocals(this.#live, this.#readInCalls);
    this.#places?.set(at, this.#live.slice());
  }

  #mayThrow(): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) addLocals(this.#live, frame.handlers);
  }

  #label(depth: number): LocalSet {
    return (this.#frames.at(-1 - depth) as Frame).label; // typing has checked every label
  }

  /** The end of a construct: the walk goes into it. */
  #enter(start: number): void {
    const isLoop = this.#flow.kinds[start] === Flow.loop;
    const after = this.#live.slice();
    this.#frames.push({
      label: isLoop ? this.#loop(start) : after,
      after,
      handlers: this.#handlersOf(start),
      elseArm: undefined,
    });
  }

  #loop(start: number): LocalSet {
    let label = this.#loops.get(start);
    if (label === undefined) {
      label = noLocals(this.#localCount);
      this.#loops.set(start, label);
    }
    return label;
  }

  #handlersOf(start: number): LocalSet {
    const around = this.#frames.at(-1)?.handlers ?? noLocals(this.#localCount);
    const clauses = this.#flow.handlers.get(start);
    if (clauses === undefined) return around;
    const handlers = around.slice();
    for (const label of clauses) addLocals(handlers, this.#label(label));
    return handlers;
  }

  #changeArm(): void {
    const frame = this.#frames.at(-1) as Frame; // an `else` is in an `if`
    frame.elseArm = this.#live;
    this.#live = frame.after.slice();
  }

  /** The beginning of a construct: the walk comes out of it. */
  #leave(kind: number, start: number): void {
    const frame = this.#frames.pop() as Frame; // its end was met
    if (kind === Flow.if) addLocals(this.#live, frame.elseArm ?? frame.after);
    if (kind !== Flow.loop) return;
    if (addLocals(this.#loop(start), this.#live)) this.#hasGrown = true;
    this.#places?.set(start, this.#live.slice());
  }
}
