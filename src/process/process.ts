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
  /** How the memories carry a simple message by themselves, if they do. */
  readonly deliver?: Delivery;
  /** Makes the zeroed buffer of a region. False if there is no memory for it. */
  createRegion(handle: number, bytes: number): boolean;
  /** Forgets the memory behind a handle. */
  release(handle: number): void;
}

/**
 * Sends a message of one direct string that fits in one step, between descriptors in the memories of
 * two spaces (`fromDescriptor` 0: no bytes). It checks all that the kernel would, copies, and sets the
 * counts at the receiver; or answers false, and nothing has changed: then it is for the kernel to do.
 */
export type Delivery = (
  from: number,
  fromDescriptor: number,
  to: number,
  toDescriptor: number,
) => boolean;

/** What the kernel tells the adapters to let go of or to take out, in the order in which it happened. */
export type Notice =
  | { readonly notice: "threadGone"; readonly thread: number; readonly space: number }
  /** Its stack is to be taken out; the kernel is told when that is over (`stackLeft`). */
  | { readonly notice: "threadStopped"; readonly thread: number; readonly space: number }
  | { readonly notice: "spaceGone"; readonly space: number }
  | { readonly notice: "portalGone"; readonly endpoint: number }
  | {
      readonly notice: "fault";
      readonly thread: number;
      readonly space: number;
      readonly reason: number;
    };
