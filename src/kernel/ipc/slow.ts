// What the fast path answers when it leaves an event to the slow one.

/** Nothing was done: take the slow path. */
export const slow = -1;
