// A service in its realm, as the server that the kernel's portal calls. It hands messages in, runs the realm
// until nothing is left to do there, and hands out what was answered. What comes from outside while nobody
// calls (answers of other servers, timers) waits for the service's own thread.
import type { RealmHost } from "../../../service/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../../userlib/index.ts";
import { type FrozenState, Realm, type RealmScript } from "./realm.ts";

/** What a granted server is asked. The bytes are the asker's own. */
export interface ServerQuestion {
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

export interface ServerAnswer extends ServerQuestion {
  /** A `Status`. */
  readonly status: number;
}

export interface RealmServiceOptions {
  readonly name: string;
  readonly runtime: RealmScript;
  readonly service: RealmScript;
  readonly grants: readonly string[];
  readonly realtimeNs: () => bigint;
  /** Asks the server of a grant; `over` is called later, never at once. */
  readonly ask: (
    grant: number,
    question: ServerQuestion,
    over: (answer: ServerAnswer) => void,
  ) => void;
  readonly log: (line: string) => void;
  readonly onRejection: (reason: unknown) => void;
  /** What it goes on from. */
  readonly from?: FrozenState | undefined;
}

/** Something that happened outside, for the realm to hear. */
type Happening = (realm: Realm) => void;

/** What was answered while a message was handled. */
interface Told {
  readonly request: number;
  readonly answer: Answer;
}

const laterAnswer = -1;
const keptLengths = 64;
const noBytes: Uint8Array = new Uint8Array(0);

export class RealmService implements Service {
  readonly name: string;
  /** Set by who starts it: raises a bit of its notification. */
  onReady: (() => void) | undefined;
  readonly #options: RealmServiceOptions;
  #realm: Realm | undefined;
  #lastRequest = 0;
  readonly #tickets = new Map<number, number>();
  readonly #firsts: (Uint8Array | undefined)[] = [];
  /** The one that is being given: whoever handles a message is done with it before the next. */
  readonly #answer = { label: 0, words: [0, 0, 0, 0, 0, 0], bytes: noBytes };
  #told: Told[] = [];
  #happenings: Happening[] = [];
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #isClosed = false;

  constructor(options: RealmServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Makes the realm, if it is not there yet. @throws ServiceLoadError */
  open(): Realm {
    return (this.#realm ??= this.#made());
  }

  /** Its state between two calls; undefined while something is open. */
  freeze(): FrozenState | undefined {
    return this.open().freeze();
  }

  #made(): Realm {
    const { runtime, service, grants, onRejection, from } = this.#options;
    const realm = new Realm({
      runtime,
      service,
      grants,
      onRejection,
      host: this.#host(),
      seed: Array.from(process.getBuiltinModule("node:crypto").randomFillSync(new Uint32Array(4))),
    });
    if (from !== undefined) realm.thaw(from);
    return realm;
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    const realm = this.#realm ?? this.open();
    const request = ++this.#lastRequest;
    const length = realm.serve(request, message);
    const answer = length === laterAnswer ? undefined : this.#taken(realm, length, host);
    realm.drain();
    return this.#over(request, answer, host);
  }

  onSignal(_bits: number, host: ServiceHost): void {
    const realm = this.open();
    for (const happen of this.#happenings.splice(0)) {
      happen(realm);
      realm.drain();
    }
    this.#flush(host, 0);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#realm?.close();
  }

  /** An answer that is there at once. Its bytes are moved before the realm goes on. */
  #taken(realm: Realm, length: number, host: ServiceHost): Answer {
    const answer = this.#answer;
    answer.label = realm.words[0];
    answer.words[0] = realm.words[1];
    if (length > 0) realm.handOutInto(host.outbox, length);
    answer.bytes = this.#firstOf(host.outbox, length);
    return answer;
  }

  /** The first bytes of the outbox: sizes in use cost no new view each time. */
  #firstOf(outbox: Uint8Array, length: number): Uint8Array {
    if (length > keptLengths) return outbox.subarray(0, length);
    return (this.#firsts[length] ??= outbox.subarray(0, length));
  }

  #over(request: number, answer: Answer | undefined, host: ServiceHost): Answer | Later {
    if (this.#told.length === 0) {
      if (answer !== undefined) return answer;
    } else {
      const own = this.#told.find((one) => one.request === request)?.answer;
      const first = own ?? (answer === undefined ? undefined : ownBytes(answer));
      this.#flush(host, request);
      if (first !== undefined) return first;
    }
    const later = host.defer();
    this.#tickets.set(request, later.later);
    return later;
  }

  /** Answers those who have waited, all but one who is answered in another way. */
  #flush(host: ServiceHost, except: number): void {
    if (this.#told.length === 0) return;
    for (const { request, answer } of this.#told.splice(0)) {
      const ticket = this.#tickets.get(request);
      if (request === except || ticket === undefined) continue;
      this.#tickets.delete(request);
      host.answer(ticket, answer);
    }
  }

  #happen(what: Happening): void {
    if (this.#isClosed) return;
    this.#happenings.push(what);
    this.onReady?.();
  }

  #host(): RealmHost {
    const { realtimeNs, log } = this.#options;
    return {
      now: () => Number(realtimeNs() / 1_000_000n),
      entropy: () => process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(1))[0],
      tell: (request, label, word, bytes) => {
        const body = this.#realm!.handedOut(bytes);
        this.#told.push({ request, answer: { label, words: [word], bytes: body } });
      },
      ask: (number, target, label, bytes) => this.#ask(number, target, label, bytes),
      startTimer: (number, ms) => {
        const timer = setTimeout(() => {
          this.#timers.delete(number);
          this.#happen(({ face }) => face.fire(number));
        }, ms);
        this.#timers.set(number, timer);
      },
      stopTimer: (number) => {
        clearTimeout(this.#timers.get(number));
        this.#timers.delete(number);
      },
      log: (line) => log(line),
    };
  }

  #ask(number: number, target: number, label: number, length: number): void {
    const realm = this.#realm!;
    const words = realm.words.slice(0, 6);
    const bytes = realm.handedOut(length);
    this.#options.ask(target, { label, words, bytes }, (answer) => {
      this.#happen((now) => {
        now.words.set(answer.words.subarray(0, 6));
        now.handIn(answer.bytes);
        now.face.replied(number, answer.status, answer.label, answer.bytes.length);
      });
    });
  }
}

/** An answer whose bytes are not in the outbox, which others are about to use. */
function ownBytes({ label, words, bytes }: Answer): Answer {
  return { label, ...(words && { words: words.slice() }), ...(bytes && { bytes: bytes.slice() }) };
}
