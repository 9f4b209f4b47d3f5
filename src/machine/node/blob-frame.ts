// How an append is laid down in a blob's file, so that a reader can tell a whole one from a torn one.
// A file is a sequence of frames, each a header and its payload; all numbers are little-endian:
//
//   0   4   magic
//   4   4   bytes of payload
//   8   8   bytes of the file that were durable when this frame was written, a float
//   16  4   kind: data, or a cut, whose payload is the blob's new size as a float
//   20  4   CRC-32 of bytes 0 to 19 and of the payload
//
// The durable count is what tells damage from a crash: bad bytes that a later frame knew to be durable
// are damage; bad bytes that nothing vouches for are the torn end of what was never flushed.
import { assert } from "../../base/index.ts";

export const frameHeaderBytes = 24;
export const FrameKind = { data: 0, cut: 1 } as const;
/** Larger appends are refused, so that a header's length can always be believed or not. */
export const payloadBytesMax = 2 ** 30;

const magic = 0x6c68_7331;
const checkedBytes = 20;

export interface FrameHeader {
  readonly payloadBytes: number;
  readonly durableBytes: number;
  readonly kind: number;
  readonly checksum: number;
}

export type Checksum = (bytes: Uint8Array, start?: number) => number;

export function encodeFrame(
  kind: number,
  durableBytes: number,
  payload: Uint8Array,
  checksum: Checksum,
): Uint8Array {
  assert(payload.length <= payloadBytesMax, "payload of a frame is bounded", payload.length);
  const frame = new Uint8Array(frameHeaderBytes + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, payload.length, true);
  view.setFloat64(8, durableBytes, true);
  view.setUint32(16, kind, true);
  frame.set(payload, frameHeaderBytes);
  view.setUint32(20, checkFrame(frame, payload, checksum), true);
  return frame;
}

/** Reads a header, or answers undefined if these bytes cannot be one. */
export function decodeHeader(bytes: Uint8Array): FrameHeader | undefined {
  if (bytes.length < frameHeaderBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes);
  const payloadBytes = view.getUint32(4, true);
  const kind = view.getUint32(16, true);
  if (view.getUint32(0, true) !== magic || payloadBytes > payloadBytesMax) return undefined;
  if (kind !== FrameKind.data && kind !== FrameKind.cut) return undefined;
  const durableBytes = view.getFloat64(8, true);
  return { payloadBytes, durableBytes, kind, checksum: view.getUint32(20, true) };
}

export function checkFrame(header: Uint8Array, payload: Uint8Array, checksum: Checksum): number {
  return checksum(payload, checksum(header.subarray(0, checkedBytes)));
}

/** Where the next header could begin at or after `from`, or -1. */
export function findMagic(bytes: Uint8Array, from: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (
    let at = bytes.indexOf(magic & 0xff, from);
    at >= 0;
    at = bytes.indexOf(magic & 0xff, at + 1)
  ) {
    if (at + 4 <= bytes.length && view.getUint32(at, true) === magic) return at;
  }
  return -1;
}

export function encodeCut(sizeBytes: number): Uint8Array {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setFloat64(0, sizeBytes, true);
  return payload;
}

export function decodeCut(payload: Uint8Array): number {
  if (payload.length !== 8) return -1;
  return new DataView(payload.buffer, payload.byteOffset, 8).getFloat64(0, true);
}
