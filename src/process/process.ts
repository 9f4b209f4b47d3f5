// The process port: what a kernel asks of user mode, and what user mode may ask of a kernel. Types
// only; pure. Adapters implement `Memories`; `core.ts` is the other direction.
//
// A memory handle is the row of a space, or `regionHandle(row)` for a region.
export interface Memories {
  /**
   * Whether the unsigned range [address, address + bytes) lies in the memory behind a handle now, or in
   * the communication area of a space.
   */
  contains(handle: number, address: number, bytes: number): boolean;
  /** Reads an aligned word that the kernel has checked to be inside. */
  load(handle: number, address: number): number;
  store(handle: number, address: number, value: number): void;
  /**
   * The memory of a space, or its communication area, as words, if it can be seen so. Without it the
   * kernel reads word by word.
   */
  words?(space: number, isArea: boolean): Int32Array | undefined;
  /** Copies bytes once, from one memory to another or within one. Ranges are checked already. */
  copy(from: number, fromAddress: number, to: number, toAddress: number, bytes: number): void;
  /** Makes the zeroed buffer of a region. False if there is no memory for it. */
  createRegion(handle: number, bytes: number): boolean;
  /** Forgets the memory behind a handle. */
  release(handle: number): void;
}

/** What the kernel tells the adapters to let go of, in the order in which it happened. */
export type Notice =
  | { readonly notice: "threadGone"; readonly thread: number; readonly space: number }
  | { readonly notice: "spaceGone"; readonly space: number }
  | { readonly notice: "portalGone"; readonly endpoint: number }
  | {
      readonly notice: "fault";
      readonly thread: number;
      readonly space: number;
      readonly reason: number;
    };
