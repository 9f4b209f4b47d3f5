// One body, understood: its typing, its edits, its frame. The rewriter makes a new body of it, and the
// maker of continuations one that is entered at a call.
import { ByteReader } from "../binary/index.ts";
import type { Additions } from "./additions.ts";
import { BodyWalker } from "./body-walker.ts";
import { type CallPlace, CallRecorder } from "./call-recorder.ts";
import type { FunctionScan } from "./code-scan.ts";
import { type Edit, sortEdits } from "./edit.ts";
import { type SavedLocal, savedLocals, UnsavableTypeError } from "./frame-layout.ts";
import { readFlow } from "./flow.ts";
import { liveAcrossCalls } from "./liveness.ts";
import type { FunctionFrame } from "./frame-table.ts";
import type { ModuleTypes, Signature } from "./module-types.ts";
import { findReplacements } from "./replacement.ts";
import { isNonNull, Value } from "./value-code.ts";

export interface BodyCapture {
  readonly scan: FunctionScan;
  readonly type: Signature;
  readonly frame: FunctionFrame;
  readonly saved: readonly SavedLocal[];
  /** In the order of their places. */
  readonly edits: readonly Edit[];
  /** The place of the call that was asked for. */
  readonly place: CallPlace | undefined;
}

export interface CaptureContext {
  readonly bytes: Uint8Array;
  readonly module: ModuleTypes;
  readonly additions: Additions;
  /** For every function, whether the stack may be taken out while it runs. */
  readonly unwinds: Uint8Array;
}

/** Types a body and finds its calls; `wanted` is the number of the one whose place is to be noted. */
export function captureBody(
  context: CaptureContext,
  scan: FunctionScan,
  functionIndex: number,
  wanted = -1,
): BodyCapture {
  const { bytes, module, unwinds, additions } = context;
  const reader = new ByteReader(bytes, scan.start, scan.end);
  const policy = { unwinds, importedFunctionCount: module.importedFunctionCount };
  const recorder = new CallRecorder(policy, wanted);
  const walker = new BodyWalker(module, reader, functionIndex, recorder);
  walker.walk();
  // The local that holds the number of the only call is zero from the beginning, as that is.
  const isOnly = recorder.calls.length === 1;
  const edits = recorder.edits.filter(({ kind }) => kind !== "call" || !isOnly);
  if (scan.hasReplacements) {
    edits.push(...findReplacements(new ByteReader(bytes, scan.codeStart, scan.end), additions));
  }
  sortEdits(edits);
  const frame = frameOf(context, walker, recorder, functionIndex);
  const saved = recorder.calls.length === 0 ? [] : savedOf(walker, frame);
  return { scan, type: walker.type, frame, saved, edits, place: recorder.place };
}

function frameOf(
  { unwinds }: CaptureContext,
  walker: BodyWalker,
  { calls, operandTypes, originLocals }: CallRecorder,
  functionIndex: number,
): FunctionFrame {
  const locals = [...walker.locals, Value.i32, ...operandTypes];
  const callLocal = walker.locals.length;
  if (calls.length === 0) return { functionIndex, locals, callLocal, liveLocals: [], calls };
  walker.reader.position = walker.codeStart;
  const isLive = liveAcrossCalls(readFlow(walker.reader, unwinds), callLocal);
  const isSaved = (local: number): boolean => isLive(local) || originLocals.has(local);
  const liveLocals = [...walker.locals.keys()].filter(isSaved);
  return { functionIndex, locals, callLocal, liveLocals, calls };
}

// A local that may not be null has no value before it is first set, so a pad could not read it.
function savedOf(walker: BodyWalker, frame: FunctionFrame): SavedLocal[] {
  const parameterCount = walker.type.parameters.length;
  const isUnset = (local: number): boolean =>
    local >= parameterCount && isNonNull(walker.locals[local]);
  if (frame.liveLocals.some(isUnset)) {
    walker.reader.fail("a local that is never null cannot be saved", walker.declarationsStart);
  }
  try {
    return savedLocals(frame);
  } catch (error) {
    if (!(error instanceof UnsavableTypeError)) throw error;
    return walker.reader.fail(error.message, walker.declarationsStart);
  }
}
