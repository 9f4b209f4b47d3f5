// One life of the child: what it has been told, what it has asked, and how far it is with becoming what
// the child before it was. All of it is gone with the child.
import { type Id, idKey, lineOf } from "./message.ts";
import { isSuspect } from "./poison-request.ts";
import { type RebuildStep, rebuildSteps } from "./rebuild.ts";
import type { Pending, SessionState } from "./session-state.ts";

/** The names of a question with the child that asked it now. */
export interface Asked {
  readonly id: Id;
  readonly token: Id | undefined;
}

export class ChildLife {
  readonly generation: number;
  /** Serials of the requests that it was told. */
  readonly delivered = new Set<number>();
  /** Progress tokens of requests that were cancelled: the child may not have heard of it yet. */
  readonly muted = new Set<string>();
  isClosed = false;
  /** The last line was not passed on as it came. */
  hasChanged = false;
  readonly #steps: RebuildStep[];
  #awaited: Id | undefined;
  /** By the client's id. */
  readonly #asked = new Map<string, Asked>();

  constructor(state: SessionState) {
    this.generation = state.generation;
    this.#steps = rebuildSteps(state);
  }

  /** Whether it is where the child before it was. */
  get isLive(): boolean {
    return this.#awaited === undefined && this.#steps.length === 0;
  }

  /** What to tell it next; undefined while an answer is awaited, and in the end. */
  nextStep(): string | undefined {
    if (this.#awaited !== undefined) return undefined;
    const step = this.#steps.shift();
    this.#awaited = step?.id;
    return step?.text;
  }

  /** Whether a response is one to the rebuild, which is over with that for its step. */
  takeAwaited(id: Id): boolean {
    if (this.#awaited === undefined || idKey(this.#awaited) !== idKey(id)) return false;
    this.#awaited = undefined;
    return true;
  }

  ask(clientId: Id, asked: Asked): void {
    this.#asked.set(idKey(clientId), asked);
  }

  hasAsked(clientId: Id): boolean {
    return this.#asked.has(idKey(clientId));
  }

  askedAs(clientId: Id): Asked | undefined {
    return this.#asked.get(idKey(clientId));
  }

  /** The client's id of a question that this child has asked under an id. */
  clientIdOf(id: Id): string | undefined {
    for (const [clientKey, asked] of this.#asked)
      if (idKey(asked.id) === idKey(id)) return clientKey;
    return undefined;
  }

  /** The requests that it may be told now and has not been, as lines. */
  takeWaiting(state: SessionState): { readonly line: number; readonly text: string }[] {
    const byLine = new Map<number, Pending[]>();
    for (const pending of state.inFlight) {
      if (this.delivered.has(pending.serial) || !this.#mayGo(state, pending)) continue;
      this.delivered.add(pending.serial);
      byLine.set(pending.line, [...(byLine.get(pending.line) ?? []), pending]);
    }
    return [...byLine].map(([line, group]) => {
      const texts = group.map(({ text }) => text);
      return { line, text: lineOf(texts, group[0]!.isBatch)! };
    });
  }

  #mayGo({ inFlight }: SessionState, pending: Pending): boolean {
    if (!isSuspect(pending)) return true;
    return !inFlight.some((one) => isSuspect(one) && this.delivered.has(one.serial));
  }
}
