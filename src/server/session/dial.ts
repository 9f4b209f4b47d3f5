// A connection to a gateway as the client's end of a session sees it, whatever carries it.
import type { Frame } from "./frame.ts";

/** One connection to a gateway, or an attempt at one. */
export interface Dial {
  send(frame: Frame): void;
  close(): void;
}

export interface DialEvents {
  onOpen(): void;
  onFrame(frame: Frame): void;
  /** It is over, or never was; at most once. */
  onClose(): void;
}

export type Dialer = (events: DialEvents) => Dial;
