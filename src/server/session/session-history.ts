// What a gateway asks of whoever keeps what the server has heard over the life of its cell. The sessions
// of a durable server answer it; a server that is not durable has no history, and then a session that
// comes back from an earlier life of the cell is lost.

export interface PastReply {
  readonly label: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

export interface SessionHistory {
  /** How many requests of a session the server has heard. */
  received(badge: number): number;
  /** What request `number` of a session is: unheard, heard already, or of another server's past. */
  announce(badge: number, number: number): "fresh" | "repeat" | "lost";
  /** Calls back with the reply to the newest request of a session: at once, or when it is given. */
  whenReplied(badge: number, then: (reply: PastReply) => void): void;
}
