// What a kernel decides at the end of an event, for the core's loop and the process adapters.

export const Next = {
  /** The running thread goes on; its answer is in the register file. */
  resume: 0,
  /** Call the portal `kernel.portal` on the running stack; its return is the next event. */
  portal: 1,
  /** Another thread runs now, or none: see `kernel.current`. */
  switched: 2,
  /** A long call stopped between two steps. Let events in, then let `kernel.current` go on. */
  again: 3,
} as const;

export type Next = (typeof Next)[keyof typeof Next];

/** Answered by an import to its wrapper when the thread has to leave its stack. */
export const leaveStack = -1;
