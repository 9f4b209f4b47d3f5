// The code that every realm begins with: it makes the globals safe, and stands between the service and the
// host. It is bundled into one script, runs before the service does, and gives the host its face.
import { clientOf } from "../client.ts";
import { CodecReader } from "../codec-reader.ts";
import { CodecWriter, ValueError } from "../codec-writer.ts";
import { type Methods, type ServiceDefinition } from "../definition.ts";
import type { Surroundings } from "../call-context.ts";
import { Dispatcher } from "../dispatcher.ts";
import { errorTelling, type Telling } from "../telling.ts";
import { AbortError } from "../call-signal.ts";
import { GrantError } from "./grant-error.ts";
import { definitionFault } from "./definition-fault.ts";
import { freezePrimordials } from "./freeze.ts";
import { setGlobals, shown } from "./globals.ts";
import type { RealmFace, RealmHost } from "./realm-face.ts";
import { RealmRandom } from "./realm-random.ts";
import { RealmTimers } from "./realm-timers.ts";
import { ServerLinks } from "./server-link.ts";

const bodyBytesMax = 1024 * 1024;
/** The state is no message. */
const stateBytesMax = 1024 * 1024 * 1024;

export function makeRealm(unguarded: RealmHost, seed: string): RealmFace {
  const host = guarded(unguarded);
  const random = new RealmRandom(seed.split(" ").map(Number));
  const timers = new RealmTimers(host);
  setGlobals(host, random, timers);
  freezePrimordials();
  const words = new Int32Array(8);
  const writer = new CodecWriter(bodyBytesMax);
  const reader = new CodecReader();
  let inbox = new Uint8Array(4096);
  const links = new ServerLinks({ host, words, writer, timers, inbox: () => inbox });
  let outbox = writer;
  let definition: ServiceDefinition<unknown, Methods<unknown>> | undefined;
  let dispatcher: Dispatcher | undefined;
  let state: unknown;
  let surroundings: Surroundings | undefined;
  let why = "";

  /** Writes the body of an answer; one that cannot be sent becomes an error that says so. */
  const put = (telling: Telling): Telling => {
    outbox = writer;
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
  };

  const answer = (ticket: number, telling: Telling): void => {
    const { label, word } = put(telling);
    host.tell(ticket, label, word, writer.length);
  };

  const begin = (): void => {
    dispatcher = new Dispatcher({
      definition: definition!,
      state,
      surroundings: surroundings!,
      answer,
    });
  };

  return {
    words,
    promisePrototype: Promise.prototype as object,
    inbox(bytes) {
      if (bytes > inbox.length) inbox = new Uint8Array(Math.max(bytes, inbox.length * 2));
      return inbox;
    },
    outbox: () => outbox.bytes,
    load(module, grants) {
      const fault = definitionFault(module);
      if (fault !== "") return fault;
      definition = (module as { default: typeof definition }).default;
      surroundings = surroundingsOf(host, timers, links, grants.split("\n"), random);
      try {
        state = definition!.state?.();
      } catch (error) {
        return `its state cannot be made: ${shown(error)}`;
      }
      begin();
      return "";
    },
    serve(ticket, caller, label, bytes) {
      const body = (functions?: (number: number) => unknown): unknown =>
        bytes === 0 ? undefined : reader.read(inbox, bytes, { functions });
      const name = { low: words[0], high: words[1], number: words[2] };
      const told = dispatcher!.serve({ ticket, caller, label, name, word: words[3], body });
      if (told === undefined) return -1;
      const sent = put(told);
      words[0] = sent.label;
      words[1] = sent.word;
      return writer.length;
    },
    replied: (number, status, label, bytes) => links.replied(number, status, label, bytes),
    fire: (number) => timers.fire(number),
    openCount: () => dispatcher!.openCount + links.openCount + timers.count,
    endAll: (text) => dispatcher!.endAll(new AbortError(text)),
    exportState() {
      const large = new CodecWriter(stateBytesMax);
      try {
        large.write(state);
      } catch (error) {
        why = error instanceof ValueError ? `its state holds ${error.message}` : shown(error);
        return -1;
      }
      outbox = large;
      return large.length;
    },
    why: () => why,
    importState(bytes) {
      state = reader.read(inbox, bytes);
      begin();
    },
  };
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

function surroundingsOf(
  host: RealmHost,
  timers: RealmTimers,
  links: ServerLinks,
  grants: readonly string[],
  random: RealmRandom,
): Surroundings {
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
