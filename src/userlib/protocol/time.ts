// What a client says to the clock server and to the entropy server.

export const ClockAsk = {
  /** w0 = clock. Answers w0 w1 = nanoseconds, low word first. */
  now: 1,
  /** w0 = clock. Answers w0 w1 = its resolution in nanoseconds. */
  resolution: 2,
} as const;

/** The clocks, as WASI numbers them. */
export const Clock = { realtime: 0, monotonic: 1, processCpu: 2, threadCpu: 3 } as const;

export const EntropyAsk = {
  /** w0 = count. Answers w0 = count, and as many bytes, fewer if the server's buffer is smaller. */
  fill: 1,
} as const;
