// The calls that are open at a service, by their names. Clients count their calls, so few have the same number:
// that is what they are kept by, and those that share one hang together. Most services have one open call at a
// time, and that has a place of its own: to put it into a table and take it out would be most of the work.
import type { OpenCall } from "./open-call.ts";
import type { CallName } from "./wire.ts";

export class OpenCalls {
  #only: OpenCall | undefined;
  readonly #byNumber = new Map<number, OpenCall[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  find(name: CallName): OpenCall | undefined {
    const only = this.#only;
    if (only !== undefined && isSame(only.name, name)) return only;
    if (this.#byNumber.size === 0) return undefined;
    return this.#byNumber.get(name.number)?.find((call) => isSame(call.name, name));
  }

  add(call: OpenCall): void {
    this.#count++;
    if (this.#only === undefined) {
      this.#only = call;
      return;
    }
    const { number } = call.name;
    const calls = this.#byNumber.get(number);
    if (calls === undefined) this.#byNumber.set(number, [call]);
    else calls.push(call);
  }

  /** False if it is not there. */
  remove(call: OpenCall): boolean {
    const isThere = call === this.#only || this.#removeFromTable(call);
    if (call === this.#only) this.#only = undefined;
    if (isThere) this.#count--;
    return isThere;
  }

  #removeFromTable(call: OpenCall): boolean {
    const { number } = call.name;
    const calls = this.#byNumber.get(number);
    const at = calls?.indexOf(call) ?? -1;
    if (at < 0) return false;
    if (calls!.length === 1) this.#byNumber.delete(number);
    else calls!.splice(at, 1);
    return true;
  }
}

function isSame(one: CallName, other: CallName): boolean {
  return one.number === other.number && one.low === other.low && one.high === other.high;
}
