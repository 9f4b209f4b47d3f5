// A power of the host as a server: methods that run in the host's own realm, and that a service can call when
// it was granted them by name. What they answer is a message like any other, so it is logged like any other.
import { portalBytesMax } from "../../abi/index.ts";
import {
  CodecWriter,
  Dispatcher,
  type Methods,
  type ServiceDefinition,
  type Telling,
} from "../../service/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../userlib/index.ts";
import { errorTelling } from "../../service/index.ts";

export class PowerService implements Service {
  readonly name: string;
  /** Set by who starts it: raises a bit of its notification. */
  onReady: (() => void) | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #writer = new CodecWriter(portalBytesMax);
  #over: { readonly ticket: number; readonly telling: Telling }[] = [];
  readonly #tickets = new Map<number, number>();
  #lastRequest = 0;

  constructor(name: string, definition: ServiceDefinition<unknown, Methods<unknown>>) {
    this.name = name;
    this.#dispatcher = new Dispatcher({
      definition,
      state: definition.state?.(),
      surroundings: hostSurroundings(name),
      answer: (ticket, telling) => {
        this.#over.push({ ticket, telling });
        this.onReady?.();
      },
    });
  }

  handle({ badge, label, words, bytes }: Message, host: ServiceHost): Answer | Later {
    const request = ++this.#lastRequest;
    const [low, high, number, word] = words;
    const told = this.#dispatcher.serve({
      ticket: request,
      caller: badge,
      label,
      low,
      high,
      number,
      word,
      bytes,
      length: bytes.length,
    });
    if (told !== undefined) return this.#answer(told);
    const later = host.defer();
    this.#tickets.set(request, later.later);
    return later;
  }

  onSignal(_bits: number, host: ServiceHost): void {
    for (const { ticket, telling } of this.#over.splice(0)) {
      const waiting = this.#tickets.get(ticket);
      this.#tickets.delete(ticket);
      if (waiting !== undefined) host.answer(waiting, this.#answer(telling));
    }
  }

  #answer({ label, word, value }: Telling): Answer {
    const writer = this.#writer;
    if (value === undefined) return { label, words: [word] };
    try {
      writer.write(value);
    } catch (error) {
      writer.write(error);
      return this.#sent(errorTelling(error).label, 0);
    }
    return this.#sent(label, word);
  }

  #sent(label: number, word: number): Answer {
    const { bytes, length } = this.#writer;
    return { label, words: [word], bytes: bytes.slice(0, length) };
  }
}

function hostSurroundings(name: string) {
  const none = (): never => {
    throw new Error(`${name} is a power of the host: it has those of its own code, and no grants`);
  };
  return {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    connect: none,
    server: none,
    log: (...values: readonly unknown[]) => console.error(...values),
  };
}
