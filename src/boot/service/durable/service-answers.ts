// Answers of a durable service on their way: who waits here for which request, and what is stable and has not been
// given yet. Whoever does not wait here finds its answer in the sessions.
import type { Answer, ServiceHost } from "../../../userlib/index.ts";
import type { Said } from "./service-life.ts";

type SaidAnswer = Extract<Said, { what: "answer" }>;

export class ServiceAnswers {
  readonly #tickets = new Map<number, number>();
  #due: SaidAnswer[] = [];

  /** Somebody waits here for the answer to a request. */
  expect(request: number, ticket: number): void {
    this.#tickets.set(request, ticket);
  }

  add(said: SaidAnswer): void {
    this.#due.push(said);
  }

  /** The answer to a request that is just being handled, if it is there. */
  take(request: number): Answer | undefined {
    const at = this.#due.findIndex((one) => one.request === request);
    return at < 0 ? undefined : answerOf(this.#due.splice(at, 1)[0]!);
  }

  /** Gives answers to those who wait for them. */
  flush(host: ServiceHost): void {
    const due = this.#due;
    this.#due = [];
    for (const said of due) {
      const ticket = this.#tickets.get(said.request);
      if (ticket === undefined) continue;
      this.#tickets.delete(said.request);
      host.answer(ticket, answerOf(said));
    }
  }
}

function answerOf({ label, word, bytes }: SaidAnswer): Answer {
  return { label, words: [word], bytes };
}
