// Calls that were given up before they came. Requests of a client go by several ways, and after a loss are made again in
// any order: what gives a call up may overtake it, and would find nothing to give up.
import type { CallName } from "./wire.ts";

/** Those that never come are forgotten, as are calls that were over when somebody gave them up. */
const keptMax = 64;

export class GivenUp {
  readonly #reasons = new Map<string, unknown>();

  add(name: CallName, reason: unknown): void {
    this.#reasons.set(keyOf(name), reason);
    if (this.#reasons.size <= keptMax) return;
    const [oldest] = this.#reasons.keys();
    this.#reasons.delete(oldest!);
  }

  /** Whether a call that comes was given up. */
  has(name: CallName): boolean {
    // Nearly always there are none, and each call asks.
    return this.#reasons.size > 0 && this.#reasons.has(keyOf(name));
  }

  /** Why, once. */
  take(name: CallName): unknown {
    const key = keyOf(name);
    const reason = this.#reasons.get(key);
    this.#reasons.delete(key);
    return reason;
  }
}

function keyOf({ low, high, number }: CallName): string {
  return `${high}.${low}.${number}`;
}
