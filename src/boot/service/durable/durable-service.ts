// A durable service: what its realm hears is in its log before it hears it, and what it says is delivered
// when that is stable. Brought up again it hears the log, and goes on: who asked and was not answered is
// answered, servers that were asked and did not answer are asked again, timers go off when they were due.
import { messageOf } from "../../../base/index.ts";
import type { MessageLog, Sessions } from "../../../recovery/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../../userlib/index.ts";
import { deadlyRequest, keepAnswer, ServiceReplay } from "./service-replay.ts";
import type { Said, ServiceLife } from "./service-life.ts";
import { ServiceAnswers } from "./service-answers.ts";
import type { ServiceCodes } from "./service-codes.ts";
import type { ServiceImage, ServiceImages } from "./service-images.ts";
import { ServiceLog } from "./service-log.ts";
import { ServiceOutside, type ServiceOutsideOptions } from "./service-outside.ts";
import { type PauseManner, ServicePauses } from "./service-pauses.ts";
import { makeRecord, type ServiceRecord, ServiceRecordKind } from "./service-record.ts";
import { UpgradeError } from "./service-trial.ts";

export interface DurableServiceOptions extends Pick<ServiceOutsideOptions, "ask" | "onReplied"> {
  readonly name: string;
  readonly log: MessageLog;
  readonly sessions: Sessions;
  readonly images?: ServiceImages | undefined;
  readonly codes: ServiceCodes;
  readonly makeLife: (entropy: () => number) => ServiceLife;
  readonly realtimeNs: () => bigint;
  readonly setAsideAnswer: { readonly label: number; readonly bytes: Uint8Array };
  readonly say: (line: string) => void;
  /** It cannot go on: its log takes no more. */
  readonly onFailure: (error: unknown) => void;
}

/** How long calls may stay open when an image is due, or when it starts as another; milliseconds. */
const imageWaitMs = 10_000;

export class DurableService implements Service {
  readonly name: string;
  /** Set by who starts it: raises a bit of its notification. */
  onReady: (() => void) | undefined;
  readonly #options: DurableServiceOptions;
  readonly #life: ServiceLife;
  readonly #log: ServiceLog;
  #replay: ServiceReplay | undefined;
  readonly #answers = new ServiceAnswers();
  readonly #outside: ServiceOutside;
  readonly #pauses: ServicePauses;
  #isImageAsked = false;
  /** Random bits that a trial was given, and which the same is to be given again. */
  #foreseen: number[] = [];
  #isClosed = false;

  constructor(options: DurableServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = new ServiceLog(options.log, options.onFailure);
    this.#life = options.makeLife(() => this.#entropy());
    this.#outside = new ServiceOutside({
      ...options,
      life: this.#life,
      hear: (record) => this.#hear(record),
      nowMs: () => this.#nowMs,
      onReady: () => this.onReady?.(),
    });
    this.#pauses = new ServicePauses(
      () => this.#life.openCount,
      () => this.#look(),
    );
  }

  /** Hash of the code that it is. */
  get code(): string {
    return this.#life.code;
  }

  /**
   * Goes on as another service, with the state that it has, once what is open has ended.
   *
   * @param code the hash of its code
   * @throws UpgradeError if it stays as it is; the message says why
   */
  async upgrade(code: string, manner: PauseManner): Promise<void> {
    await this.#pauses.run(() => this.#become(code), manner);
    await new Promise<void>((resolve) => this.#log.whenStable(resolve));
  }

  /**
   * The state between two messages, and the code, once what is open has ended. With `isLast` no calls are let in
   * for some seconds, in which the service is to be ended.
   *
   * @throws UpgradeError if something stays open, or the state is no plain data
   */
  stateBetween(isLast: boolean): Promise<{ readonly code: string; readonly state: Uint8Array }> {
    const take = () => {
      const state = stateOf(this.#life);
      if (isLast) this.#pauses.holdFor(imageWaitMs);
      return { code: this.code, state };
    };
    return this.#pauses.run(take, { waitMs: imageWaitMs, endsOpen: false });
  }

  /**
   * Goes through the log, or begins it, and goes live.
   *
   * @throws DivergenceError, ServiceLoadError, ReplayError
   */
  open(): void {
    const { log, images, sessions } = this.#options;
    const image = images?.newest();
    const from = image?.position ?? log.first;
    this.#markStart(from);
    if (image !== undefined) this.#beginFrom(image);
    if (log.end > from) this.#goThrough(from);
    if (image === undefined && this.#life.generation === 0) {
      const bytes = bytesOf(this.#life.code);
      this.#hear(makeRecord(ServiceRecordKind.begin, { numbers: seedWords(), bytes }));
    }
    this.#keep(makeRecord(ServiceRecordKind.live));
    this.#options.codes.adopted(this.code);
    sessions.complete();
    this.#outside.takeUp();
    this.#goOnAsNext();
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    const { badge, label } = message;
    // What belongs to an open call is let in, so that it can end.
    if (this.#pauses.isPausing && !this.#life.isOpen(message.words)) {
      return this.#pauses.hold(message, host);
    }
    const { sessions } = this.#options;
    sessions.heard(badge);
    const numbers = [badge, label, ...message.words];
    const said = this.#hear(
      makeRecord(ServiceRecordKind.request, { numbers, bytes: message.bytes }),
    );
    const request = this.#life.lastRequest;
    this.#commit(said);
    const own = this.#answers.take(request);
    if (own === undefined) {
      const later = host.defer();
      this.#answers.expect(request, later.later);
      this.#answers.flush(host);
      // Not now: it may end the request that is just being heard.
      if (this.#isImageDue) this.#look();
      return later;
    }
    this.#answers.flush(host);
    this.#lookForWork(host);
    return own;
  }

  onSignal(_bits: number, host: ServiceHost): void {
    for (const happen of this.#outside.take()) this.#commit(happen());
    this.#answers.flush(host);
    this.#lookForWork(host);
  }

  close(): void {
    this.#isClosed = true;
    this.#outside.close();
    this.#pauses.close();
    this.#life.close();
  }

  // The start.

  /** Says that a start has begun, and passes over a request at which those before this one have ended. */
  #markStart(from: number): void {
    const { log, say } = this.#options;
    if (log.end === from) return;
    const deadly = deadlyRequest(log, from);
    if (deadly >= 0) {
      say(`the request of record ${deadly} is set aside: the service died of it again and again`);
      this.#keep(makeRecord(ServiceRecordKind.setAside, { numbers: [deadly] }));
    }
    this.#keep(makeRecord(ServiceRecordKind.attempt));
  }

  #beginFrom(image: ServiceImage): void {
    const { seed, sessions, answered } = image;
    this.#options.sessions.importState(sessions);
    answered.forEach((count, target) => {
      for (let i = 0; i < count; i++) this.#options.onReplied(target);
    });
    this.#life.begin(seed, image);
  }

  #goThrough(from: number): void {
    const { log, sessions, setAsideAnswer, onReplied } = this.#options;
    const life = this.#life;
    this.#replay = new ServiceReplay({ log, from, life, sessions, setAsideAnswer, onReplied });
    this.#replay.run();
    this.#replay = undefined;
  }

  /** Upgraded while it did not run: what the log goes on with is heard by the new code. */
  #goOnAsNext(): void {
    const { codes, say } = this.#options;
    const { next } = codes;
    if (next === undefined || next === this.code) return;
    this.upgrade(next, { waitMs: imageWaitMs, endsOpen: true }).then(
      () => say("it goes on as the new service"),
      (error: unknown) => {
        codes.dropNext?.();
        say(`it stays as it is: ${messageOf(error)}`);
      },
    );
  }

  #entropy(): number {
    const known = this.#replay?.entropy();
    if (known !== undefined) return known;
    const word = this.#foreseen.shift() ?? drawn();
    this.#keep(makeRecord(ServiceRecordKind.entropy, { numbers: [word] }));
    return word;
  }

  // Live.

  get #nowMs(): number {
    return Number(this.#options.realtimeNs() / 1_000_000n);
  }

  /** A record goes into the log, and then to the realm. */
  #hear(record: ServiceRecord, timeMs = this.#nowMs): readonly Said[] {
    const timed = { ...record, timeMs, digest: this.#life.digest };
    this.#keep(timed);
    return this.#life.hear(timed);
  }

  #keep(record: ServiceRecord): void {
    this.#log.keep(record);
  }

  /** What was said is done once what led to it is stable. */
  #commit(said: readonly Said[]): void {
    if (said.length === 0) return;
    if (this.#log.isStable) {
      this.#perform(said);
      return;
    }
    this.#answers.promise(said);
    this.#log.whenStable(() => {
      this.#perform(said);
      this.onReady?.();
    });
  }

  #perform(all: readonly Said[]): void {
    if (this.#isClosed) return;
    for (const said of all) {
      keepAnswer(this.#options.sessions, said);
      if (said.what === "answer") this.#answers.add(said);
      else if (said.what === "ask") this.#outside.ask(said);
      else if (said.what === "timer") this.#outside.startTimer(said.number, said.dueMs);
      else if (said.what === "stopTimer") this.#outside.stopTimer(said.number);
      else this.#options.say(said.line);
    }
  }

  // What is done between two messages.

  #look(): void {
    this.#outside.happen(() => []);
  }

  get #isImageDue(): boolean {
    const { images } = this.#options;
    return images !== undefined && this.#log.bytesSinceImage >= images.logBytesMax;
  }

  #lookForWork(host: ServiceHost): void {
    if (this.#isImageDue && !this.#isImageAsked) {
      this.#isImageAsked = true;
      const act = (): void => this.#makeImage();
      this.#pauses.ask({ waitMs: imageWaitMs, act, late: act });
    }
    if (!this.#pauses.hasWork) return;
    this.#pauses.look();
    this.#answers.flush(host);
    this.#letIn(host);
  }

  #makeImage(): void {
    const { images, log, sessions } = this.#options;
    this.#isImageAsked = false;
    if (images === undefined) return;
    const seed = seedWords();
    try {
      // A state that cannot be written is found out before anything ends for it.
      this.#life.exportState();
      this.#commit(this.#hear(makeRecord(ServiceRecordKind.renewed, { numbers: seed })));
      const state = this.#life.exportState();
      const { code } = this;
      const kept = this.#answers.keptIn(sessions.exportState());
      images.save({ position: log.end, seed, code, state, sessions: kept });
    } catch (error) {
      images.onRefused(error);
    }
    this.#log.imageMade();
  }

  /** @throws UpgradeError, with nothing done */
  #become(code: string): void {
    if (code === this.code) return;
    const numbers = seedWords();
    const timeMs = this.#nowMs;
    const { entropy } = this.#life.tryUpgrade(numbers, code, timeMs);
    this.#foreseen = [...entropy];
    const record = makeRecord(ServiceRecordKind.upgraded, { numbers, bytes: bytesOf(code) });
    try {
      this.#commit(this.#hear(record, timeMs));
    } catch (error) {
      // It is in the log, and did what its trial had not done.
      this.#options.onFailure(error);
      throw error;
    }
    this.#foreseen = [];
    this.#options.codes.adopted(code);
    // So that starts to come need not go through what the other one heard.
    this.#makeImage();
  }

  /** Those who had to wait. */
  #letIn(host: ServiceHost): void {
    for (const { ticket, badge, label, words, bytes } of this.#pauses.takeHeld()) {
      this.#options.sessions.heard(badge);
      const record = makeRecord(ServiceRecordKind.request, {
        numbers: [badge, label, ...words],
        bytes,
      });
      const said = this.#hear(record);
      this.#answers.expect(this.#life.lastRequest, ticket);
      this.#commit(said);
      this.#answers.flush(host);
    }
  }
}

/** @throws UpgradeError */
function stateOf(life: ServiceLife): Uint8Array {
  try {
    return life.exportState();
  } catch (error) {
    throw new UpgradeError(messageOf(error), { cause: error });
  }
}

function seedWords(): number[] {
  return Array.from(
    process.getBuiltinModule("node:crypto").randomFillSync(new Uint32Array(4)),
    (word) => word | 0,
  );
}

function drawn(): number {
  return process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(1))[0]!;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
