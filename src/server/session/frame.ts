// What a client in another OS process and a gateway say to each other over a stream: frames of sixteen
// 32-bit words, little-endian, and as many bytes after them as the header says. A frame is checked whole
// before anybody acts on it; what is not a frame ends the connection. docs/internals/sessions.md has the
// same as a table.
import { portalBytesMax } from "../../abi/index.ts";

/** Raised with every change of what is said here; a frame of another version is refused by name. */
export const frameVersion = 1;

/** The first two bytes of every frame; then its version and its kind. */
const magic = 0x4853;

export const frameHeaderBytes = 64;

/** The most bytes that a message has: what goes into and out of a portal. */
export const frameBytesMax = portalBytesMax;

export const FrameKind = {
  /** Client: I am this session. `badge` 0: a new one; else what it was given, and the token. */
  hello: 1,
  /** Gateway: so you are. The badge and the token to come back with, and the epoch of the cell. */
  welcome: 2,
  /** Client: request number `sequence`. The same again after a lost connection. */
  call: 3,
  /** Gateway: what request number `sequence` came to. */
  answer: 4,
  /** Gateway: no, and why: `label` is a `Refusal`, the bytes say it in words. The connection is over. */
  refused: 5,
  /** Client: this session is over. */
  bye: 6,
} as const;

export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind];

export interface Frame {
  readonly kind: FrameKind;
  /** Chosen by the client at random, 53 bits. */
  readonly session: number;
  /** Number of the request, from 1; 0 where there is none. 53 bits. */
  readonly sequence: number;
  /** Of an answer: a `Status`; of hello: seconds for which the session is to be kept without a client. */
  readonly status: number;
  readonly label: number;
  /** w0 to w5 of a message; the token in the first four of hello and welcome. */
  readonly words: Int32Array;
  readonly badge: number;
  /** Of welcome: which start of the cell this is. Of an answer: 1 if the server heard the request. */
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

const noWords = new Int32Array(6);
const noBytes = new Uint8Array(0);

export function makeFrame(kind: FrameKind, fields: Partial<Omit<Frame, "kind">>): Frame {
  return {
    kind,
    session: 0,
    sequence: 0,
    status: 0,
    label: 0,
    words: noWords,
    badge: 0,
    epoch: 0,
    bytes: noBytes,
    ...fields,
  };
}

/** Words of the header. */
const at = {
  kind: 0,
  bytes: 1,
  session: 2,
  sequence: 4,
  status: 6,
  label: 7,
  words: 8,
  badge: 14,
  epoch: 15,
};

const high = 2 ** 32;

/** The frame as bytes of its own. */
export function encodeFrame(frame: Frame): Uint8Array {
  const out = new Uint8Array(frameHeaderBytes + frame.bytes.length);
  const view = new DataView(out.buffer);
  const put = (word: number, value: number): void => view.setInt32(word * 4, value, true);
  put(at.kind, (magic << 16) | (frameVersion << 8) | frame.kind);
  put(at.bytes, frame.bytes.length);
  putLong(put, at.session, frame.session);
  putLong(put, at.sequence, frame.sequence);
  put(at.status, frame.status);
  put(at.label, frame.label);
  for (let i = 0; i < 6; i++) put(at.words + i, frame.words[i] ?? 0);
  put(at.badge, frame.badge);
  put(at.epoch, frame.epoch);
  out.set(frame.bytes, frameHeaderBytes);
  return out;
}

function putLong(put: (word: number, value: number) => void, word: number, value: number): void {
  put(word, (value % high) | 0);
  put(word + 1, Math.floor(value / high));
}

/** Why what came is no frame. */
export type FrameFault = "not a frame" | "another version" | "too long" | "out of range";

/** The bytes that follow a header, or what is wrong with it. */
export function bodyBytesOf(header: DataView): number | FrameFault {
  const first = header.getUint32(0, true);
  if (first >>> 16 !== magic) return "not a frame";
  if (((first >>> 8) & 0xff) !== frameVersion) return "another version";
  const kind = first & 0xff;
  if (kind < FrameKind.hello || kind > FrameKind.bye) return "not a frame";
  if (header.getUint32((at.session + 1) * 4, true) >= 2 ** 21) return "out of range";
  if (header.getUint32((at.sequence + 1) * 4, true) >= 2 ** 21) return "out of range";
  const bytes = header.getUint32(at.bytes * 4, true);
  return bytes > frameBytesMax ? "too long" : bytes;
}

/** The frame of a header that was found good, and its bytes. */
export function decodeFrame(header: DataView, bytes: Uint8Array): Frame {
  const get = (word: number): number => header.getInt32(word * 4, true);
  const long = (word: number): number =>
    header.getUint32(word * 4, true) + header.getUint32((word + 1) * 4, true) * high;
  return {
    // The range of kinds was checked with the rest of the header.
    kind: (get(at.kind) & 0xff) as FrameKind,
    session: long(at.session),
    sequence: long(at.sequence),
    status: get(at.status),
    label: get(at.label),
    words: Int32Array.from({ length: 6 }, (_, i) => get(at.words + i)),
    badge: get(at.badge),
    epoch: get(at.epoch),
    bytes,
  };
}
