// A service: what a TypeScript server is to its clients. It answers messages through portals, on the
// client's own time slice; what it cannot answer at once it answers later, through a reply slot. Its
// memory is a buffer of its own: messages come into `inbox`, long answers leave from `outbox`.
//
// The process adapter calls `handle` when a client calls the portal, and `onSignal`, as the service's
// own thread, when a notification bit that it asked for was raised.
import type { ClientStates } from "./client-states.ts";

export interface Message {
  /** The badge of the capability that the client used: who it is. */
  readonly badge: number;
  readonly label: number;
  /** Words w0 to w5. Valid until the handler returns. */
  readonly words: Int32Array;
  /** The bytes of all strings, in order. A view of the inbox, valid until the handler returns. */
  readonly bytes: Uint8Array;
}

/** An answer: label, up to six words, and bytes that must lie in the outbox or are copied there. */
export interface Answer {
  readonly label: number;
  readonly words?: readonly number[];
  readonly bytes?: Uint8Array | undefined;
}

/** Answered instead of an `Answer`: the client waits until `Host.answer` is called with this ticket. */
export interface Later {
  readonly later: number;
}

/** What a service may ask of its surroundings while it handles a message or a signal. */
export interface ServiceHost {
  /** A ticket for the message now being handled: the service will answer it later. */
  defer(): Later;
  /** Answers a deferred message; from `onSignal` or from a later `handle`. False: the client is gone. */
  answer(ticket: number, answer: Answer): boolean;
  /** Gives a deferred message up: its client's call is over, with the status `partnerGone`. */
  giveUp(ticket: number): void;
  /**
   * Raises bits of the notification with which a client waits for several servers at once. False if it
   * has none, or is gone.
   */
  signal(badge: number, bits: number): boolean;
  /** Destroys the object behind a slot that the service was given, and empties the slot. */
  destroy(slot: number): boolean;
  /** Where answers are built: `bytes` of an answer that already lie here are not copied again. */
  readonly outbox: Uint8Array;
  /** Nanoseconds since the core started, as the kernel tells it. */
  nowNs(): number;
}

export interface Service {
  readonly name: string;
  /** Answers a message. Must not throw for anything a client can send: refuse with a label. */
  handle(message: Message, host: ServiceHost): Answer | Later;
  /** Bits of the service's notification were raised, by a device or a timer. */
  onSignal?(bits: number, host: ServiceHost): void;
  /** A client's space has ended: let go of what it held. */
  onClientGone?(badge: number, host: ServiceHost): void;
  /** Takes clients out and puts them back. A service that keeps nothing of its clients has none. */
  readonly states?: ClientStates | undefined;
}
