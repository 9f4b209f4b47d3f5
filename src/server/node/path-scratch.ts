// The memory in which paths are handed to the C library. A path that a program sent is copied there byte by
// byte as it came, and looked at on the way: no text is made of it. Only plain paths are taken, which are
// names alone: whatever else a path may be ("..", empty names, one too long) is for the walk that goes name
// by name.
import { nameBytesMax, pathBytesMax } from "../../userlib/index.ts";

const slash = 0x2f;
const dot = 0x2e;
const notPlain = -1;
// Copies of imported constants, which the engine folds only when they are a module's own.
const nameMax = nameBytesMax;
const pathMax = pathBytesMax;

/** Room for a path and the zero that ends it. */
export const pathRoom = 4608;

/**
 * Copies the bytes `from` to `to` of a plain path to a place in `memory`, and ends them with a zero. Answers
 * where in the memory the last name begins; below 0 if the path is not plain.
 */
export function takePath(
  memory: Uint8Array,
  place: number,
  path: Uint8Array,
  from: number,
  to: number,
): number {
  if (to - from > pathMax) return notPlain;
  let name = place;
  let end = place;
  for (let at = from; at < to; at++, end++) {
    const byte = path[at]!;
    memory[end] = byte;
    if (byte === 0) return notPlain;
    if (byte !== slash) continue;
    if (!isName(memory, name, end)) return notPlain;
    name = end + 1;
  }
  memory[end] = 0;
  return isName(memory, name, end) ? name : notPlain;
}

/** Whether the bytes are a name, and neither "." nor "..". */
function isName(memory: Uint8Array, start: number, end: number): boolean {
  const bytes = end - start;
  if (bytes === 0 || bytes > nameMax) return false;
  if (memory[start] !== dot || bytes > 2) return true;
  return bytes === 2 && memory[start + 1] !== dot;
}

/** Where the name ends that begins at a place: at a slash or at the zero. */
export function nameEnd(memory: Uint8Array, start: number): number {
  let end = start;
  while (memory[end] !== slash && memory[end] !== 0) end++;
  return end;
}
