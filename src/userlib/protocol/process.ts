// What a client says to the process server. A process is known by its pid, a number from 1 on that is
// also the badge by which every server of the system knows it.

export const ProcessAsk = {
  /** Answers w0 = the caller's pid, w1 = its parent (0 if the system started it), w2 = its group. */
  self: 1,
  /** Answers w0 = how many processes there are, and the pid of each as a word. */
  list: 2,
  /** pid. Answers w0 = pid, w1 = parent, w2 = group, w3 = `ProcessState`, w4 = code; its name as bytes. */
  info: 3,
  /**
   * pid of a child or 0 for any, 1 to not wait. Answers w0 = pid (0: none has ended), w1 = its code,
   * w2 = the `FaultReason` it ended by or 0. Each end is told once.
   */
  wait: 4,
  /** pid, signal. Ends a descendant, which then has ended with the code 128 + signal. */
  kill: 5,
  /** pid, group (0: its own). The caller's own pid or a child's. */
  setGroup: 6,
  /** Answers w0 = the pid of a new child, which may be given handles and is then started. */
  create: 7,
  /** pid; bytes: the next part of the child's module. */
  code: 8,
  /** pid, counts of arguments, variables, descriptors; bytes: `StartRequest`. Answers once it runs. */
  start: 9,
} as const;

export const ProcessState = { made: 0, running: 1, ended: 2 } as const;

/** Words of a descriptor in a `start` message, before the path of one that was granted. */
export const StartRow = {
  fd: 0,
  server: 1,
  handle: 2,
  filetype: 3,
  access: 4,
  flags: 5,
  rights: 6,
  inheriting: 7,
  offsetLow: 8,
  offsetHigh: 9,
  /** Bytes of the path that follows, or -1. */
  preopenBytes: 10,
} as const;

export const startRowWords = 11;

/** What a killed program's code is: as a shell reports a signal. */
export const signalExitBase = 128;
