// One body, understood: its typing, its edits, its frame. The rewriter makes a new body of it, and the
// maker of continuations one that is entered at a call.
import { ByteReader } from "../binary/index.ts";
import type { Additions } from "./additions.ts";
import { BodyWalker } from "./body-walker.ts";
import { type CallPlace, CallRecorder } from "./call-recorder.ts";
import type { FunctionScan } from "./code-scan.ts";
import { findClears } from "./clearing.ts";
import { type ClearEdit, type Edit, sortEdits } from "./edit.ts";
import { isClearable } from "./edit-writer.ts";
import { type SavedLocal, savedLocals, UnsavableTypeError } from "./frame-layout.ts";
import { readFlow } from "./flow.ts";
import { liveAcrossCalls } from "./liveness.ts";
import { type LocalSet, localsOf, removeLocal } from "./local-set.ts";
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
  const { frame, clears } = frameOf(context, walker, recorder, functionIndex);
  // The local that holds the number of the only call is zero from the beginning, as that is.
  const isOnly = recorder.calls.length === 1;
  const edits: Edit[] = recorder.edits.filter(({ kind }) => kind !== "call" || !isOnly);
  edits.push(...clears);
  if (scan.hasReplacements) {
    edits.push(...findReplacements(new ByteReader(bytes, scan.codeStart, scan.end), additions));
  }
  sortEdits(edits);
  const saved = recorder.calls.length === 0 ? [] : savedOf(walker, frame);
  return { scan, type: walker.type, frame, saved, edits, place: recorder.place };
}

function frameOf(
  { unwinds }: CaptureContext,
  walker: BodyWalker,
  recorder: CallRecorder,
  functionIndex: number,
): { frame: FunctionFrame; clears: readonly ClearEdit[] } {
  const { calls } = recorder;
  const locals = [...walker.locals, Value.i32, ...recorder.operandTypes];
  const callLocal = walker.locals.length;
  const frame = { functionIndex, locals, callLocal, liveLocals: [], calls };
  if (calls.length === 0) return { frame, clears: [] };
  walker.reader.position = walker.codeStart;
  const flow = readFlow(walker.reader, unwinds, recorder);
  const across = liveAcrossCalls(flow, locals.length);
  const liveLocals = localsOf(across).filter((local) => local < callLocal);
  return {
    frame: { ...frame, liveLocals },
    clears: findClears({
      flow,
      localCount: locals.length,
      parameterCount: walker.type.parameters.length,
      readByPad: clearable(across, frame),
    }),
  };
}

/** Those of the locals that the pad reads which can be set to zero. */
function clearable(across: LocalSet, { locals, callLocal, calls }: FunctionFrame): LocalSet {
  const set = across.slice();
  for (const local of localsOf(across)) {
    if (!isClearable(locals[local])) removeLocal(set, local);
  }
  if (calls.length === 1) removeLocal(set, callLocal); // which is never set
  return set;
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
