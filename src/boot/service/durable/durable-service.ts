// A durable service: what its realm hears is in its log before it hears it, and what it says is delivered
// when that is stable. Brought up again it hears the log, and goes on: who asked and was not answered is
// answered, servers that were asked and did not answer are asked again, timers go off when they were due.
import { LogStatus, type MessageLog, ReplayError, type Sessions } from "../../../recovery/index.ts";
import type { ServerAnswer, ServerQuestion } from "../../../process/index.ts";
import { Ask } from "../../../service/index.ts";
import type { Answer, Later, Message, Service, ServiceHost } from "../../../userlib/index.ts";
import { deadlyRequest, keepAnswer, ServiceReplay } from "./service-replay.ts";
import type { Said, ServiceLife } from "./service-life.ts";
import type { ServiceImage, ServiceImages } from "./service-images.ts";
import {
  encodeRecord,
  makeRecord,
  type ServiceRecord,
  ServiceRecordKind,
} from "./service-record.ts";

export interface DurableServiceOptions {
  readonly name: string;
  readonly log: MessageLog;
  readonly sessions: Sessions;
  readonly images?: ServiceImages | undefined;
  readonly makeLife: (entropy: () => number) => ServiceLife;
  readonly realtimeNs: () => bigint;
  readonly ask: (
    target: number,
    question: ServerQuestion,
    over: (answer: ServerAnswer) => void,
  ) => void;
  /** A granted server has answered, live or in the log. */
  readonly onReplied: (target: number) => void;
  readonly setAsideAnswer: { readonly label: number; readonly bytes: Uint8Array };
  readonly say: (line: string) => void;
  /** It cannot go on: its log takes no more. */
  readonly onFailure: (error: unknown) => void;
}

/** A request that waits until an image is made. */
interface Held {
  readonly ticket: number;
  readonly badge: number;
  readonly label: number;
  readonly words: readonly number[];
  readonly bytes: Uint8Array;
}

/** How long calls may stay open when an image is due, milliseconds. */
const imageWaitMs = 10_000;

export class DurableService implements Service {
  readonly name: string;
  /** Set by who starts it: raises a bit of its notification. */
  onReady: (() => void) | undefined;
  readonly #options: DurableServiceOptions;
  readonly #life: ServiceLife;
  #replay: ServiceReplay | undefined;
  readonly #tickets = new Map<number, number>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #happenings: (() => readonly Said[])[] = [];
  /** Answers that are stable and have not been given yet. */
  #due: Said[] = [];
  #held: Held[] = [];
  #imageDueSinceMs = 0;
  #imageTimer: NodeJS.Timeout | undefined;
  #wordsSinceImage = 0;
  /** What waits for its records to be stable. */
  #pendingCount = 0;
  #isClosed = false;

  constructor(options: DurableServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#life = options.makeLife(() => this.#entropy());
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
      this.#hear(makeRecord(ServiceRecordKind.begin, { numbers: seedWords() }));
    }
    this.#keep(makeRecord(ServiceRecordKind.live));
    sessions.complete();
    this.#takeUp();
  }

  handle(message: Message, host: ServiceHost): Answer | Later {
    const { badge, label } = message;
    if (label === Ask.call && this.#imageDueSinceMs > 0) return this.#hold(message, host);
    const { sessions } = this.#options;
    sessions.heard(badge);
    const numbers = [badge, label, ...message.words];
    const said = this.#hear(
      makeRecord(ServiceRecordKind.request, { numbers, bytes: message.bytes }),
    );
    const request = this.#life.lastRequest;
    this.#commit(said);
    const own = this.#takeOwn(request);
    if (own === undefined) {
      const later = host.defer();
      this.#tickets.set(request, later.later);
      this.#flush(host);
      // Not now: it may end the request that is just being heard.
      if (this.#isImageDue) this.#happen(() => []);
      return later;
    }
    this.#flush(host);
    this.#lookForImage(host);
    return own;
  }

  onSignal(_bits: number, host: ServiceHost): void {
    for (const happen of this.#happenings.splice(0)) this.#commit(happen());
    this.#flush(host);
    this.#lookForImage(host);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    clearTimeout(this.#imageTimer);
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

  #beginFrom({ seed, state, sessions, answered }: ServiceImage): void {
    this.#options.sessions.importState(sessions);
    answered.forEach((count, target) => {
      for (let i = 0; i < count; i++) this.#options.onReplied(target);
    });
    this.#life.begin(seed, state);
  }

  #goThrough(from: number): void {
    const { log, sessions, setAsideAnswer, onReplied } = this.#options;
    const life = this.#life;
    this.#replay = new ServiceReplay({ log, from, life, sessions, setAsideAnswer, onReplied });
    this.#replay.run();
    this.#replay = undefined;
  }

  /** What was under way when the service was lost is taken up again. */
  #takeUp(): void {
    for (const question of this.#life.questions.values()) this.#ask(question);
    for (const [number, dueMs] of this.#life.timers) this.#startTimer(number, dueMs);
  }

  #entropy(): number {
    const known = this.#replay?.entropy();
    if (known !== undefined) return known;
    const [word] = process.getBuiltinModule("node:crypto").randomFillSync(new Int32Array(1));
    this.#keep(makeRecord(ServiceRecordKind.entropy, { numbers: [word] }));
    return word;
  }

  // Live.

  /** A record goes into the log, and then to the realm. */
  #hear(record: ServiceRecord): readonly Said[] {
    const timeMs = Number(this.#options.realtimeNs() / 1_000_000n);
    const timed = { ...record, timeMs, digest: this.#life.digest };
    this.#keep(timed);
    return this.#life.hear(timed);
  }

  #keep(record: ServiceRecord): void {
    const { log, onFailure } = this.#options;
    const words = encodeRecord(record);
    this.#wordsSinceImage += words.length;
    if (log.append(words, words.length) === LogStatus.ok) return;
    const error = new ReplayError(
      "its message log takes no more: there is no room where it is kept",
    );
    onFailure(error);
    throw error;
  }

  /** What was said is done once what led to it is stable. */
  #commit(said: readonly Said[]): void {
    if (said.length === 0) return;
    const { log, onFailure } = this.#options;
    if (log.stableEnd >= log.end && this.#pendingCount === 0) {
      this.#perform(said);
      return;
    }
    this.#pendingCount++;
    log.whenStable(log.end, (status) => {
      this.#pendingCount--;
      if (status !== LogStatus.ok)
        onFailure(new ReplayError("the store that keeps its log failed"));
      else this.#perform(said);
      this.onReady?.();
    });
  }

  #perform(all: readonly Said[]): void {
    if (this.#isClosed) return;
    for (const said of all) {
      keepAnswer(this.#options.sessions, said);
      if (said.what === "answer") this.#due.push(said);
      else if (said.what === "ask") this.#ask(said);
      else if (said.what === "timer") this.#startTimer(said.number, said.dueMs);
      else if (said.what === "stopTimer") this.#stopTimer(said.number);
      else this.#options.say(said.line);
    }
  }

  #takeOwn(request: number): Answer | undefined {
    const at = this.#due.findIndex((one) => one.what === "answer" && one.request === request);
    return at < 0 ? undefined : answerOf(this.#due.splice(at, 1)[0]);
  }

  /** Gives answers to those who wait for them here; others find theirs in the sessions. */
  #flush(host: ServiceHost): void {
    const due = this.#due;
    this.#due = [];
    for (const said of due) {
      if (said.what !== "answer") continue;
      const ticket = this.#tickets.get(said.request);
      if (ticket === undefined) continue;
      this.#tickets.delete(said.request);
      host.answer(ticket, answerOf(said));
    }
  }

  #ask({ number, target, label, words, bytes }: Extract<Said, { what: "ask" }>): void {
    const { generation } = this.#life;
    this.#options.ask(target, { label, words, bytes }, (answer) => {
      const isWanted = generation === this.#life.generation;
      this.#happen(() => {
        this.#options.onReplied(target);
        const { status, label: told } = answer;
        const numbers = [
          isWanted ? number : 0,
          target,
          status,
          told,
          ...answer.words.subarray(0, 6),
        ];
        return this.#hear(makeRecord(ServiceRecordKind.replied, { numbers, bytes: answer.bytes }));
      });
    });
  }

  #startTimer(number: number, dueMs: number): void {
    const nowMs = Number(this.#options.realtimeNs() / 1_000_000n);
    const fire = (): void => {
      this.#timers.delete(number);
      this.#happen(() =>
        this.#life.timers.has(number)
          ? this.#hear(makeRecord(ServiceRecordKind.fired, { numbers: [number] }))
          : [],
      );
    };
    this.#timers.set(number, setTimeout(fire, Math.max(0, dueMs - nowMs)));
  }

  #stopTimer(number: number): void {
    clearTimeout(this.#timers.get(number));
    this.#timers.delete(number);
  }

  #happen(what: () => readonly Said[]): void {
    if (this.#isClosed) return;
    this.#happenings.push(what);
    this.onReady?.();
  }

  // Images.

  get #isImageDue(): boolean {
    const { images } = this.#options;
    return images !== undefined && this.#wordsSinceImage * 4 >= images.logBytesMax;
  }

  #hold({ badge, label, words, bytes }: Message, host: ServiceHost): Later {
    const later = host.defer();
    const held = { ticket: later.later, badge, label, words: [...words], bytes: bytes.slice() };
    this.#held.push(held);
    return later;
  }

  #lookForImage(host: ServiceHost): void {
    const { images } = this.#options;
    if (images === undefined || !this.#isImageDue) return;
    const nowMs = performance.now();
    if (this.#imageDueSinceMs === 0) this.#imageDueSinceMs = nowMs;
    const isLate = nowMs - this.#imageDueSinceMs >= imageWaitMs;
    if (this.#life.openCount > 0 && !isLate) {
      this.#imageTimer ??= setTimeout(() => this.#happen(() => []), imageWaitMs).unref();
      return;
    }
    this.#makeImage(images);
    this.#flush(host);
    this.#letIn(host);
  }

  #makeImage(images: ServiceImages): void {
    clearTimeout(this.#imageTimer);
    this.#imageTimer = undefined;
    this.#imageDueSinceMs = 0;
    const seed = seedWords();
    try {
      // A state that cannot be written is found out before anything ends for it.
      this.#life.exportState();
      this.#commit(this.#hear(makeRecord(ServiceRecordKind.renewed, { numbers: seed })));
      const { log, sessions } = this.#options;
      const state = this.#life.exportState();
      images.save({ position: log.end, seed, state, sessions: sessions.exportState() });
    } catch (error) {
      images.onRefused(error);
    }
    this.#wordsSinceImage = 0;
  }

  /** Those who had to wait for the image. */
  #letIn(host: ServiceHost): void {
    for (const { ticket, badge, label, words, bytes } of this.#held.splice(0)) {
      this.#options.sessions.heard(badge);
      const record = makeRecord(ServiceRecordKind.request, {
        numbers: [badge, label, ...words],
        bytes,
      });
      const said = this.#hear(record);
      this.#tickets.set(this.#life.lastRequest, ticket);
      this.#commit(said);
      this.#flush(host);
    }
  }
}

function answerOf(said: Said): Answer {
  if (said.what !== "answer") throw new TypeError("only answers are given");
  const { label, word, bytes } = said;
  return { label, words: [word], bytes };
}

function seedWords(): number[] {
  return Array.from(
    process.getBuiltinModule("node:crypto").randomFillSync(new Uint32Array(4)),
    (word) => word | 0,
  );
}
