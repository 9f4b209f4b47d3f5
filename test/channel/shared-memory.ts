// Memory of two sides whose every access is a step that somebody else decides about, for going through all orders of
// them. The code under test is the real one: what it sees as typed arrays and as Atomics is this.
//
// What a side writes plainly stays with it until the explorer lets it go, in any order; before an atomic access all
// of it has gone. That is what the memory model of the language promises of code like ours, and no more.

/** What a side does next. */
export type Access =
  | { readonly kind: "read" | "load"; readonly word: number }
  | { readonly kind: "write" | "store"; readonly word: number; readonly value: number }
  | { readonly kind: "exchange"; readonly word: number; readonly from: number; readonly to: number }
  | { readonly kind: "wait"; readonly word: number; readonly value: number }
  | { readonly kind: "notify"; readonly word: number };

/** Thrown through the code under test where it has come to an access that was not made yet. */
class Pause {
  readonly access: Access;
  constructor(access: Access) {
    this.access = access;
  }
}

/** How a side got on: what it does next, or that it is done; and what it said of itself last, and since when. */
export interface Progress {
  readonly next: Access | undefined;
  readonly said: string;
  readonly since: number;
}

/** Runs a side from its beginning, with what its accesses came to before. */
export class Replayer {
  readonly #results: readonly number[];
  #at = 0;
  #said = "";
  #since = 0;

  constructor(results: readonly number[]) {
    this.#results = results;
  }

  /** All of a side that is not in the memory: two sides that say the same go on alike. */
  say(said: string): void {
    this.#said = said;
    this.#since = this.#at;
  }

  access(access: Access): number {
    if (this.#at === this.#results.length) throw new Pause(access);
    return this.#results[this.#at++];
  }

  /** An array over words of the memory, from `base` on. */
  array(base: number, length: number): Int32Array {
    const handler: ProxyHandler<object> = {
      get: (_, key) => {
        if (key === "length") return length;
        if (key === "buffer") return new ArrayBuffer(4 * length);
        if (key === "byteOffset") return 0;
        if (key === "byteLength") return 4 * length;
        if (key === "base") return base;
        return this.access({ kind: "read", word: base + Number(key) });
      },
      set: (_, key, value) => {
        this.access({ kind: "write", word: base + Number(key), value: value | 0 });
        return true;
      },
    };
    return new Proxy({}, handler) as Int32Array;
  }

  /** Runs it. Whatever it throws itself is thrown. */
  run(body: (side: Replayer) => void): Progress {
    const atomics = globalThis.Atomics;
    globalThis.Atomics = this.#atomics();
    try {
      body(this);
      return { next: undefined, said: this.#said, since: this.#since };
    } catch (pause) {
      if (!(pause instanceof Pause)) throw pause;
      return { next: pause.access, said: this.#said, since: this.#since };
    } finally {
      globalThis.Atomics = atomics;
    }
  }

  #atomics(): Atomics {
    const word = (array: object, index: number): number =>
      (array as { readonly base: number }).base + index;
    return {
      load: (array: object, index: number) =>
        this.access({ kind: "load", word: word(array, index) }),
      store: (array: object, index: number, value: number) =>
        this.access({ kind: "store", word: word(array, index), value: value | 0 }),
      compareExchange: (array: object, index: number, from: number, to: number) =>
        this.access({ kind: "exchange", word: word(array, index), from, to }),
      wait: (array: object, index: number, value: number) =>
        this.access({ kind: "wait", word: word(array, index), value }),
      notify: (array: object, index: number) =>
        this.access({ kind: "notify", word: word(array, index) }),
      // No other of its functions is used.
    } as unknown as Atomics;
  }
}
