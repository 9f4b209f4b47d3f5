// Functions that a client gave along with a call: the service wants them called while the call is open, and
// the client asks, one after the other, which.
import type { ReadOptions } from "./codec-reader.ts";
import type { Link } from "./link.ts";
import { Ask, type CallName, type Outcome, Tell } from "./wire.ts";

export interface FunctionHostOptions {
  readonly functions: readonly ((...args: never[]) => unknown)[];
  readonly name: CallName;
  readonly link: Link;
  readonly reading: ReadOptions;
}

/** Serves them until the call is over. Answers how to say that it is. */
export function serveFunctions({
  functions,
  name,
  link,
  reading,
}: FunctionHostOptions): () => void {
  let isOver = false;
  const settle = async (number: number, list: readonly unknown[]): Promise<void> => {
    const value: Outcome = await outcomeOf(functions, list);
    await link.ask({ label: Ask.settle, name, word: number, value }, reading);
  };
  const serve = async (): Promise<void> => {
    while (!isOver) {
      const reply = await link.ask({ label: Ask.take, name, word: 0 }, reading);
      if (reply.label !== Tell.callback) return;
      void settle(reply.word, reply.value as readonly unknown[]).catch(() => undefined);
    }
  };
  void serve().catch(() => undefined);
  return () => {
    if (isOver) return;
    isOver = true;
    // The last question may have come after the end of the call, and would wait for ever.
    void Promise.resolve(link.ask({ label: Ask.close, name, word: 0 }, reading)).catch(
      () => undefined,
    );
  };
}

async function outcomeOf(
  functions: FunctionHostOptions["functions"],
  [number, ...args]: readonly unknown[],
): Promise<Outcome> {
  const one = functions[Number(number)];
  if (one === undefined) return [true, new RangeError(`no function ${String(number)} was given`)];
  try {
    return [false, await Reflect.apply(one, undefined, args)];
  } catch (error) {
    return [true, error];
  }
}
