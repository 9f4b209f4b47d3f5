// Bringing a service up from its log: its realm hears again what it heard, and what it says is compared with
// what it said, not delivered. Who made requests, and what was answered, is told to the sessions.
import { ReplayError, type MessageLog, type Sessions } from "../../../recovery/index.ts";
import type { Said, ServiceLife } from "./service-life.ts";
import { decodeRecord, type ServiceRecord, ServiceRecordKind } from "./service-record.ts";

/** Starts that went through the log and did not come to its end, before the last request is passed over. */
const attemptsMax = 2;

/** Why the service cannot go on: it did not do again what its log says that it did. */
export class DivergenceError extends ReplayError {}

/** The requests of a log that are passed over, by the numbers of their records. */
export function setAsideIn(log: MessageLog, from: number): Set<number> {
  const numbers = new Set<number>();
  for (let i = from; i < log.end; i++) {
    const record = decodeRecord(log.read(i));
    if (record.kind === ServiceRecordKind.setAside) numbers.add(record.numbers[0]);
  }
  return numbers;
}

/** The request at which starts have ended again and again, by its record; -1 if there is none. */
export function deadlyRequest(log: MessageLog, from: number): number {
  let attempts = 0;
  for (let i = log.end - 1; i >= from; i--) {
    const { kind } = decodeRecord(log.read(i));
    if (kind === ServiceRecordKind.attempt) attempts++;
    else if (kind !== ServiceRecordKind.entropy) {
      return kind === ServiceRecordKind.request && attempts >= attemptsMax ? i : -1;
    }
  }
  return -1;
}

export interface ServiceReplayOptions {
  readonly log: MessageLog;
  readonly from: number;
  readonly life: ServiceLife;
  readonly sessions: Sessions;
  /** The answer to a request that is passed over. */
  readonly setAsideAnswer: { readonly label: number; readonly bytes: Uint8Array };
  /** A granted server has answered. */
  readonly onReplied: (target: number) => void;
}

export class ServiceReplay {
  readonly #options: ServiceReplayOptions;
  /** Where it ended at first: what is drawn anew on the way is added, and is no part of what is heard again. */
  readonly #end: number;
  #at: number;
  #hearing: { readonly number: number; readonly record: ServiceRecord } | undefined;

  constructor(options: ServiceReplayOptions) {
    this.#options = options;
    this.#end = options.log.end;
    this.#at = options.from;
  }

  /** The random bits that the log has next; nothing where it ends. */
  entropy(): number | undefined {
    const { log } = this.#options;
    while (this.hasMore && isMark(log.read(this.#at)[0])) this.#at++;
    if (!this.hasMore) return undefined;
    const record = decodeRecord(log.read(this.#at));
    if (record.kind !== ServiceRecordKind.entropy)
      throw this.#divergence("it asks for random bits");
    this.#at++;
    return record.numbers[0];
  }

  /** Whether the log goes on. */
  get hasMore(): boolean {
    return this.#at < this.#end;
  }

  /** @throws DivergenceError with the first difference */
  run(): void {
    const { log, from, life } = this.#options;
    const skipped = setAsideIn(log, from);
    while (this.hasMore) {
      const number = this.#at++;
      const record = decodeRecord(log.read(number));
      if (isMark(record.kind)) continue;
      if (record.kind === ServiceRecordKind.entropy) {
        throw this.#divergence("it does not ask for the random bits that it had asked for");
      }
      // The first has nothing before it, and nor has what follows a set-aside request.
      if (this.#hearing !== undefined && record.digest !== life.digest) {
        throw this.#divergence("it says something else than it had said");
      }
      this.#hear(number, record, skipped.has(number));
    }
  }

  #hear(number: number, record: ServiceRecord, isSetAside: boolean): void {
    const { life, sessions, setAsideAnswer, onReplied } = this.#options;
    this.#hearing = { number, record };
    const [badge] = record.numbers;
    if (record.kind === ServiceRecordKind.request) sessions.heard(badge);
    if (record.kind === ServiceRecordKind.replied) onReplied(record.numbers[1]);
    if (isSetAside) {
      sessions.replied(badge, { ...setAsideAnswer, words: new Int32Array(6) });
      life.passOver();
      this.#skipEntropy();
      return;
    }
    for (const said of life.hear(record)) keepAnswer(sessions, said);
  }

  #skipEntropy(): void {
    const { log } = this.#options;
    while (this.hasMore && log.read(this.#at)[0] === ServiceRecordKind.entropy) this.#at++;
  }

  #divergence(what: string): DivergenceError {
    const { number, record } = this.#hearing ?? { number: this.#at, record: undefined };
    return new DivergenceError(
      `brought up from its log, the service does not do again what it did: at record ${number} ` +
        `(${nameOf(record)}) ${what}. Something besides messages, time and random numbers decides what it ` +
        "does: state outside of context.state, the locale or time zone, or a changed module",
    );
  }
}

/** What was answered is kept for whoever did not get it. */
export function keepAnswer(sessions: Sessions, said: Said): void {
  if (said.what !== "answer") return;
  const words = new Int32Array(6);
  words[0] = said.word;
  sessions.replied(said.badge, { label: said.label, words, bytes: said.bytes });
}

function isMark(kind: number): boolean {
  return (
    kind === ServiceRecordKind.attempt ||
    kind === ServiceRecordKind.live ||
    kind === ServiceRecordKind.setAside
  );
}

function nameOf(record: ServiceRecord | undefined): string {
  if (record === undefined) return "its start";
  const name = Object.entries(ServiceRecordKind).find(([, kind]) => kind === record.kind)?.[0];
  return record.kind === ServiceRecordKind.request
    ? `a request of client ${record.numbers[0]}`
    : String(name);
}
