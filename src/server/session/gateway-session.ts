// One session at a gateway: who it is, where its client is connected, and its newest request, which is
// open or answered. The answer is kept until the next request, for a client that lost it on the way.
import type { Frame } from "./frame.ts";

/** A connection as the gateway sees it. */
export interface Link {
  send(frame: Frame): void;
  /** Whether to read on: nothing is read while a request is open. */
  setReading(isReading: boolean): void;
  /** Ends it once what was sent is on its way. */
  close(): void;
}

export type SessionState = "idle" | "open" | "answered";

export interface GatewaySession {
  readonly number: number;
  readonly badge: number;
  /** Slot of the capability that carries the badge. */
  readonly slot: number;
  /** Gives the kernel call up that is under way, if one is. */
  giveUp: (() => void) | undefined;
  link: Link | undefined;
  /** Milliseconds for which it is kept without a connection. */
  keepMs: number;
  /** When it will be forgotten; a session with a connection never is. */
  expiry: NodeJS.Timeout | undefined;
  state: SessionState;
  /** Number of the newest request; 0 before the first. */
  sequence: number;
  answer: Frame | undefined;
  /** It comes from an earlier life of the cell, and what it has asked there is still to be found out. */
  isReturning: boolean;
  isOver: boolean;
}

export function newSession(
  identity: Pick<GatewaySession, "number" | "badge" | "slot" | "isReturning">,
): GatewaySession {
  return {
    ...identity,
    giveUp: undefined,
    link: undefined,
    keepMs: 0,
    expiry: undefined,
    state: "idle",
    sequence: 0,
    answer: undefined,
    isOver: false,
  };
}
