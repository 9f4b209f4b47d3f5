// What a durable service has under way outside of its realm: questions to servers, and timers. What comes of them is a
// happening, which waits for the service's own thread and is heard there.
import type { ServerAnswer, ServerQuestion } from "../../../process/index.ts";
import type { Said, ServiceLife } from "./service-life.ts";
import { makeRecord, type ServiceRecord, ServiceRecordKind } from "./service-record.ts";
import { ServiceTimers } from "./service-timers.ts";

export interface ServiceOutsideOptions {
  readonly life: ServiceLife;
  readonly ask: (
    target: number,
    question: ServerQuestion,
    over: (answer: ServerAnswer) => void,
  ) => void;
  /** A granted server has answered. */
  readonly onReplied: (target: number) => void;
  readonly hear: (record: ServiceRecord) => readonly Said[];
  readonly nowMs: () => number;
  /** Something has happened. */
  readonly onReady: () => void;
}

type Happening = () => readonly Said[];

export class ServiceOutside {
  readonly #options: ServiceOutsideOptions;
  readonly #timers = new ServiceTimers((number) => this.#fired(number));
  #happenings: Happening[] = [];
  #isClosed = false;

  constructor(options: ServiceOutsideOptions) {
    this.#options = options;
  }

  /** What was under way when the service was lost is taken up again. */
  takeUp(): void {
    const { questions, timers } = this.#options.life;
    for (const question of questions.values()) this.ask(question);
    for (const [number, dueMs] of timers) this.startTimer(number, dueMs);
  }

  ask({ number, target, label, words, bytes }: Extract<Said, { what: "ask" }>): void {
    const { life, ask } = this.#options;
    const { generation } = life;
    ask(target, { label, words, bytes }, (answer) => {
      this.happen(() => this.#replied(generation === life.generation ? number : 0, target, answer));
    });
  }

  startTimer(number: number, dueMs: number): void {
    this.#timers.start(number, dueMs - this.#options.nowMs());
  }

  stopTimer(number: number): void {
    this.#timers.stop(number);
  }

  happen(what: Happening): void {
    if (this.#isClosed) return;
    this.#happenings.push(what);
    this.#options.onReady();
  }

  /** What has happened since the last time, in its order. */
  take(): readonly Happening[] {
    return this.#happenings.splice(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.close();
  }

  /** `number`: of the question; 0 where nobody waits for it any more. */
  #replied(number: number, target: number, answer: ServerAnswer): readonly Said[] {
    this.#options.onReplied(target);
    const { status, label, words, bytes } = answer;
    const numbers = [number, target, status, label, ...words.subarray(0, 6)];
    return this.#options.hear(makeRecord(ServiceRecordKind.replied, { numbers, bytes }));
  }

  #fired(number: number): void {
    const { life, hear } = this.#options;
    this.happen(() =>
      life.timers.has(number)
        ? hear(makeRecord(ServiceRecordKind.fired, { numbers: [number] }))
        : [],
    );
  }
}
