// What a capability allows: a set of bits, which minting can only shrink.

export const Right = {
  /** Send, call, signal, wake, unlock: act towards the object. */
  send: 1,
  /** Receive, wait, lock: take from the object. */
  receive: 2,
  /** Pass capabilities along with messages through this endpoint. */
  grant: 4,
  /** Mint and copy this capability. */
  derive: 8,
  /** Read: getState, region and memory reads. */
  read: 16,
  /** Write: setState, region and memory writes. */
  write: 32,
  /** Destroy, stop, resume, interrupt, schedule, bind. */
  control: 64,
} as const;

export type RightName = keyof typeof Right;

export const allRights = 127;
