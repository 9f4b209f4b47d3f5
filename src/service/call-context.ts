// What a method is given: made for every call, so it is small. What does not depend on the call is inherited,
// and the signal is made when somebody looks at it.
import { CallSignal } from "./call-signal.ts";
import type { Context } from "./definition.ts";

/** What of a context does not depend on the call. */
export type Surroundings = Omit<Context<unknown>, "state" | "caller" | "signal">;

export type MakeContext = new (
  state: unknown,
  caller: number,
  signal: CallSignal | undefined,
) => Context<unknown>;

export function contextClass(surroundings: Surroundings): MakeContext {
  class CallContext {
    readonly state: unknown;
    readonly caller: number;
    #signal: CallSignal | undefined;

    constructor(state: unknown, caller: number, signal: CallSignal | undefined) {
      this.state = state;
      this.caller = caller;
      this.#signal = signal;
    }

    get signal(): CallSignal {
      return (this.#signal ??= new CallSignal());
    }
  }
  Object.setPrototypeOf(CallContext.prototype, surroundings);
  // With what it inherits it has all that a context has.
  return CallContext as unknown as MakeContext;
}
