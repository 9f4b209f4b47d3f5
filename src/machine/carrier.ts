// What carries a link: memory that both sides see, or that something copies between them, a way to wake the far
// side, and word of its end. Lines are written and read by src/channel; a carrier never looks into one further than
// it must to copy it. test/channel/conformance.ts says what every carrier has to do.
import type { Ending } from "./line.ts";

export interface Carrier {
  /** The channel that this side writes: `channelWords` words, laid out as line.ts says. */
  readonly outgoing: Int32Array;
  /** The channel that this side reads; as many words. */
  readonly incoming: Int32Array;
  /** Bytes that this side writes and lines refer to; perhaps none. */
  readonly outgoingBulk: Uint8Array;
  readonly incomingBulk: Uint8Array;

  /** Wakes the far side. Called after its bell was taken back, and never for one that is awake. */
  ring(): void;

  /**
   * Sets the one handler that is called from the event loop when this side was rung, or the far side is lost. It may
   * find nothing to do.
   */
  onRing(handler: () => void): void;

  /** How the far side came to its end. Undefined while, as far as is known, it has not. */
  ending(): Ending | undefined;

  /**
   * Blocks this thread until it is rung, the far side is lost, or the time is over. Only where a carrier can, and not for
   * longer than the thread's event loop can do without it.
   */
  readonly wait?: (timeoutMs: number) => void;

  /** Whether the process is to stay alive for what may come over this link. Not until somebody says so. */
  hold(isHeld: boolean): void;

  /** Nothing is sent any more; the far side is told. What was sent before can still be read there. */
  close(): void;
}
