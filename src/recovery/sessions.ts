// The sessions of a durable server: who called it, known by badge, and how often. Requests of a session
// are numbered by counting, on both sides, so nothing is added to a message. After the loss of a core a
// client that lacks its answer makes the request again, and its number tells what it is: one that the
// server has heard already, whose answer stands, or one that it has not.

import type { SessionState } from "./door-state.ts";

/** The answer to a request: label, words and bytes. */
export interface StoredReply {
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * fresh: the server has not heard it. repeat: it has; ask for the reply. lost: it has heard fewer than
 * the client had answered, so it is not the server that the client knew.
 */
export type Standing = "fresh" | "repeat" | "lost";

interface Session {
  received: number;
  /** Of the newest request; undefined while it is open, or when it went through the kernel. */
  reply: StoredReply | undefined;
  waiting: ((reply: StoredReply) => void) | undefined;
}

export class Sessions {
  readonly #sessions = new Map<number, Session>();
  #whenComplete: (() => void)[] = [];
  #isComplete = false;

  /** Whether all that the server's log says is known, so that numbers can be compared. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  complete(): void {
    this.#isComplete = true;
    for (const then of this.#whenComplete.splice(0)) then();
  }

  whenComplete(then: () => void): void {
    if (this.#isComplete) then();
    else this.#whenComplete.push(then);
  }

  /** As data, in the order in which the sessions began. */
  exportState(): SessionState[] {
    return Array.from(this.#sessions, ([badge, { received, reply }]) => ({
      badge,
      received,
      reply: reply === undefined ? null : { ...reply, words: [...reply.words] },
    }));
  }

  importState(sessions: readonly SessionState[]): void {
    for (const { badge, received, reply } of sessions) {
      const kept = reply === null ? undefined : { ...reply, words: Int32Array.from(reply.words) };
      this.#sessions.set(badge, { received, reply: kept, waiting: undefined });
    }
  }

  /** How many requests of a session the server has heard. */
  received(badge: number): number {
    return this.#sessions.get(badge)?.received ?? 0;
  }

  /** What request `number` of a session is, counted from 1, before it is sent. */
  announce(badge: number, number: number): Standing {
    const received = this.received(badge);
    if (number === received) return "repeat";
    return number === received + 1 ? "fresh" : "lost";
  }

  /** The server has heard one more. */
  heard(badge: number): void {
    const session = this.#sessions.get(badge);
    if (session === undefined) {
      this.#sessions.set(badge, { received: 1, reply: undefined, waiting: undefined });
      return;
    }
    session.received++;
    session.reply = undefined;
  }

  /** Keeps the reply to the newest request of a session, and gives it to whoever waits for it. */
  replied(badge: number, reply: StoredReply): void {
    const session = this.#sessions.get(badge);
    if (session === undefined) return;
    session.reply = reply;
    const { waiting } = session;
    session.waiting = undefined;
    waiting?.(reply);
  }

  /** Calls back with the reply to the newest request of a session: at once, or when it is given. */
  whenReplied(badge: number, then: (reply: StoredReply) => void): void {
    const session = this.#sessions.get(badge);
    if (session?.reply !== undefined) then(session.reply);
    else if (session !== undefined) session.waiting = then;
  }
}
