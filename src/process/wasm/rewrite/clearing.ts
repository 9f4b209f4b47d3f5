// Where locals that nobody reads any more are set to zero, so that they cost nothing.
//
// A landing pad reads all locals that live across some call of its body; at any one call most of them are
// dead. The compiler does not know: for it their last values live on, through every turn of a loop, in
// registers and stack slots that the loop needs. A constant instead lives nowhere, and no instruction
// comes of it: it is known on the exceptional edge of each call. So in loops a dead local is cleared
// before the next call, and at the beginning of a turn if the turns before may have set it.
//
// The body is walked forwards with the locals that may hold something. That need not be exact: to clear
// a dead local once more, or not at all, changes nothing of what is computed.
import type { ClearEdit } from "./edit.ts";
import { type BodyFlow, Flow } from "./flow.ts";
import { liveAtPlaces } from "./liveness.ts";
import { addLocal, addLocals, type LocalSet, localsOf, noLocals } from "./local-set.ts";

export interface ClearingRequest {
  readonly flow: BodyFlow;
  readonly localCount: number;
  readonly parameterCount: number;
  /** Numbers that the landing pad reads. */
  readonly readByPad: LocalSet;
}

/** The clearing of a body, in the order of its places. */
export function findClears(request: ClearingRequest): ClearEdit[] {
  if (!request.flow.kinds.includes(Flow.loop)) return [];
  const walk = new ForwardWalk(request);
  walk.run();
  return walk.edits;
}

interface Frame {
  readonly kind: number;
  /** What may hold something where its label leads, if that is behind it. */
  readonly label: LocalSet;
  /** What did when it was entered. */
  readonly before: LocalSet;
  hasElse: boolean;
}

class ForwardWalk {
  readonly edits: ClearEdit[] = [];
  readonly #flow: BodyFlow;
  readonly #localCount: number;
  readonly #readByPad: LocalSet;
  readonly #read: ReadonlyMap<number, LocalSet>;
  readonly #readWithPads: ReadonlyMap<number, LocalSet>;
  readonly #setInside: ReadonlyMap<number, LocalSet>;
  readonly #frames: Frame[] = [];
  #loopDepth = 0;
  #held: LocalSet;

  constructor({ flow, localCount, parameterCount, readByPad }: ClearingRequest) {
    this.#flow = flow;
    this.#localCount = localCount;
    this.#readByPad = readByPad;
    this.#read = liveAtPlaces(flow, localCount);
    this.#readWithPads = liveAtPlaces(flow, localCount, readByPad);
    this.#setInside = setInside(flow, localCount);
    this.#held = noLocals(localCount);
    for (let local = 0; local < parameterCount; local++) addLocal(this.#held, local);
  }

  run(): void {
    for (const [at, kind] of this.#flow.kinds.entries()) this.#step(kind, at);
  }

  #step(kind: number, at: number): void {
    const argument = this.#flow.arguments[at];
    switch (kind) {
      case Flow.set:
        return addLocal(this.#held, argument);
      case Flow.call:
      case Flow.capturedCall:
        if (this.#loopDepth > 0 && !this.#endsAt(at + 1)) this.#clear(at);
        return;
      case Flow.branchIf:
        return this.#branch(argument);
      case Flow.branch:
        this.#branch(argument);
        return this.#leave();
      case Flow.branchTable:
        for (const label of this.#flow.tables[argument]) this.#branch(label);
        return this.#leave();
      case Flow.leave:
      case Flow.throw:
        return this.#leave();
      case Flow.else:
        return this.#changeArm();
      case Flow.end:
        return this.#close(argument);
      case Flow.get:
        return;
      default:
        this.#open(kind, at);
    }
  }

  /** A call that is the last thing done holds nothing alive for long. */
  #endsAt(at: number): boolean {
    return this.#flow.kinds[at] === Flow.leave;
  }

  #open(kind: number, at: number): void {
    const before = this.#held.slice();
    this.#frames.push({ kind, label: noLocals(this.#localCount), before, hasElse: false });
    if (kind !== Flow.loop) return;
    this.#loopDepth++;
    addLocals(this.#held, this.#setInside.get(at) as LocalSet); // of every construct
    this.#clear(at);
  }

  #close(start: number): void {
    const { kind, label, before, hasElse } = this.#frames.pop() as Frame; // it was opened
    if (kind === Flow.loop) this.#loopDepth--;
    addLocals(this.#held, label);
    if (kind === Flow.if && !hasElse) addLocals(this.#held, before);
    if (kind !== Flow.handler) return;
    addLocals(before, this.#setInside.get(start) as LocalSet); // of every construct
    for (const depth of this.#flow.handlers.get(start) ?? []) addLocals(this.#label(depth), before);
  }

  #changeArm(): void {
    const frame = this.#frames.at(-1) as Frame; // an `else` is in an `if`
    frame.hasElse = true;
    addLocals(frame.label, this.#held);
    this.#held = frame.before.slice();
  }

  #label(depth: number): LocalSet {
    return (this.#frames.at(-1 - depth) as Frame).label; // typing has checked every label
  }

  #branch(depth: number): void {
    addLocals(this.#label(depth), this.#held);
  }

  #leave(): void {
    this.#held = noLocals(this.#localCount);
  }

  /** Clears what holds something that nobody but a landing pad will read. */
  #clear(at: number): void {
    const read = this.#read.get(at) as LocalSet; // noted for each call and loop
    const readWithPads = this.#readWithPads.get(at) as LocalSet;
    const dead = noLocals(this.#localCount);
    for (const [word, held] of this.#held.entries()) {
      const inPadsOnly = readWithPads[word] & ~read[word] & this.#readByPad[word];
      dead[word] = held & inPadsOnly;
      this.#held[word] = held & ~dead[word];
    }
    const start = this.#flow.offsets[at];
    const locals = localsOf(dead);
    if (locals.length > 0) this.edits.push({ kind: "clear", start, end: start, locals });
  }
}

/** For each construct, by where it begins, the locals that are set in it. */
function setInside(flow: BodyFlow, localCount: number): ReadonlyMap<number, LocalSet> {
  const sets = new Map<number, LocalSet>();
  const open: LocalSet[] = [];
  for (const [at, kind] of flow.kinds.entries()) {
    const around = open.at(-1);
    if (kind === Flow.set && around !== undefined) addLocal(around, flow.arguments[at]);
    if (opensConstruct(kind)) {
      const inside = noLocals(localCount);
      sets.set(at, inside);
      open.push(inside);
    }
    if (kind === Flow.end) closeSet(open);
  }
  return sets;
}

function closeSet(open: LocalSet[]): void {
  const inside = open.pop();
  const around = open.at(-1);
  if (inside !== undefined && around !== undefined) addLocals(around, inside);
}

function opensConstruct(kind: number): boolean {
  return kind === Flow.block || kind === Flow.loop || kind === Flow.if || kind === Flow.handler;
}
