// The way from a client to a service: one request, one answer. There is one for each kind of client: code of
// the host, a service in its realm, a process far from the service.
import type { ReadOptions } from "./codec-reader.ts";
import type { FunctionNumbers } from "./codec-writer.ts";
import type { CallName } from "./wire.ts";

export interface Question {
  readonly label: number;
  readonly name: CallName;
  /** To be read when the value is written: to meet a function changes it. */
  readonly word: number;
  /** Of a call: its method. The value is the list of the arguments then. */
  readonly method?: string;
  /** Absent: no body. */
  readonly value?: unknown;
  readonly functions?: FunctionNumbers | undefined;
  /** Its answer is wanted at once or not at all. */
  readonly isUrgent?: boolean;
}

export interface Reply {
  readonly label: number;
  readonly word: number;
  readonly value: unknown;
}

export interface Link {
  /** Answers at once where the service does. Throws or rejects if there is no answer. */
  ask(question: Question, reading: ReadOptions): Reply | Promise<Reply>;
  /** Calls back once after so many milliseconds. Answers how to leave that. */
  after(ms: number, then: () => void): () => void;
  /** Nothing is asked any more. */
  close(): void;
}

/** There is no answer: the service has ended, or cannot be reached, and nobody knows what became of the call. */
export class ServiceGoneError extends Error {
  override readonly name = "ServiceGoneError";
}
