// A realm and all that is open in it: requests without an answer, questions to servers, timers. It hears
// records, live or from a log, and says what follows from them. The same records are the same life, which a
// digest of what it says is there to notice.
import type { Realm } from "../../../process/index.ts";
import { type RealmHost } from "../../../service/index.ts";
import { mixBytes, mixWord, emptyDigest } from "../../../recovery/index.ts";
import type { ServiceImage } from "./service-images.ts";
import { type ServiceRecord, ServiceRecordKind } from "./service-record.ts";
import { tryUpgrade, upgradeState, type UpgradeTrial } from "./service-trial.ts";

/** What a life says. */
export type Said =
  | {
      readonly what: "answer";
      readonly request: number;
      readonly badge: number;
      readonly label: number;
      readonly word: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly what: "ask";
      readonly number: number;
      readonly target: number;
      readonly label: number;
      readonly words: Int32Array;
      readonly bytes: Uint8Array;
    }
  | { readonly what: "timer"; readonly number: number; readonly dueMs: number }
  | { readonly what: "stopTimer"; readonly number: number }
  | { readonly what: "line"; readonly line: string };

type Question = Extract<Said, { what: "ask" }>;

export interface ServiceLifeOptions {
  /** `code`: by its hash. */
  readonly makeRealm: (host: RealmHost, seed: readonly number[], code: string) => Realm;
  /** What it is until it is told otherwise. */
  readonly code: string;
  /** Random bits: from the host, which writes them down, or from the log. */
  readonly entropy: () => number;
  /** Body of the answer to a call that is ended with the realm that it was in. */
  readonly endedBody: Uint8Array;
  readonly errorLabel: number;
}

const laterAnswer = -1;

export class ServiceLife {
  /** By request, who made it. */
  readonly open = new Map<number, number>();
  readonly questions = new Map<number, Question>();
  readonly timers = new Map<number, number>();
  /** Of what was said since the last record. */
  digest: number = emptyDigest;
  /** Counts realms: an answer for one that is gone is nobody's. */
  generation = 0;
  readonly #options: ServiceLifeOptions;
  #realm: Realm | undefined;
  #code: string;
  #lastRequest = 0;
  #timeMs = 0;
  #said: Said[] = [];
  #failure: unknown;

  constructor(options: ServiceLifeOptions) {
    this.#options = options;
    this.#code = options.code;
  }

  /** Hash of the code that it is now. */
  get code(): string {
    return this.#code;
  }

  /** The names of its methods. */
  get methods(): readonly string[] {
    return this.#realm?.face.methods().split("\n") ?? [];
  }

  /** Number of the request that came last. */
  get lastRequest(): number {
    return this.#lastRequest;
  }

  /** Calls, streams, questions and timers that keep the realm from being put away. */
  get openCount(): number {
    return this.#realm?.face.openCount() ?? 0;
  }

  /** Whether a request is about a call that is open: it has its name in its first three words. */
  isOpen([low, high, number]: Int32Array): boolean {
    return this.#realm?.face.isOpen(low!, high!, number!) ?? false;
  }

  begin(seed: readonly number[], image?: Pick<ServiceImage, "code" | "state">): void {
    const realm = this.#makeRealm(seed, image?.code ?? this.#code);
    if (image === undefined) return;
    realm.handIn(image.state);
    realm.face.importState(image.state.length);
  }

  /** Hears a record. Answers what it says to that, in its order. */
  hear({ kind, numbers, bytes, timeMs }: ServiceRecord): readonly Said[] {
    this.digest = emptyDigest;
    this.#timeMs = timeMs;
    this.#said = [];
    switch (kind) {
      case ServiceRecordKind.begin:
        this.#code = textOf(bytes) || this.#code;
        this.begin(numbers.slice(0, 4));
        break;
      case ServiceRecordKind.request:
        this.#request(numbers, bytes);
        break;
      case ServiceRecordKind.replied:
        this.#replied(numbers, bytes);
        break;
      case ServiceRecordKind.fired:
        this.timers.delete(numbers[0]);
        this.#run(({ face }) => face.fire(numbers[0]));
        break;
      case ServiceRecordKind.renewed:
        this.#renew(numbers.slice(0, 4));
        break;
      case ServiceRecordKind.upgraded:
        this.#upgrade(numbers.slice(0, 4), textOf(bytes));
        break;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#said;
  }

  /**
   * What another code would make of the state as it is. Nothing of this life is touched.
   *
   * @throws UpgradeError with the reason why it cannot go on as that
   */
  tryUpgrade(seed: readonly number[], code: string, timeMs: number): UpgradeTrial {
    const { makeRealm } = this.#options;
    return tryUpgrade({
      makeRealm: (host) => makeRealm(host, seed, code),
      exportState: () => this.exportState(),
      fromVersion: this.#realm!.face.version(),
      methods: this.methods,
      timeMs,
    });
  }

  /** The state as bytes. @throws Error if it cannot be written; the message says which part of it */
  exportState(): Uint8Array {
    const realm = this.#realm!;
    const length = realm.face.exportState();
    if (length < 0) throw new Error(realm.face.why());
    return realm.handedOut(length);
  }

  /** A request is not heard, but counted. */
  passOver(): void {
    this.#lastRequest++;
    this.digest = emptyDigest;
  }

  close(): void {
    this.#realm?.close();
  }

  #request([badge, label, ...words]: readonly number[], bytes: Uint8Array): void {
    const request = ++this.#lastRequest;
    this.open.set(request, badge);
    this.#run((realm) => {
      const { face } = realm;
      face.words.set(words.slice(0, 6));
      face.inbox(bytes.length).set(bytes);
      const length = face.serve(request, badge, label, bytes.length);
      if (length === laterAnswer) return;
      this.#tell(request, face.words[0], face.words[1], realm.handedOut(length));
    });
  }

  #replied([number, , status, label, ...words]: readonly number[], bytes: Uint8Array): void {
    if (!this.questions.delete(number)) return;
    this.#run(({ face }) => {
      face.words.set(words.slice(0, 6));
      face.inbox(bytes.length).set(bytes);
      face.replied(number, status, label, bytes.length);
    });
  }

  #makeRealm(seed: readonly number[], code: string): Realm {
    this.#realm?.close();
    this.#code = code;
    this.#realm = this.#options.makeRealm(this.#host(), seed, code);
    this.generation++;
    this.#lastRequest = 0;
    return this.#realm;
  }

  #renew(seed: readonly number[]): void {
    this.#endOpen();
    this.begin(seed, { code: this.#code, state: this.exportState() });
  }

  #upgrade(seed: readonly number[], code: string): void {
    this.#endOpen();
    const version = this.#realm!.face.version();
    const state = this.exportState();
    upgradeState(this.#makeRealm(seed, code), state, version);
  }

  /** Ends what is open: the state is what it is between two messages, and all else goes. */
  #endOpen(): void {
    const { errorLabel, endedBody } = this.#options;
    for (const request of this.open.keys()) this.#tell(request, errorLabel, 0, endedBody);
    this.questions.clear();
    for (const number of this.timers.keys()) this.#said.push({ what: "stopTimer", number });
    this.timers.clear();
  }

  #run(act: (realm: Realm) => void): void {
    const realm = this.#realm!;
    act(realm);
    realm.drain();
  }

  #tell(request: number, label: number, word: number, bytes: Uint8Array): void {
    const badge = this.open.get(request);
    if (badge === undefined) return;
    this.open.delete(request);
    this.#mix([1, request, label, word], bytes);
    this.#said.push({ what: "answer", request, badge, label, word, bytes });
  }

  #host(): RealmHost {
    return {
      now: () => this.#timeMs,
      entropy: () => this.#entropy(),
      tell: (request, label, word, bytes) =>
        this.#tell(request, label, word, this.#realm!.handedOut(bytes)),
      ask: (number, target, label, length) => {
        const realm = this.#realm!;
        const words = Int32Array.from(realm.face.words.subarray(0, 6));
        const bytes = realm.handedOut(length);
        this.#mix([2, number, target, label, ...words], bytes);
        const question: Question = { what: "ask", number, target, label, words, bytes };
        this.questions.set(number, question);
        this.#said.push(question);
      },
      startTimer: (number, ms) => {
        const dueMs = this.#timeMs + ms;
        this.#mix([3, number, ms]);
        this.timers.set(number, dueMs);
        this.#said.push({ what: "timer", number, dueMs });
      },
      stopTimer: (number) => {
        this.#mix([4, number]);
        this.timers.delete(number);
        this.#said.push({ what: "stopTimer", number });
      },
      log: (line) => void this.#said.push({ what: "line", line }),
    };
  }

  /** What goes wrong with it is none of the realm's business: it is thrown when that is left. */
  #entropy(): number {
    try {
      return this.#failure === undefined ? this.#options.entropy() : 0;
    } catch (error) {
      this.#failure = error;
      return 0;
    }
  }

  #mix(words: readonly number[], bytes?: Uint8Array): void {
    let { digest } = this;
    for (const word of words) digest = mixWord(digest, word | 0);
    this.digest = bytes === undefined ? digest : mixBytes(digest, bytes);
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
