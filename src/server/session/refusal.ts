// Why a gateway says no, as a number for the client side and in words for people.

export const Refusal = {
  /** What came is no frame of this version. */
  badFrame: 1,
  /** The other side speaks another version of this protocol. */
  version: 2,
  /** There are too many sessions: later there may not be. */
  full: 3,
  /** Session, badge and token do not belong together. */
  stranger: 4,
  /** The server has not heard what this session had answered: it is not the server that the client knew. */
  lost: 5,
  /** The server has ended. */
  gone: 6,
} as const;

export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** Refusals after which the same may be tried again. */
export function mayTryAgain(refusal: number): boolean {
  return refusal === Refusal.full;
}

export const refusalTexts: Readonly<Record<Refusal, string>> = {
  [Refusal.badFrame]: "what came was not a frame",
  [Refusal.version]:
    "the server speaks another version of the session protocol: run both with the same shoal",
  [Refusal.full]: "the server has as many sessions as it can: end some, or try again later",
  [Refusal.stranger]: "the session is not one that this server gave out",
  [Refusal.lost]:
    "the server was started anew and does not know what it answered before; run it with --durable=host or disk " +
    "if its sessions are to outlive it",
  [Refusal.gone]: "the server has ended",
};
