// One body, understood: its typing, its edits, its frame. The rewriter makes a new body of it, and the
// maker of continuations one that is entered at a call.
import { ByteReader } from "../binary/index.ts";
import type { Additions } from "./additions.ts";
import { BodyWalker } from "./body-walker.ts";
import { type CallPlace, CallRecorder } from "./call-recorder.ts";
import type { FunctionScan } from "./code-scan.ts";
import { type Edit, sortEdits } from "./edit.ts";
import { type SavedLocal, savedLocals, UnsavableTypeError } from "./frame-layout.ts";
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
  const edits = recorder.edits;
  if (scan.hasReplacements) {
    edits.push(...findReplacements(new ByteReader(bytes, scan.codeStart, scan.end), additions));
  }
  sortEdits(edits);
  const locals = [...walker.locals, Value.i32, ...recorder.operandTypes];
  const { calls } = recorder;
  const callLocal = walker.locals.length;
  return {
    scan,
    type: walker.type,
    frame: { functionIndex, locals, callLocal, calls },
    saved: calls.length === 0 ? [] : saved(walker, locals, callLocal),
    edits,
    place: recorder.place,
  };
}

// A local that may not be null has no value before it is first set, so a pad could not read it.
function saved(walker: BodyWalker, locals: readonly number[], callLocal: number): SavedLocal[] {
  const parameterCount = walker.type.parameters.length;
  if (walker.locals.some((type, index) => index >= parameterCount && isNonNull(type))) {
    walker.reader.fail("a local that is never null cannot be saved", walker.declarationsStart);
  }
  try {
    return savedLocals(locals, callLocal);
  } catch (error) {
    if (!(error instanceof UnsavableTypeError)) throw error;
    return walker.reader.fail(error.message, walker.declarationsStart);
  }
}
