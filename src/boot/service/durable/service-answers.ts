// Answers of a durable service on their way: who waits here for which request, and what is stable and has not been
// given yet. Whoever does not wait here finds its answer in the sessions.
import type { Sessions } from "../../../recovery/index.ts";
import type { Answer, ServiceHost } from "../../../userlib/index.ts";
import type { Said } from "./service-life.ts";

type SessionStates = ReturnType<Sessions["exportState"]>;
type SaidAnswer = Extract<Said, { what: "answer" }>;

export class ServiceAnswers {
  readonly #tickets = new Map<number, number>();
  #due: SaidAnswer[] = [];
  /** Said, but not stable yet. */
  readonly #promised = new Set<SaidAnswer>();

  /** Somebody waits here for the answer to a request. */
  expect(request: number, ticket: number): void {
    this.#tickets.set(request, ticket);
  }

  /** What was said is going to be given. */
  promise(all: readonly Said[]): void {
    for (const said of all) if (said.what === "answer") this.#promised.add(said);
  }

  /** It can be given now. */
  add(said: SaidAnswer): void {
    this.#promised.delete(said);
    this.#due.push(said);
  }

  /** Sessions as whoever goes on from here has to know them, who will not say again what is promised. */
  keptIn(sessions: SessionStates): SessionStates {
    const promised = new Map(Array.from(this.#promised, (said) => [said.badge, said]));
    return sessions.map((session) => {
      const said = session.reply === null ? promised.get(session.badge) : undefined;
      return said === undefined ? session : { ...session, reply: replyOf(said) };
    });
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

function replyOf({ label, word, bytes }: SaidAnswer): NonNullable<SessionStates[number]["reply"]> {
  return { label, words: [word, 0, 0, 0, 0, 0], bytes };
}

function answerOf({ label, word, bytes }: SaidAnswer): Answer {
  return { label, words: [word], bytes };
}
