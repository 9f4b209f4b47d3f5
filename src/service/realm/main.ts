// The code that every realm begins with: it makes the globals safe, and stands between the service and the
// host. It is bundled into one script, runs before the service does, and gives the host its face.
import { clientOf } from "../client.ts";
import { CodecReader } from "../codec-reader.ts";
import { CodecWriter, ValueError } from "../codec-writer.ts";
import { type Methods, type ServiceDefinition } from "../definition.ts";
import type { Surroundings } from "../call-context.ts";
import { Dispatcher } from "../dispatcher.ts";
import { errorTelling, type Telling } from "../telling.ts";
import { GrantError } from "./grant-error.ts";
import { definitionFault } from "./definition-fault.ts";
import { freezePrimordials } from "./freeze.ts";
import { setGlobals, shown } from "./globals.ts";
import type { RealmFace, RealmHost } from "./realm-face.ts";
import { RealmRandom } from "./realm-random.ts";
import { RealmTimers } from "./realm-timers.ts";
import { ServerLinks } from "./server-link.ts";
import { setTraces } from "./traces.ts";
import { upgraded, versionOf } from "./upgraded.ts";

const bodyBytesMax = 1024 * 1024;
/** The state is no message. */
const stateBytesMax = 1024 * 1024 * 1024;

export function makeRealm(unguarded: RealmHost, seed: string, file: string): RealmFace {
  const host = guarded(unguarded);
  const random = new RealmRandom(seed.split(" ").map(Number));
  const timers = new RealmTimers(host);
  setGlobals(host, random, timers);
  setTraces(file);
  freezePrimordials();
  return new ServiceRealm(host, random, timers);
}

class ServiceRealm implements RealmFace {
  readonly words = new Int32Array(8);
  readonly promisePrototype = Promise.prototype as object;
  readonly #host: RealmHost;
  readonly #random: RealmRandom;
  readonly #timers: RealmTimers;
  readonly #links: ServerLinks;
  readonly #writer = new CodecWriter(bodyBytesMax);
  readonly #reader = new CodecReader();
  #inbox = new Uint8Array(4096);
  #outbox = this.#writer;
  #definition: ServiceDefinition<unknown, Methods<unknown>> | undefined;
  #dispatcher: Dispatcher | undefined;
  #surroundings: Surroundings | undefined;
  #state: unknown;
  #why = "";

  constructor(host: RealmHost, random: RealmRandom, timers: RealmTimers) {
    this.#host = host;
    this.#random = random;
    this.#timers = timers;
    this.#links = new ServerLinks({
      host,
      timers,
      words: this.words,
      writer: this.#writer,
      inbox: () => this.#inbox,
    });
  }

  inbox(bytes: number): Uint8Array {
    if (bytes > this.#inbox.length) {
      this.#inbox = new Uint8Array(Math.max(bytes, this.#inbox.length * 2));
    }
    return this.#inbox;
  }

  readonly outbox = (): Uint8Array => this.#outbox.bytes;

  load(module: unknown, grants: string): string {
    const fault = definitionFault(module);
    if (fault !== "") return fault;
    // `definitionFault` has looked at it.
    this.#definition = (
      module as { default: ServiceDefinition<unknown, Methods<unknown>> }
    ).default;
    this.#surroundings = surroundingsOf({
      host: this.#host,
      timers: this.#timers,
      links: this.#links,
      random: this.#random,
      grants: grants.split("\n"),
    });
    try {
      this.#state = this.#definition.state?.();
    } catch (error) {
      return `its state cannot be made: ${shown(error)}`;
    }
    this.#begin();
    return "";
  }

  readonly serve = (ticket: number, caller: number, label: number, bytes: number): number => {
    const { words } = this;
    const told = this.#dispatcher!.serve({
      ticket,
      caller,
      label,
      low: words[0],
      high: words[1],
      number: words[2],
      word: words[3],
      bytes: this.#inbox,
      length: bytes,
    });
    if (told === undefined) return -1;
    const sent = this.#put(told);
    words[0] = sent.label;
    words[1] = sent.word;
    return this.#writer.length;
  };

  replied(number: number, status: number, label: number, bytes: number): void {
    this.#links.replied(number, status, label, bytes);
  }

  fire(number: number): void {
    this.#timers.fire(number);
  }

  openCount(): number {
    return this.#dispatcher!.openCount + this.#links.openCount + this.#timers.count;
  }

  isOpen(low: number, high: number, number: number): boolean {
    return this.#dispatcher!.isOpen({ low, high, number });
  }

  exportState(): number {
    const large = new CodecWriter(stateBytesMax);
    try {
      large.write(this.#state);
    } catch (error) {
      this.#why = error instanceof ValueError ? `its state holds ${error.message}` : shown(error);
      return -1;
    }
    this.#outbox = large;
    return large.length;
  }

  why(): string {
    return this.#why;
  }

  importState(bytes: number): void {
    this.#state = this.#reader.read(this.#inbox, bytes);
    this.#begin();
  }

  upgradeState(bytes: number, fromVersion: number): string {
    try {
      this.#state = upgraded(this.#definition!, this.#reader.read(this.#inbox, bytes), fromVersion);
    } catch (error) {
      return shown(error);
    }
    this.#begin();
    return "";
  }

  version(): number {
    return versionOf(this.#definition!);
  }

  methods(): string {
    return Object.keys(this.#definition!.methods).join("\n");
  }

  #begin(): void {
    this.#dispatcher = new Dispatcher({
      definition: this.#definition!,
      state: this.#state,
      surroundings: this.#surroundings!,
      answer: (ticket, telling) => {
        const { label, word } = this.#put(telling);
        this.#host.tell(ticket, label, word, this.#writer.length);
      },
    });
  }

  /** Writes the body of an answer; one that cannot be sent becomes an error that says so. */
  #put(telling: Telling): Telling {
    const writer = this.#writer;
    this.#outbox = writer;
    try {
      if (telling.value === undefined) writer.length = 0;
      else writer.write(telling.value);
      return telling;
    } catch (error) {
      const text = error instanceof ValueError ? `the answer holds ${error.message}` : shown(error);
      const refusal = errorTelling(new ValueError(text));
      writer.write(refusal.value);
      return refusal;
    }
  }
}

/**
 * What the host throws stays out: at the end of the stack it may throw whatever it does, and an error of its
 * own would lead to its globals.
 */
function guarded(host: RealmHost): RealmHost {
  const guard =
    <A extends unknown[], R>(call: (...args: A) => R): ((...args: A) => R) =>
    (...args) => {
      try {
        return call(...args);
      } catch {
        throw new RangeError("there is too little stack left to ask for this");
      }
    };
  return {
    now: guard(host.now),
    entropy: guard(host.entropy),
    tell: guard(host.tell),
    ask: guard(host.ask),
    startTimer: guard(host.startTimer),
    stopTimer: guard(host.stopTimer),
    log: guard(host.log),
  };
}

interface SurroundingsOptions {
  readonly host: RealmHost;
  readonly timers: RealmTimers;
  readonly links: ServerLinks;
  readonly random: RealmRandom;
  readonly grants: readonly string[];
}

function surroundingsOf(options: SurroundingsOptions): Surroundings {
  const { host, timers, links, random, grants } = options;
  const targetOf = (name: string): number => {
    const target = grants.indexOf(name);
    if (target >= 0 && name !== "") return target;
    throw new GrantError(
      name,
      grants.filter((one) => one !== ""),
    );
  };
  const clients = new Map<number, unknown>();
  return {
    now: () => host.now(),
    sleep: (ms) => new Promise((resolve) => void timers.start(ms, resolve)),
    log: (...values) => host.log(values.map(shown).join(" ")),
    server: (name) => links.raw(targetOf(name)),
    connect(name) {
      const target = targetOf(name);
      let client = clients.get(target);
      if (client === undefined) {
        const identity = [random.word() | 0, random.word() | 0] as const;
        client = clientOf({ link: links.link(target), identity });
        clients.set(target, client);
      }
      // What the caller says it is.
      return client as never;
    },
  };
}
