// Writes a body anew: with its landing pad and its edits, or, where nothing calls the kernel, as it was.
import { type ByteWriter, Opcode } from "../binary/index.ts";
import type { Additions } from "./additions.ts";
import type { BodyCapture } from "./body-capture.ts";
import type { Edit } from "./edit.ts";
import { writeCallNumber, writeClear, writeHandlerClause, writeKeep } from "./edit-writer.ts";
import type { FunctionFrame } from "./frame-table.ts";
import { type CallWriter, closePad, openPad } from "./landing-pad.ts";
import { readLocalGroups, writeLocalGroups } from "./local-groups.ts";
import { OffsetMap } from "./offset-map.ts";

/** Appends the body, without its size, to `out`; says where each of its instructions went. */
export function writeCapturableBody(
  bytes: Uint8Array,
  capture: BodyCapture,
  out: ByteWriter,
  additions: Additions,
): OffsetMap {
  const { scan, frame, type, saved } = capture;
  const { functionIndex, callLocal } = frame;
  writeLocalGroups(out, readLocalGroups(bytes, scan), frame.locals.slice(callLocal));
  openPad(out, additions.types, type.results, additions.unwindTag);
  const offsets = copyEdited(bytes, capture, out, additions);
  const writeSave: CallWriter = (writer, kind) =>
    void writer.u8(Opcode.call).u32(additions.firstSave + kind);
  closePad(out, { functionIndex, callLocal, saved }, writeSave);
  return offsets;
}

/** A body that keeps its frame to itself, with only its replacements. */
export function writeEditedBody(
  bytes: Uint8Array,
  scan: BodyCapture["scan"],
  edits: readonly Edit[],
  out: ByteWriter,
): OffsetMap {
  const offsets = new OffsetMap(scan.start);
  let at = scan.start;
  for (const edit of edits) {
    out.range(bytes, at, edit.start);
    if (edit.kind === "replace") writeReplacement(out, edit.functionIndex, edit.isReference);
    at = edit.end;
    offsets.note(edit.start, at, out.length);
  }
  out.range(bytes, at, scan.end);
  return offsets;
}

function copyEdited(
  bytes: Uint8Array,
  { scan, frame, edits }: BodyCapture,
  out: ByteWriter,
  additions: Additions,
): OffsetMap {
  const offsets = new OffsetMap(scan.start);
  let at = scan.codeStart;
  offsets.note(at, at, out.length);
  for (const edit of edits) {
    out.range(bytes, at, edit.start);
    writeEdit(out, edit, frame, additions);
    at = edit.end;
    offsets.note(edit.start, at, out.length);
  }
  out.range(bytes, at, scan.end);
  return offsets;
}

function writeEdit(out: ByteWriter, edit: Edit, frame: FunctionFrame, additions: Additions): void {
  switch (edit.kind) {
    case "keep":
      return writeKeep(out, edit);
    case "call":
      return writeCallNumber(out, edit.callNumber, frame.callLocal);
    case "clear":
      return writeClear(out, edit, frame.locals);
    case "handler":
      return writeHandlerClause(out, edit, additions.unwindTag, edit.depth);
    case "replace":
      return writeReplacement(out, edit.functionIndex, edit.isReference);
  }
}

function writeReplacement(out: ByteWriter, functionIndex: number, isReference: boolean): void {
  out.u8(isReference ? Opcode.refFunc : Opcode.call).u32(functionIndex);
}
