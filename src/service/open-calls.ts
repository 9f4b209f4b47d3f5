// The calls that are open at a service, by their names. Clients count their calls, so few have the same number:
// that is what they are kept by, and those that share one hang together.
import type { OpenCall } from "./open-call.ts";
import type { CallName } from "./wire.ts";

export class OpenCalls {
  readonly #byNumber = new Map<number, OpenCall[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  find({ low, high, number }: CallName): OpenCall | undefined {
    const calls = this.#byNumber.get(number);
    return calls?.find(({ name }) => name.low === low && name.high === high);
  }

  add(call: OpenCall): void {
    const { number } = call.name;
    const calls = this.#byNumber.get(number);
    if (calls === undefined) this.#byNumber.set(number, [call]);
    else calls.push(call);
    this.#count++;
  }

  /** False if it is not there. */
  remove(call: OpenCall): boolean {
    const { number } = call.name;
    const calls = this.#byNumber.get(number);
    const at = calls?.indexOf(call) ?? -1;
    if (at < 0) return false;
    if (calls!.length === 1) this.#byNumber.delete(number);
    else calls!.splice(at, 1);
    this.#count--;
    return true;
  }
}
