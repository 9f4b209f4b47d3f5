// What is known of a session whatever dies: plain data, made of nothing but the records in its log. What
// is known of the child that lives now is not in here; a child that died is never asked.
import type { Id } from "./message.ts";

/** Everything that changes a session. A log of these is the session. */
export type HostRecord =
  /** A line of the client's, before it is passed on. Numbers count from 1. */
  | { readonly kind: "in"; readonly number: number; readonly line: string }
  /** A line to the client, before it is sent. */
  | { readonly kind: "out"; readonly number: number; readonly line: string }
  /** A child is about to be started. */
  | { readonly kind: "life" }
  /** A child died with these requests in work; `isOwn`: by its own doing, as far as one can see. */
  | { readonly kind: "died"; readonly serials: readonly number[]; readonly isOwn: boolean }
  /** The client has said all it had to say. */
  | { readonly kind: "end" }
  /** All of the above so far, in one. */
  | { readonly kind: "state"; readonly state: SessionState };

/** A request of the client that has no answer yet. */
export interface Pending {
  /** Counts requests. */
  readonly serial: number;
  /** The line it came with. */
  readonly line: number;
  readonly id: Id;
  readonly method: string;
  readonly text: string;
  readonly isBatch: boolean;
  readonly token: Id | undefined;
  /** The furthest that the client was told. */
  progress: number | undefined;
  /** How often a child died of itself while it worked on this, and how often it was ended. */
  deaths: number;
  kills: number;
}

/** A request of the server to the client. */
export interface Question {
  /** As the client has it. */
  readonly id: Id;
  readonly method: string;
  readonly key: string;
  readonly token: Id | undefined;
  /** Serials of the requests that were in work when it was asked. */
  readonly causes: readonly number[];
  /** The client's response. */
  answer: string | undefined;
}

export interface SessionState {
  lastIn: number;
  lastOut: number;
  generation: number;
  lastSerial: number;
  hasEnded: boolean;
  /** Lines to the client that it has not acknowledged. */
  unsent: { readonly number: number; readonly line: string }[];
  /** The handshake as the client said it, once it was answered; and what it said after that. */
  initialize: string | undefined;
  initialized: string | undefined;
  /** Settings and subscriptions, in the order in which they were made. */
  standing: { readonly key: string; readonly text: string }[];
  inFlight: Pending[];
  questions: Question[];
  /** Of a server whose state is in its memory: all it was told and has answered, in order. */
  history: string[] | undefined;
}

export interface StateOptions {
  /** The server's state is in its memory: what it answered is to be repeated. */
  readonly keepsHistory: boolean;
}

export function newState({ keepsHistory }: StateOptions): SessionState {
  return {
    lastIn: 0,
    lastOut: 0,
    generation: 0,
    lastSerial: 0,
    hasEnded: false,
    unsent: [],
    initialize: undefined,
    initialized: undefined,
    standing: [],
    inFlight: [],
    questions: [],
    history: keepsHistory ? [] : undefined,
  };
}
