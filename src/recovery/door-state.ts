// What an image of a durable process holds beside its program: where it stands in its log, and what its
// door knows of its clients, its servers, its files and its pipes. Plain data, in a fixed order.
import type { PipeEndState } from "./pipe-flows.ts";

/** A reply that was given, for a client that asks again. */
export interface ReplyState {
  readonly label: number;
  readonly words: readonly number[];
  readonly bytes: Uint8Array;
}

export interface SessionState {
  readonly badge: number;
  /** Requests heard. */
  readonly received: number;
  readonly reply: ReplyState | null;
}

export interface OwedState {
  readonly current: number | null;
  /** Slot and badge of each answer that was saved. */
  readonly saved: readonly (readonly [number, number])[];
}

export interface OpenFileState {
  readonly slot: number;
  readonly handle: number;
  readonly path: Uint8Array;
  readonly lookup: number;
  readonly openFlags: number;
  readonly flags: number;
  readonly access: number;
}

export interface DoorState {
  /** The record that answers the process's next call. */
  readonly position: number;
  /** The registers as the last call left them. */
  readonly registers: readonly number[];
  readonly sessions: readonly SessionState[];
  readonly owed: OwedState;
  readonly files: readonly OpenFileState[];
  /** What it moved through the pipes that join it to others. */
  readonly pipes: readonly PipeEndState[];
  /** Slot of each server, and how many requests it answered. */
  readonly answered: readonly (readonly [number, number])[];
  /** The calls that made the process's own objects, as registers, in order. */
  readonly remade: readonly (readonly number[])[];
  /** The record that brought the request which is being served, or -1. */
  readonly lastRequest: number;
}
