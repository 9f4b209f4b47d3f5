// What a kernel call answers. A refusal is a number: it costs a nanosecond, where a thrown error
// costs hundreds. Zero is success; a refused call has changed nothing.

export const Status = {
  ok: 0,
  /** The slot is empty, out of range, of another kind, or names an object that is gone. */
  badCapability: 1,
  /** The capability is there, but lacks a right that the call needs. */
  noRight: 2,
  /** An argument is outside what the call accepts. */
  badArgument: 3,
  /** An address range lies outside the memory of the space, or is not aligned. */
  badAddress: 4,
  /** A table of the kernel or a limit of the space is full. */
  outOfObjects: 5,
  /** The destination slot holds a capability already. */
  slotOccupied: 6,
  /** The call would have to wait and was told not to, or the time is over. */
  timeout: 7,
  /** `threadInterrupt` ended the wait. */
  interrupted: 8,
  /** The other party of the IPC is gone, or will never answer. */
  partnerGone: 9,
  /** The receiver's buffers are too small for the message. */
  messageTooLong: 10,
  /** A portal of the space is active in this chain already, and it is not re-entrant. */
  busy: 11,
  /** A portal may not wait. */
  portalMayNotBlock: 12,
  /** Portals are nested too deeply, or too little stack is left to enter one. */
  nestingTooDeep: 13,
  /** The portal trapped before it answered. */
  portalFault: 14,
  /** The portal used up its fuel and was ended. */
  portalFuel: 15,
  /** The value in memory is not the expected one (futex), or a lock is held (tryLock). */
  wouldBlock: 16,
  /** The mutex is not held by the caller, or is held by it already. */
  notOwner: 17,
  /** The owner of the mutex died while holding it; the caller now holds it. */
  ownerDied: 18,
  /** The object is not in a state in which the call makes sense. */
  wrongState: 19,
  /** There is no such call. */
  badCall: 20,
  /** There is nobody to reply to. */
  noReply: 21,
} as const;

export type StatusName = keyof typeof Status;
export type Status = (typeof Status)[StatusName];

const names = new Map<number, StatusName>(
  Object.entries(Status).map(([name, value]) => [value, name as StatusName]),
);

/** The name of a status, for people. */
export function statusName(status: number): string {
  return names.get(status) ?? `status${status}`;
}
