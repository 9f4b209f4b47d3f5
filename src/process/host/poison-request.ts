// Requests at which the server dies: they are not repeated for ever. Deaths of the server's own doing
// count for much; when it is ended from outside, by a person or for want of memory, the request is
// suspected far later.
import type { Pending } from "./session-state.ts";

const deathsMax = 2;
const killsMax = 20;

export function isPoison({ deaths, kills }: Pending): boolean {
  return deaths >= deathsMax || kills >= killsMax;
}

/** It goes to a child only when no other suspect is there: then it is known which of them it was. */
export function isSuspect({ deaths }: Pending): boolean {
  return deaths > 0;
}

export function poisonText({ method, deaths, kills }: Pending): string {
  const count = deaths >= deathsMax ? deaths : kills;
  return `shoal: the server died ${count} times while it worked on this request (${method}), which is not repeated again`;
}
