// The part of the machine port that a log is kept in: named windows of words that are given their
// whole room when they are made and written in place ever after, so that a write is a store and not a
// call. What survives which failure is the adapter's: the death of a worker (memory), of the OS
// process (host), of the power (disk).
//
// A segment's words are what they were left as: zero in a new one. One owner writes a segment; others
// may read it meanwhile and must be ready for half of what is being written.

/** Why a store did not do what it was asked. */
export type SegmentRefusal =
  /** There is no segment of this name. */
  | "missing"
  /** There is one already. */
  | "exists"
  /** There is no room for it. Nothing was made. */
  | "full"
  /** The name or the size is outside what a store accepts. */
  | "invalid"
  /** The store failed in a way that is none of the above. */
  | "failed";

export interface Segment {
  /** The same array for as long as the segment is open. */
  readonly words: Int32Array;

  /**
   * There where a store into `words` is not enough: to be told of every range, in words, once it is
   * written. What was committed survives what the adapter promises. False if it did not get there.
   */
  readonly commit?: (from: number, end: number) => boolean;

  /**
   * There where `words` are a copy that does not show what others write: reads a range, in words, of the
   * segment again.
   */
  readonly refresh?: (from: number, end: number) => void;

  /**
   * There where what was written has yet to be made durable. Calls back once, from the event loop,
   * when all that was written before this call is durable, or with false when it cannot be known to
   * be. Any number may be under way.
   */
  readonly sync?: (then: (isDurable: boolean) => void) => void;

  /** There where `sync` is: the same, waited for. */
  readonly syncNow?: () => boolean;

  /** Lets go of the words, which read as nothing or as zeros from now on. The segment stays. */
  close(): void;
}

export interface SegmentStore {
  /**
   * Makes a segment and opens it. Its name appears only with its whole room, which is there for
   * good: no later write is refused for want of it. At a level that survives the power, the name
   * does too.
   */
  create(name: string, bytes: number): Segment | SegmentRefusal;

  open(name: string): Segment | SegmentRefusal;

  /**
   * Takes the name away; who has the segment open keeps its words. After a loss of power a removed
   * segment may be back.
   */
  remove(name: string): SegmentRefusal | undefined;

  /** All names, sorted. */
  list(): readonly string[];

  close(): void;
}

/** Letters, digits, dot, dash and underscore, not beginning with a dot; at most this many. */
export const segmentNameLengthMax = 100;
export const segmentBytesMax = 2 ** 30;

/** Whether a store accepts this name; the same rule everywhere, so that segments can move. */
export function isSegmentName(name: string): boolean {
  return name.length <= segmentNameLengthMax && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);
}

export function isSegmentSize(bytes: number): boolean {
  return Number.isSafeInteger(bytes) && bytes > 0 && bytes <= segmentBytesMax && bytes % 4 === 0;
}
