// The durable part of the machine port: named blobs of bytes that grow at the end. What an append
// wrote is kept whole or not at all, whatever happens to the machine, and what was flushed is kept.
// Every other promise (records, indexes, transactions) is made by the user of the store, above it.
//
// Errors are values: a count or a size when it is not negative, a StoreStatus otherwise.

export const StoreStatus = {
  ok: 0,
  /** There is no blob of this name. */
  missing: -1,
  /** There is no room, or no storage was granted. Nothing was written. */
  full: -2,
  /** Bytes that were once written do not read back as they were written. */
  damaged: -3,
  /** The name or an offset is outside what the store accepts. */
  invalid: -4,
  /** The device failed in a way that is none of the above. Nothing is known about the last write. */
  failed: -5,
} as const;
export type StoreStatus = (typeof StoreStatus)[keyof typeof StoreStatus];

/** Letters, digits, dot, dash and underscore, not beginning with a dot; at most this many. */
export const blobNameLengthMax = 100;

export interface Store {
  /** Bytes in the blob; for a damaged one, the bytes before the damage. */
  size(name: string): number;

  /**
   * Adds bytes at the end, making the blob if it is missing. After a crash the blob holds the first
   * so many appends, each whole, and at least those made before the last flush.
   */
  append(name: string, bytes: Uint8Array): StoreStatus;

  /** Returns when everything appended to, truncated from or done to this name is durable. */
  flush(name: string): StoreStatus;

  /**
   * Copies bytes from `offset` on into `target` and answers how many: fewer than asked at the end,
   * 0 at or past the end. A damaged blob answers `damaged` where its good bytes end.
   */
  read(name: string, offset: number, target: Uint8Array): number;

  /**
   * Cuts the blob to its first `sizeBytes`, which may not exceed its size. On a damaged blob this
   * drops the damage with the tail, and the blob can be appended to again.
   */
  truncate(name: string, sizeBytes: number): StoreStatus;

  /** Takes the blob away, whatever its condition. Durable once its name is flushed. */
  remove(name: string): StoreStatus;

  /** The names of all blobs, sorted. */
  list(): readonly string[];
}

/** Whether a store accepts this name; the same rule everywhere, so that blobs can move. */
export function isBlobName(name: string): boolean {
  return name.length <= blobNameLengthMax && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);
}
