// What recovery sees of a process besides its registers: the bytes behind its addresses, in its memory
// or in its communication area. The adapter that runs the process implements it.

export interface ProcessMemory {
  /** The bytes of a range as they are now, or undefined if it is not wholly inside. Valid until the next call. */
  bytesAt(address: number, bytes: number): Uint8Array | undefined;
  /** An aligned word, 0 outside. */
  wordAt(address: number): number;
}
