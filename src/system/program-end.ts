// How the end of a program is written down, and what its state is called after it.
import { messageOf } from "../base/index.ts";
import { codeOfLife, type SupervisorEnd } from "../supervisor/index.ts";
import type { EndNote } from "./program-entry.ts";
import type { ProgramState } from "./system-request.ts";

/** Exit codes: of a program that was given up, and of one that could not be started. */
const gaveUpCode = 134;
const cannotStartCode = 126;

const stopped = "was stopped";

/** `groupEnd`: why its group was ended, if that is why it was stopped. */
export function noteOf(end: SupervisorEnd, groupEnd: string | undefined): EndNote {
  if (end.kind === "ended") return note(codeOfLife(end.life), end.how);
  if (end.kind === "gave up") return note(gaveUpCode, `${end.how}; given up: ${end.why}`);
  return groupEnd === undefined ? note(0, stopped) : note(gaveUpCode, `was ended: ${groupEnd}`);
}

export function cannotStart(how: string): EndNote {
  return note(cannotStartCode, how);
}

/** It did not end by itself in good order, and was not stopped. */
export function isFailure(end: SupervisorEnd): boolean {
  if (end.kind === "stopped") return false;
  return end.kind === "gave up" || end.life.said === undefined || end.life.said.isFault;
}

/** What keeps a program from being supervised, a full disk for instance, is its end and not the system's. */
export function brokenOff(error: unknown): SupervisorEnd {
  const why = messageOf(error);
  return { kind: "gave up", why, how: "could not be started" };
}

/** The state of a program that has no supervisor. */
export function stateAfter(end: EndNote | null): ProgramState {
  if (end === null || end.how === stopped) return "stopped";
  return end.code === 0 ? "ended" : "failed";
}

function note(code: number, how: string): EndNote {
  return { code, how, at: new Date().toISOString() };
}
