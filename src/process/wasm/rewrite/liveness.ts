// Which locals of a body live across a call out of which the stack may be taken: only those need to be
// saved. All others are set again before they are read, so the landing pad does not read them, and the
// compiler need not keep them for it.
//
// The body is walked backwards with the set of locals that will still be read. What a loop's label
// needs is known only once its body has been walked, so the walk is repeated until nothing is added.
import { type BodyFlow, Flow } from "./flow.ts";

/** Sets of locals, 32 to a word. */
type LocalSet = Uint32Array<ArrayBuffer>;

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

/** For each of the locals, whether it lives across such a call. */
export function liveAcrossCalls(flow: BodyFlow, localCount: number): (local: number) => boolean {
  const walk = new BackwardWalk(flow, (localCount + 31) >> 5);
  while (walk.run());
  return (local) => has(walk.across, local);
}

class BackwardWalk {
  readonly across: LocalSet;
  readonly #flow: BodyFlow;
  readonly #words: number;
  /** What the label of each loop needs, as far as is known. */
  readonly #loops = new Map<number, LocalSet>();
  #frames: Frame[] = [];
  #live: LocalSet;
  #hasGrown = false;

  constructor(flow: BodyFlow, words: number) {
    this.#flow = flow;
    this.#words = words;
    this.across = new Uint32Array(words);
    this.#live = new Uint32Array(words);
  }

  /** Once through the body; whether it has to be walked again. */
  run(): boolean {
    const { kinds } = this.#flow;
    this.#hasGrown = false;
    this.#live = new Uint32Array(this.#words);
    this.#frames = [];
    for (let at = kinds.length - 1; at >= 0; at--) this.#step(kinds[at], at);
    return this.#hasGrown;
  }

  #step(kind: number, at: number): void {
    const argument = this.#flow.arguments[at];
    switch (kind) {
      case Flow.get:
        this.#live[argument >> 5] |= 1 << (argument & 31);
        return;
      case Flow.set:
        this.#live[argument >> 5] &= ~(1 << (argument & 31));
        return;
      case Flow.capturedCall:
        this.#mayThrow();
        addAll(this.across, this.#live);
        return;
      case Flow.call:
        return this.#mayThrow();
      case Flow.branchIf:
        addAll(this.#live, this.#label(argument));
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
        this.#live = new Uint32Array(this.#words);
        for (const label of this.#flow.tables[argument]) addAll(this.#live, this.#label(label));
        return;
      case Flow.leave:
        this.#live = new Uint32Array(this.#words);
        return;
      case Flow.throw:
        this.#live = new Uint32Array(this.#words);
        this.#mayThrow();
        return;
      default:
        this.#leave(kind, at);
    }
  }

  #mayThrow(): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined) addAll(this.#live, frame.handlers);
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
      label = new Uint32Array(this.#words);
      this.#loops.set(start, label);
    }
    return label;
  }

  #handlersOf(start: number): LocalSet {
    const around = this.#frames.at(-1)?.handlers ?? new Uint32Array(this.#words);
    const clauses = this.#flow.handlers.get(start);
    if (clauses === undefined) return around;
    const handlers = around.slice();
    for (const label of clauses) addAll(handlers, this.#label(label));
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
    if (kind === Flow.if) addAll(this.#live, frame.elseArm ?? frame.after);
    if (kind === Flow.loop && addAll(this.#loop(start), this.#live)) this.#hasGrown = true;
  }
}

function has(set: LocalSet, local: number): boolean {
  return (set[local >> 5] & (1 << (local & 31))) !== 0;
}

/** Whether anything was added. */
function addAll(set: LocalSet, added: LocalSet): boolean {
  let hasGrown = false;
  for (let word = 0; word < added.length; word++) {
    const before = set[word];
    set[word] |= added[word];
    if (set[word] !== before) hasGrown = true;
  }
  return hasGrown;
}
