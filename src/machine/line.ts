// The memory of a link between two cores: two one-way channels, each a row of 64-byte lines. A line is what one
// core's cache hands to another's in one go, so a message of one line costs one transfer and no more.
//
//   line 0        the bell: whether the reader sleeps. Set by the reader, taken back by whoever wakes it
//   line 1        how the channel ended, 0 while it has not; written once
//   line 2..      slots: written by the channel's one writer, read by its one reader, never written by that
//
// A slot, in 32-bit words:
//
//   0..13         payload
//   14            header: the high half says what the line is, the low half acknowledges (see below)
//   15            sequence: 1 for the first line, and one more for each. Written last, with release order: a reader
//                 that finds the number it expects finds the rest of the line as it was written
//
// Source: Barrelfish's UMP, after Bershad's URPC: control word in the same line and written last; the writer
// never reads what the reader writes, but for acknowledgements, which travel in the lines of the other channel.

export const lineWords = 16;
export const lineBytes = 64;
export const payloadWords = 14;
export const payloadBytes = 56;
export const headerWord = 14;
export const sequenceWord = 15;

/** Word of a channel: see `Bell`. */
export const bellWord = 0;
/** Word of a channel: an `Ending`, or 0. */
export const endingWord = lineWords;
export const slotsWord = 2 * lineWords;

/** Slots of a channel: a power of two. An acknowledgement has 16 bits, so it could count twice as many. */
export const slotsMin = 4;
export const slotsMax = 16_384;

/** The high half of a header: bytes of payload, what kind of message, and these. */
export const Header = {
  /** Mask of the payload's length, 0 to 56 bytes. */
  bytes: 0x3f,
  /** The message goes on in the next line of the same priority. */
  more: 0x40,
  /** The message is of high priority. */
  control: 0x80,
  /** The last two words of the payload name bytes of the bulk memory: where, and how many. */
  bulk: 0x100,
  /** How far the kind of a message is shifted; kind 0 is a line that only acknowledges. */
  kindShift: 9,
} as const;

/** Kinds of messages there can be, 0 included. */
export const kindCount = 128;

export const Bell = { awake: 0, asleep: 1 } as const;

/** How a channel came to its end. */
export const Ending = {
  /** Its writer closed it. */
  closed: 1,
  /** Its writer's thread or process ended. */
  ended: 2,
  /** The way between the two is cut: what became of the writer is not known. */
  cut: 3,
  /** Its writer wrote what makes no sense; the reader has given it up. */
  broken: 4,
} as const;

export type Ending = (typeof Ending)[keyof typeof Ending];

/** Words of the memory of a channel with so many slots. */
export function channelWords(slots: number): number {
  return slotsWord + slots * lineWords;
}

/** Slots of a channel whose memory has so many words. */
export function slotsOf(words: number): number {
  return (words - slotsWord) / lineWords;
}

/**
 * Writes down that nothing more comes in a channel; the first who says how it ended is believed. Its reader is to be
 * rung for afterwards whatever its bell says: whoever took that back may have died before it rang.
 */
export function endChannel(channel: Int32Array, ending: Ending): void {
  Atomics.compareExchange(channel, endingWord, 0, ending);
  Atomics.store(channel, bellWord, Bell.awake);
}

/** How a channel ended, for its reader. Undefined while it has not. */
export function endingOf(channel: Int32Array): Ending | undefined {
  // Only what `Ending` names is written there.
  return (Atomics.load(channel, endingWord) || undefined) as Ending | undefined;
}
