// Thawing: a session goes on from an image, in a new system. Directories and standard streams are those of
// the command that thaws; everything else is in the image.
import { type PreparedModule, prepareModule } from "../../process/index.ts";
import { Operator } from "./operator.ts";
import { restoreSession } from "./restore-session.ts";
import { type RunOptions, runSession } from "../run-program.ts";
import type { ProgramEnd } from "../session.ts";
import type { Preparation, SessionContent } from "./session-content.ts";

export type ThawOptions = Omit<RunOptions, "grants" | "model" | "fuelSlice" | "prepare">;

/** Lets a session go on. Answers how its programs ended, once all have. */
export async function thawSession(
  content: SessionContent,
  options: ThawOptions,
): Promise<readonly ProgramEnd[]> {
  const { codes, preparation, grants, model, fuelSlice, nowNs } = content;
  const prepared = await Promise.all(codes.map((code) => prepareAgain(code, preparation)));
  const prepare = (code: Uint8Array): Promise<PreparedModule> => prepareAgain(code, preparation);
  const run = { ...options, prepare, grants, model, fuelSlice: fuelSlice ?? undefined };
  return runSession(
    run,
    (session) => restoreSession(session, new Operator(session.system.core), content, prepared),
    nowNs,
  );
}

/** Prepares a program as it was: its frames fit nothing else. */
function prepareAgain(
  code: Uint8Array,
  { fuel, capture, memoryMaxBytes }: Preparation,
): Promise<PreparedModule> {
  return prepareModule(code, {
    fuel,
    capture,
    ...(memoryMaxBytes === null ? {} : { memoryMaxBytes }),
  });
}
