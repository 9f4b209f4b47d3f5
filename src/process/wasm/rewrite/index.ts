// Programs whose stack can be taken out: the rewriter, and the table that says what a saved frame holds.
export { capturedKindCount, saveParameters } from "./additions.ts";
export { captureBody } from "./body-capture.ts";
export type { BodyCapture, CaptureContext } from "./body-capture.ts";
export {
  CodeMoves,
  hasLines,
  leftOutSection,
  readLineTable,
  relocateDebug,
} from "./debug/index.ts";
export type { LineTable, SourceLine } from "./debug/index.ts";
export { decodeFrameTable, encodeFrameTable, frameTableVersion, runsOf } from "./frame-table.ts";
export type { CallDescription, FrameTable, FunctionFrame } from "./frame-table.ts";
export { captureSource, makeCapturable } from "./make-capturable.ts";
export type { CapturableModule, CaptureOptions, CaptureSource } from "./make-capturable.ts";
export { writeCallNumber, writeClear, writeHandlerClause, writeKeep } from "./edit-writer.ts";
export type { CallPlace } from "./call-recorder.ts";
export type { Edit } from "./edit.ts";
export { OffsetMap } from "./offset-map.ts";
export { payloadsOf, SavedException } from "./exception-saver.ts";
export { savedBytes, SaveKind, saveKindOf, savedLocals } from "./frame-layout.ts";
export type { SavedLocal } from "./frame-layout.ts";
export { type CallWriter, closePad, openPad } from "./landing-pad.ts";
export { writeRuns } from "./local-groups.ts";
export { readSegmentUse, segmentKey, type SegmentUse } from "./code-scan.ts";
export { segmentParameters } from "./added-functions.ts";
export { TypeList } from "./type-list.ts";
export { isNonNull, Value, type ValueCode, writeHeapType, writeValueCode } from "./value-code.ts";
