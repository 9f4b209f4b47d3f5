// The registers of a thread: sixteen words that hold a kernel call, its arguments, its message and
// its answer. They are the whole interface between a program and the kernel.
//
// The running thread's registers are in the register file of its core, the others' in their control
// blocks. A blocked thread's registers hold the call that it will make when it runs again.

export const Register = {
  /** Number of the call to make; 0 once it is done. */
  call: 0,
  /** First arguments: usually a capability slot, then addresses and counts. */
  a0: 1,
  a1: 2,
  a2: 3,
  a3: 4,
  /** The message: a label and six words, both ways. */
  label: 5,
  w0: 6,
  w1: 7,
  w2: 8,
  w3: 9,
  w4: 10,
  w5: 11,
  /** Out: the badge of the capability through which a message came. */
  badge: 12,
  /** Microseconds to wait for a partner before sending; 0 not at all, -1 for ever. */
  sendTimeout: 13,
  /** The same for receiving. */
  receiveTimeout: 14,
  /** Out: what the call answered, a `Status`. */
  status: 15,
} as const;

export type RegisterName = keyof typeof Register;

export const registerCount = 16;
export const messageWordCount = 6;

/** A timeout that never ends. */
export const forever = -1;
