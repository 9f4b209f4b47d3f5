// args_get, args_sizes_get, environ_get, environ_sizes_get: what the program was started with. A list
// is written as an array of addresses and, elsewhere, the strings one after the other.
import { Errno } from "../userlib/index.ts";
import { immediate } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const encoder = new TextEncoder();

/** Strings as a program gets them: UTF-8, each ending in a zero. */
export function encodeStrings(strings: readonly string[]): Uint8Array[] {
  return strings.map((text) => encoder.encode(`${text}\0`));
}

function bytesOf(strings: readonly Uint8Array[]): number {
  return strings.reduce((sum, { length }) => sum + length, 0);
}

function writeSizes(p: WasiProcess, strings: readonly Uint8Array[], count: number, bytes: number) {
  if (!p.memory.holds(count, 4) || !p.memory.holds(bytes, 4)) return Errno.fault;
  p.memory.setU32(count, strings.length);
  p.memory.setU32(bytes, bytesOf(strings));
  return Errno.success;
}

function writeStrings(p: WasiProcess, strings: readonly Uint8Array[], list: number, text: number) {
  const isInside =
    p.memory.holds(list, strings.length * 4) && p.memory.holds(text, bytesOf(strings));
  if (!isInside) return Errno.fault;
  let at = text;
  strings.forEach((bytes, i) => {
    p.memory.setU32(list + i * 4, at);
    p.memory.setBytes(at, bytes);
    at += bytes.length;
  });
  return Errno.success;
}

export const argsSizesGet: WasiFunction = immediate(
  (p: WasiProcess, count: number, bytes: number) => writeSizes(p, p.args, count, bytes),
);

export const argsGet: WasiFunction = immediate((p: WasiProcess, list: number, text: number) =>
  writeStrings(p, p.args, list, text),
);

export const environSizesGet: WasiFunction = immediate(
  (p: WasiProcess, count: number, bytes: number) => writeSizes(p, p.env, count, bytes),
);

export const environGet: WasiFunction = immediate((p: WasiProcess, list: number, text: number) =>
  writeStrings(p, p.env, list, text),
);
