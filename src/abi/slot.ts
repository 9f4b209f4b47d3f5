// Slots that are filled when a program starts. The rest of its table is empty: what it does not find
// here it was not granted.

export const InitialSlot = {
  /** Its own space. */
  space: 1,
  /** Its first thread. */
  thread: 2,
  /** A futex queue for its own memory. */
  futexQueue: 3,
  clock: 4,
  entropy: 5,
  console: 6,
  /** A notification that its servers may raise: what it waits for at several of them at once. */
  ready: 7,
  processes: 8,
  pipes: 9,
  network: 10,
  /** The endpoint on which a program that was given a name serves. */
  served: 11,
  /** Servers of other OS processes, one per `--connect`, from here on. */
  connected: 12,
  /** File servers, one per granted tree, from here on. */
  firstFiles: 16,
  /** Everything from here on is the program's own to fill. */
  firstFree: 64,
} as const;
