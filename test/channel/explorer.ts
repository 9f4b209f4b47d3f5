// Goes through every order in which the accesses of some sides to their memory can happen, and every point at which a
// side can die. States that were seen are not gone into again. Fails where a side fails, and where nobody can go on.
import { type Access, type Progress, Replayer } from "./shared-memory.ts";

export interface Side {
  readonly body: (side: Replayer) => void;
  /** It can die at any point before its end. */
  readonly mayDie?: boolean;
  /** It begins when that side has died, and not at all otherwise. */
  readonly after?: number;
}

/** Mistakes that can be put in, to see that they are found. */
export interface Weakness {
  /** Atomic stores are like plain ones: they wait with the others, and go in any order. */
  readonly storesArePlain?: boolean;
  /** Atomic stores go in their order, but may be seen later than what follows them. */
  readonly storesAreLate?: boolean;
}

interface Write {
  readonly word: number;
  readonly value: number;
  /** Those before it go first. */
  readonly isOrdered: boolean;
}

interface SideState {
  readonly results: readonly number[];
  readonly writes: readonly Write[];
  readonly isDead: boolean;
  /** Word at which it sleeps, or -1. */
  readonly asleepAt: number;
}

interface State {
  readonly memory: ReadonlyMap<number, number>;
  readonly sides: readonly SideState[];
}

export interface Explored {
  readonly states: number;
  readonly ends: number;
}

const statesMax = 3_000_000;

export function explore(sides: readonly Side[], weakness: Weakness = {}): Explored {
  return new Explorer(sides, weakness).run();
}

/** Somebody waits for what nobody will do. */
export class StuckError extends Error {
  override readonly name = "StuckError";
}

class Explorer {
  readonly #sides: readonly Side[];
  readonly #weakness: Weakness;
  readonly #seen = new Set<string>();
  readonly #todo: State[] = [];
  #ends = 0;

  constructor(sides: readonly Side[], weakness: Weakness) {
    this.#sides = sides;
    this.#weakness = weakness;
  }

  run(): Explored {
    const begun = { results: [], writes: [], isDead: false, asleepAt: -1 };
    this.#todo.push({ memory: new Map(), sides: this.#sides.map(() => begun) });
    for (let state = this.#todo.pop(); state !== undefined; state = this.#todo.pop()) {
      this.#visit(state);
      if (this.#seen.size > statesMax) throw new Error("more states than can be gone through");
    }
    return { states: this.#seen.size, ends: this.#ends };
  }

  #visit(state: State): void {
    const progress = state.sides.map((side, i) => this.#progress(state, side, i));
    const key = keyOf(state, progress);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    let isEnd = true;
    state.sides.forEach((side, i) => {
      side.writes.forEach((_, at) => this.#flush(state, i, at));
      const { next } = progress[i]!;
      if (next === undefined || side.isDead || side.asleepAt >= 0) return;
      isEnd = false;
      this.#todo.push(this.#step(state, i, next));
      if (this.#sides[i].mayDie === true) {
        this.#todo.push(changed(state, i, { isDead: true, writes: [] }));
      }
    });
    if (isEnd) this.#atEnd(state, progress);
  }

  /** What a side does next; one that has not begun, or never will, does nothing. */
  #progress(state: State, side: SideState, index: number): Progress | undefined {
    const { after, body } = this.#sides[index];
    if (after !== undefined && !state.sides[after].isDead)
      return { next: undefined, said: "", since: 0 };
    return new Replayer(side.results).run(body);
  }

  #atEnd(state: State, progress: readonly (Progress | undefined)[]): void {
    if (state.sides.some(({ writes }) => writes.length > 0)) return;
    this.#ends++;
    const stuck = state.sides.findIndex(
      (side, i) => !side.isDead && progress[i]!.next !== undefined,
    );
    if (stuck >= 0) throw new StuckError(`side ${stuck} sleeps for ever: ${progress[stuck]!.said}`);
  }

  /** Lets one write go that waits, unless others have to go first. */
  #flush(state: State, index: number, at: number): void {
    const { writes } = state.sides[index];
    const write = writes[at];
    const isFirst = !writes.slice(0, at).some(({ word }) => word === write.word);
    if (!isFirst || (write.isOrdered && at > 0)) return;
    const memory = new Map(state.memory).set(write.word, write.value);
    const left = writes.filter((_, i) => i !== at);
    this.#todo.push(changed({ ...state, memory }, index, { writes: left }));
  }

  #step(state: State, index: number, access: Access): State {
    const side = state.sides[index];
    const done = (result: number, of: State = state): State =>
      changed(of, index, { results: [...side.results, result] });
    switch (access.kind) {
      case "read":
        return done(seenBy(state, side, access.word));
      case "write":
        return changed(state, index, {
          results: [...side.results, 0],
          writes: [...side.writes, { ...access, isOrdered: false }],
        });
      case "store":
        return this.#store(state, index, access);
      case "load":
        // An atomic load does not wait for stores that are late: that is the weakness.
        return done(seenBy(state, side, access.word), this.#settled(state, index, "load"));
      case "exchange": {
        const settled = this.#settled(state, index, "exchange");
        const old = settled.memory.get(access.word) ?? 0;
        if (old !== access.from) return done(old, settled);
        return done(old, {
          ...settled,
          memory: new Map(settled.memory).set(access.word, access.to),
        });
      }
      case "wait": {
        const settled = this.#settled(state, index, "wait");
        const value = settled.memory.get(access.word) ?? 0;
        const woken = done(0, settled);
        return value === access.value ? changed(woken, index, { asleepAt: access.word }) : woken;
      }
      case "notify": {
        const settled = done(0, this.#settled(state, index, "notify"));
        const sides = settled.sides.map((other) =>
          other.asleepAt === access.word ? { ...other, asleepAt: -1 } : other,
        );
        return { ...settled, sides };
      }
    }
  }

  #store(
    state: State,
    index: number,
    access: { readonly word: number; readonly value: number },
  ): State {
    const side = state.sides[index];
    const results = [...side.results, 0];
    if (this.#weakness.storesArePlain === true) {
      return changed(state, index, {
        results,
        writes: [...side.writes, { ...access, isOrdered: false }],
      });
    }
    if (this.#weakness.storesAreLate === true) {
      return changed(state, index, {
        results,
        writes: [...side.writes, { ...access, isOrdered: true }],
      });
    }
    const settled = this.#settled(state, index, "store");
    const memory = new Map(settled.memory).set(access.word, access.value);
    return changed({ ...settled, memory }, index, { results });
  }

  /** What a side has written plainly has gone when it makes an atomic access that orders. */
  #settled(state: State, index: number, kind: Access["kind"]): State {
    const { writes } = state.sides[index];
    const isWeak = this.#weakness.storesArePlain === true || this.#weakness.storesAreLate === true;
    // A load orders what comes after it, and not what came before.
    if (writes.length === 0 || kind === "load" || (isWeak && kind === "store")) return state;
    const memory = new Map(state.memory);
    for (const { word, value } of writes) memory.set(word, value);
    return changed({ ...state, memory }, index, { writes: [] });
  }
}

/** What a side finds in a word: what it wrote itself last, if that has not gone yet. */
function seenBy(state: State, { writes }: SideState, word: number): number {
  return writes.findLast((write) => write.word === word)?.value ?? state.memory.get(word) ?? 0;
}

function changed(state: State, index: number, change: Partial<SideState>): State {
  return {
    ...state,
    sides: state.sides.map((side, i) => (i === index ? { ...side, ...change } : side)),
  };
}

function keyOf(state: State, progress: readonly (Progress | undefined)[]): string {
  const memory = [...state.memory].filter(([, value]) => value !== 0).toSorted(([a], [b]) => a - b);
  const sides = state.sides.map(({ results, writes, isDead, asleepAt }, i) => {
    const { said, since, next } = progress[i]!;
    const own = writes.map(({ word, value, isOrdered }) => [word, value, isOrdered]);
    return [said, results.slice(since), own, isDead, asleepAt, next === undefined];
  });
  return JSON.stringify([memory, sides]);
}
