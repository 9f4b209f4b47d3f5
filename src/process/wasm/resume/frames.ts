// A stack that was taken out, as plain data. It can be copied, sent, written to a file, and read by
// whoever has the program's frame table.
import { CaptureError } from "../capture-error.ts";
import {
  type FrameTable,
  type FunctionFrame,
  SavedException,
  savedBytes,
  SaveKind,
  type SavedLocal,
  savedLocals,
  saveKindOf,
} from "../rewrite/index.ts";

export interface Frame {
  readonly functionIndex: number;
  /** The call of that function in which the frame stands. */
  readonly callNumber: number;
  /** The values of `savedLocals`, one behind the other, least significant byte first. */
  readonly values: Uint8Array<ArrayBuffer>;
}

export interface Frames {
  readonly version: number;
  /** Innermost first: the first of them is in a call of the kernel. */
  readonly frames: readonly Frame[];
}

const headerBytes = 8;

interface Layout {
  readonly saved: readonly SavedLocal[];
  /** Bytes of the values, payloads of exceptions not counted. */
  readonly byteCount: number;
  readonly hasExceptions: boolean;
}

const layouts = new WeakMap<FunctionFrame, Layout>();

function layoutOf(frame: FunctionFrame): Layout {
  let layout = layouts.get(frame);
  if (layout === undefined) {
    const saved = savedLocals(frame);
    layout = {
      saved,
      byteCount: saved.reduce((sum, { kind }) => sum + (savedBytes[kind] ?? 0), 0),
      hasExceptions: saved.some(({ kind }) => kind === SaveKind.exception),
    };
    layouts.set(frame, layout);
  }
  return layout;
}

/** Splits what landing pads wrote into frames, whose values are views of it. */
export function readFrames(table: FrameTable, bytes: Uint8Array<ArrayBuffer>): Frames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const functionIndex = view.getInt32(at, true);
    const callNumber = view.getInt32(at + 4, true);
    const frame = describe(table, functionIndex, callNumber);
    const layout = layoutOf(frame);
    const start = at + headerBytes;
    at = start + layout.byteCount;
    if (layout.hasExceptions) at = start + valueBytes(table, frame, callNumber, view, start);
    frames.push({ functionIndex, callNumber, values: bytes.subarray(start, at) });
  }
  checkInnermost(table, frames);
  return { version: table.version, frames };
}

function describe(table: FrameTable, functionIndex: number, callNumber: number): FunctionFrame {
  const frame = table.functions.get(functionIndex);
  if (frame?.calls[callNumber] !== undefined) return frame;
  throw new CaptureError(
    `A saved frame names call ${callNumber} of function ${functionIndex}, which the frame table ` +
      "does not have: the frames belong to another program or version.",
  );
}

// The call that is made again must be one that the program makes itself.
function checkInnermost(table: FrameTable, [innermost]: readonly Frame[]): void {
  if (innermost === undefined) return;
  const { functionIndex, callNumber } = innermost;
  if (describe(table, functionIndex, callNumber).calls[callNumber]?.isImport === true) return;
  throw new CaptureError(
    `The stack was taken out of a function that function ${functionIndex} reached through a table ` +
      "and that is not the program's own, so the call cannot be made again.",
  );
}

function valueBytes(
  table: FrameTable,
  frame: FunctionFrame,
  callNumber: number,
  view: DataView,
  start: number,
): number {
  let at = start;
  for (const saved of layoutOf(frame).saved) {
    const value = at;
    at += savedBytes[saved.kind] ?? 0;
    if (saved.kind !== SaveKind.exception) continue;
    const tag = view.getInt32(value, true);
    checkException(frame, callNumber, saved, tag);
    at += payloadBytes(table, tag, view, at);
  }
  return at - start;
}

// An operand that the call does not need may be anything; a live local counts as needed.
function checkException(
  { callLocal, calls, functionIndex }: FunctionFrame,
  callNumber: number,
  { local }: SavedLocal,
  tag: number,
): void {
  if (tag >= SavedException.null) return;
  const isNeeded = local < callLocal || calls[callNumber]?.liveOperands.includes(local) === true;
  if (!isNeeded) return;
  const what =
    tag === SavedException.unknown
      ? "has a tag that is not the program's"
      : "has a payload that cannot be saved";
  throw new CaptureError(`Function ${functionIndex} holds an exception that ${what}.`);
}

/** The payload is saved from its last value to its first. */
function payloadBytes(table: FrameTable, tag: number, view: DataView, start: number): number {
  let at = start;
  for (const type of (table.tags[tag] ?? []).toReversed()) {
    const kind = saveKindOf(type);
    const value = at;
    at += savedBytes[kind ?? SaveKind.i32] ?? 0;
    if (kind === SaveKind.exception) {
      at += payloadBytes(table, view.getInt32(value, true), view, at);
    }
  }
  return at - start;
}
