// Reading a request's words and building answers. An answer object is used again for the next one: the
// adapter has taken it in before the next message is handled.
import { Lookup, pathBytesMax, TimeFlag } from "../../userlib/index.ts";
import type { Answer, ServiceHost } from "../../userlib/index.ts";
import type { Times } from "./file-tree.ts";

interface FileAnswer {
  readonly label: number;
  readonly words: readonly number[];
  bytes: Uint8Array;
}

const noBytes = new Uint8Array(0);

/** All of one shape, which the engine then knows when it reads them. */
function answerOf(label: number, words: readonly number[]): FileAnswer {
  return { label, words, bytes: noBytes };
}

const words = [0, 0, 0];
const noWords = [0, 0, 0];
const numbers = answerOf(0, words);
const carrying = answerOf(0, words);
// Said before anything is compiled that would take it for a constant.
carrying.bytes = new Uint8Array(0);
const refusals = Array.from({ length: 128 }, (_, errno) => answerOf(errno, noWords));

/** An answer that is nothing but an errno. */
export function refuse(errno: number): Answer {
  return refusals[errno];
}

/** The same, where 0 is as likely. */
export const done = refuse;

export function wordsAnswer(w0: number, w1: number, w2: number): Answer {
  words[0] = w0;
  words[1] = w1;
  words[2] = w2;
  return numbers;
}

/** An answer that carries bytes. */
export function countAnswer(count: number, bytes: Uint8Array): Answer {
  words[0] = count;
  words[1] = 0;
  words[2] = 0;
  carrying.bytes = bytes;
  return carrying;
}

/** Views of one outbox by their size, so that the sizes in use cost no new view each time. */
const partCount = 64;
let partsOf: Uint8Array | undefined;
let parts: (Uint8Array | undefined)[] = [];

/** The first bytes of the outbox, at most `count`. */
export function outboxPart({ outbox }: ServiceHost, count: number): Uint8Array {
  if (partsOf !== outbox) {
    partsOf = outbox;
    parts = Array.from({ length: partCount }, () => undefined);
  }
  const bytes = Math.min(count >>> 0, outbox.length);
  // Sizes that differ by a multiple of 16 are common, and so are small ones.
  const index = (bytes ^ (bytes >>> 6)) & (partCount - 1);
  const known = parts[index];
  if (known !== undefined && known.length === bytes) return known;
  return (parts[index] = outbox.subarray(0, bytes));
}

/** A number of 64 bits from two words; exact below 2^53, and negative below zero. */
export function numberAt(from: Int32Array, index: number): number {
  return (from[index] >>> 0) + from[index + 1] * 2 ** 32;
}

function timeAt(from: Int32Array, index: number): bigint {
  return (BigInt(from[index + 1] >>> 0) << 32n) | BigInt(from[index] >>> 0);
}

/** The times in words w1 to w4, as the flags in w5 mean them. */
export function timesOf(from: Int32Array, nowNs: bigint): Times {
  const which = from[5];
  return {
    accessed: timeOf(which, TimeFlag.access, TimeFlag.accessNow, timeAt(from, 1), nowNs),
    modified: timeOf(
      which,
      TimeFlag.modification,
      TimeFlag.modificationNow,
      timeAt(from, 3),
      nowNs,
    ),
  };
}

function timeOf(
  which: number,
  given: number,
  now: number,
  timeNs: bigint,
  nowNs: bigint,
): bigint | undefined {
  if ((which & now) !== 0) return nowNs;
  return (which & given) === 0 ? undefined : timeNs;
}

/** Bytes as a byte string, a character each; one too long for a path is cut to be too long by one. */
export function byteString(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const start = Math.max(0, from);
  const part = bytes.subarray(start, Math.min(to, start + pathBytesMax + 1));
  // Not spread, which would go through an iterator: that takes four times as long.
  return Reflect.apply(String.fromCharCode, undefined, part);
}

export function bytesOfString(text: string, into: Uint8Array): Uint8Array {
  const count = Math.min(text.length, into.length);
  for (let i = 0; i < count; i++) into[i] = text.charCodeAt(i);
  return into.subarray(0, count);
}

/** Whether lookup flags ask for a link at the end of a path to be followed. */
export function isFollowing(flags: number): boolean {
  return (flags & Lookup.followSymlinks) !== 0;
}
