// The log of what one durable process heard: numbered records, each a run of 32-bit words. It is
// appended to by one owner, read back by the owner that follows it, and cut where an image makes what
// lies before unnecessary. What a record means is not known here.
//
// An append is whole or nothing, whatever kills its owner. What else survives is decided by the
// segments below: the worker (memory), the OS process (host), the power (disk).

export const LogStatus = {
  ok: 0,
  /** There is no room and none could be made. Nothing was added; after a cut there may be room. */
  full: -1,
  /** The store failed, or the log was closed. Nothing more will be added. */
  failed: -2,
  /** A later owner has taken the log over. What was to be added may be in its log. */
  takenOver: -3,
} as const;
export type LogStatus = (typeof LogStatus)[keyof typeof LogStatus];

/** 64 MiB and a little: the longest message, with what a record says about it. */
export const recordWordsMax = (64 * 1024 * 1024) / 4 + 1024;

/** An image's name is kept in the log itself, in room that is always reserved for it. */
export const imageNameLengthMax = 120;

export interface MessageLog {
  /** The number of the first record kept: 0, or where the log was last cut. */
  readonly first: number;

  /** The number that the next record will have. */
  readonly end: number;

  /** Records with smaller numbers survive what the level names. At memory and host always `end`. */
  readonly stableEnd: number;

  /** The name given at the last cut, if there was one. */
  readonly image: string | undefined;

  /**
   * Whether a later owner has taken the log over: what this one does from now on is nobody's business.
   * A record that was added when this was false is in the log of the later owner, too.
   */
  readonly isTakenOver: boolean;

  /**
   * Adds a record made of the first `length` of `words`, which are copied. Unless the answer is
   * `ok`, nothing was added.
   */
  append(words: Int32Array, length: number): LogStatus;

  /**
   * Calls back once when all records before `end` are stable, or when they cannot become so: within
   * this call if that is known already, otherwise from the event loop.
   */
  whenStable(end: number, then: (status: LogStatus) => void): void;

  /** Record `number`, from `first` to `end - 1`: a view that the next append or cut may spoil. */
  read(number: number): Int32Array;

  /**
   * Says that the records before `number` are not needed any more, because the image of this name
   * has what they led to. The image must be durable at the log's level by now. Either both are
   * changed, `first` and `image`, or neither.
   */
  cut(number: number, image: string): LogStatus;

  /** Gives the segments back to the store, with all that is in them. */
  close(): void;
}
