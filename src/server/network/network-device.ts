// What the network server needs of the host: TCP sockets that never wait. A socket says how much can be
// read or written now, and the device calls `onReady` from the event loop when that may have changed.
// Counts below zero are negative errnos; `wouldBlock` is that of EAGAIN.

export const wouldBlock = -6;

/** A set of the two directions of a connection, numbered as WASI numbers them for `sock_shutdown`. */
export const Direction = { receive: 1, send: 2 } as const;

/** One connection. What has come from its peer is kept in a buffer of bounded size. */
export interface HostConnection {
  /** Set by the server: called when more may be readable or writable than before, ahead of `onReady`. */
  onChange: (() => void) | undefined;
  /** Bytes that can be read at once; 0 at the end of what the peer sends; `wouldBlock`; a negative errno. */
  available(): number;
  /** Whether more may come while nothing is taken out of the buffer. */
  mayGrow(): boolean;
  /**
   * Fills the beginning of `into`, up to `bytesMax`, and leaves the bytes in the buffer. Answers how many,
   * or what `available` does.
   */
  peek(into: Uint8Array, bytesMax: number): number;
  /** Takes bytes that were peeked out of the buffer, or, with 0, an error that was reported. */
  consume(bytes: number): void;
  /** Bytes that a write would take now, `wouldBlock` or a negative errno. */
  room(): number;
  /** Takes the first bytes of `bytes`: answers how many, `wouldBlock` or a negative errno. */
  write(bytes: Uint8Array): number;
  /** Ends directions; what was written before is still sent. Answers 0 or a negative errno. */
  shutdown(directions: number): number;
  /** Lets go of it. What was written is still sent, for as long as the peer goes on taking it. */
  close(): void;
}

/** A socket that listens, with the connections that nobody has accepted yet. */
export interface HostListener {
  /** Set by the server: called when a connection waits that did not before, ahead of `onReady`. */
  onChange: (() => void) | undefined;
  /** How many connections wait to be accepted. */
  waiting(): number;
  accept(): HostConnection | undefined;
  /** Stops listening; connections that wait are reset. */
  close(): void;
}

export interface NetworkDevice {
  /** The listeners that were granted, in the order in which they were given. */
  readonly listeners: readonly HostListener[];
  /** Set by who starts the server. */
  onReady: (() => void) | undefined;
}
