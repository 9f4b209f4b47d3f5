// What a gateway needs of the kernel: capabilities with badges, and calls through them that do not keep
// the gateway waiting.

export interface ServerAnswer {
  /** A `Status`: what the kernel says of the call. */
  readonly status: number;
  readonly label: number;
  /** Words and bytes are views, valid until the function that gets them returns. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

export interface ClientCall {
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly over: (answer: ServerAnswer) => void;
}

export interface ServerCalls {
  /** A slot with a capability to the server that has this badge. */
  open(badge: number): number;
  /** Answers a function that gives the call up: it is over soon then, with the status `interrupted`. */
  call(slot: number, call: ClientCall): () => void;
  /** The slot is not used any more. */
  close(slot: number): void;
}
