// What of a session can be captured: decided before anything is stopped, and told with the reason.
import { CaptureError } from "../../process/index.ts";
import type { Grant } from "../grants.ts";
import type { RunningProgram } from "../running-program.ts";
import type { Session } from "../session.ts";
import type { Preparation } from "./session-content.ts";

/** What a session was started with, as far as an image needs it. */
export interface CapturePolicy {
  readonly preparation: Preparation;
  readonly model: "process" | "interrupt";
  readonly fuelSlice: number | undefined;
  readonly grants: readonly Grant[];
  /** Why this session cannot be captured as a whole, if it cannot. */
  readonly refusal?: string | undefined;
}

/** @throws CaptureError with the reason, if the session cannot be captured now */
export function refuseCapture(session: Session, { refusal }: CapturePolicy): void {
  if (refusal !== undefined) throw new CaptureError(refusal);
  if (session.running.size === 0) throw new CaptureError("No program runs any more.");
  for (const program of session.running.values()) refuseProgram(program);
}

function refuseProgram(program: RunningProgram): void {
  const { spec, threads } = program;
  const name = spec.args[0] ?? "the program";
  if (spec.code === undefined) {
    throw new CaptureError(`The code of ${name} is not known any more: it cannot be captured.`);
  }
  if (spec.durable !== undefined) {
    throw new CaptureError(`${name} is durable: its log, and not an image, keeps what it does.`);
  }
  if (threads.count > 0) {
    throw new CaptureError(
      `${name} has ${threads.count + 1} threads, which share their memory: only programs of one ` +
        "thread can be captured.",
    );
  }
}

/** Objects that every program has: its thread, its futex queue, the notification of its servers. */
const objectsOfAll = 3;

/**
 * Refuses a program that made objects or capabilities of its own, from the exported state of its space.
 * Every program finds so many slots filled.
 */
export function refuseOwnObjects(
  { spec }: RunningProgram,
  { objects, capabilities }: { readonly objects: number; readonly capabilities: number },
  filledSlots: number,
): void {
  if (objects === objectsOfAll && capabilities === filledSlots) return;
  throw new CaptureError(
    `${spec.args[0]} has kernel objects or capabilities of its own (endpoints, portals, timers and the ` +
      "like): only programs without can be captured.",
  );
}
