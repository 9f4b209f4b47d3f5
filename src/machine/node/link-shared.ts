// A link between two threads of one process: the memory is a SharedArrayBuffer. A side that sleeps in its event loop
// is woken by a message port, one that has nothing else to do by Atomics.notify.
//
// The end of a thread is noticed in two ways, since either side may be unable to hear the other: the port closes,
// and whoever has the thread's `exit` event writes it down by `markEnded`, where a side that polls or waits sees it.
import type { MessagePort } from "node:worker_threads";
import type { Carrier } from "../carrier.ts";
import { Bell, bellWord, channelWords, endChannel, Ending, endingOf, lineBytes } from "../line.ts";

export interface SharedLinkOptions {
  /** Slots of each channel, a power of two. 64 unless given. */
  readonly slots?: number;
  /** Bytes of bulk memory in each direction. None unless given. */
  readonly bulkBytes?: number;
}

/** The memory of a link; goes to the other thread as it is. */
export interface SharedLinkMemory {
  readonly buffer: SharedArrayBuffer;
  readonly slots: number;
  readonly bulkBytes: number;
}

/** Which of the two a side is. */
export type Side = 0 | 1;

export function makeSharedLink(options: SharedLinkOptions = {}): SharedLinkMemory {
  const { slots = 64, bulkBytes = 0 } = options;
  const size = 2 * (channelWords(slots) * 4 + wholeLines(bulkBytes));
  return { buffer: new SharedArrayBuffer(size), slots, bulkBytes };
}

/** The channels and bulk memories in a block of memory, as one of the two sides has them. */
export function laidOut(
  buffer: ArrayBufferLike,
  { slots, bulkBytes }: Required<SharedLinkOptions>,
  side: Side,
): Pick<Carrier, "outgoing" | "incoming" | "outgoingBulk" | "incomingBulk"> {
  const words = channelWords(slots);
  const channel = (of: Side) => new Int32Array(buffer, of * words * 4, words);
  const bulkFrom = 2 * words * 4;
  const bulk = (of: Side) =>
    new Uint8Array(buffer, bulkFrom + of * wholeLines(bulkBytes), bulkBytes);
  const other: Side = side === 0 ? 1 : 0;
  return {
    outgoing: channel(side),
    incoming: channel(other),
    outgoingBulk: bulk(side),
    incomingBulk: bulk(other),
  };
}

/** @param port Joins the two event loops. Without one, sides sleep by `wait` alone. */
export function sharedCarrier(memory: SharedLinkMemory, side: Side, port?: MessagePort): Carrier {
  const places = laidOut(memory.buffer, memory, side);
  const { incoming, outgoing } = places;
  let handler: (() => void) | undefined;
  port?.on("message", () => handler?.());
  port?.on("close", () => {
    endChannel(incoming, Ending.ended);
    handler?.();
  });
  port?.unref();
  return {
    ...places,
    ring: () => {
      // Somebody who was blocked is awake now; otherwise it is an event loop that sleeps, or nobody yet.
      if (Atomics.notify(outgoing, bellWord) === 0) port?.postMessage(0);
    },
    onRing: (then) => {
      handler = then;
    },
    ending: () => endingOf(incoming),
    hold: (isHeld) => {
      if (isHeld) port?.ref();
      else port?.unref();
    },
    wait: (timeoutMs) => {
      Atomics.wait(incoming, bellWord, Bell.asleep, timeoutMs);
    },
    close: () => {
      endAndWake(outgoing, Ending.closed);
      port?.close();
    },
  };
}

/** Writes down that the thread which had this side has ended, and wakes the other. */
export function markEnded(memory: SharedLinkMemory, side: Side): void {
  endAndWake(laidOut(memory.buffer, memory, side).outgoing, Ending.ended);
}

/** The reader may be blocked; if its event loop sleeps, the port tells it. */
function endAndWake(channel: Int32Array, ending: Ending): void {
  endChannel(channel, ending);
  Atomics.notify(channel, bellWord);
}

function wholeLines(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes;
}
