// What a console server needs of the host's terminal, pipes or files. The device never waits: it says
// that it can do no more for now, and calls `onReady` from the event loop when it may be tried again.
// Counts below zero are negative errnos.

export const wouldBlock = -6;

export type StreamKind = "terminal" | "character" | "pipe" | "file";

export interface ConsoleDevice {
  readonly streams: readonly [StreamKind, StreamKind, StreamKind];
  /** Takes the first bytes of `bytes`; answers how many, or `wouldBlock` if it takes none now. */
  write(stream: number, bytes: Uint8Array): number;
  /** Whether a write would be taken: 1, `wouldBlock`, or a negative errno. Without it, always. */
  writable?(stream: number): number;
  /** Fills the beginning of `into`; answers how much, 0 at the end of input, or `wouldBlock`. */
  read(stream: number, into: Uint8Array): number;
  /** Bytes that a read would answer at once; 0 at the end of input, or `wouldBlock`. */
  available(stream: number): number;
  /** Resolves once what was taken has reached the host. A device without it keeps nothing back. */
  drained?(): Promise<void>;
  /** Input that was taken from the host and not yet read: the device forgets it. */
  takeInput?(): Uint8Array;
  /** The size of the terminal that standard output is, in characters. */
  size?(): { readonly columns: number; readonly rows: number } | undefined;
  /** Set by who starts the server: raises the notification on which the server tries again. */
  onReady: (() => void) | undefined;
}
