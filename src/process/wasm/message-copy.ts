// The bytes of one message from memory to memory. Most are few, and a call of the engine's memmove costs more
// than a copy in registers: up to 64 bytes go that way, in parts that overlap where the length is no multiple
// of them. All are read before any is written, since the memories may be one.
import {
  type Code,
  fromMemory,
  get,
  i32,
  i64,
  inMemory,
  number,
  op,
  set,
  toMemory,
  two,
  v128,
  when,
} from "./pair-code.ts";

/** Locals that hold what to copy, and the first of those in `copyLocals`. */
export interface CopyLocals {
  readonly target: number;
  readonly source: number;
  readonly bytes: number;
  readonly firstFree: number;
}

/** How many locals of which type it needs: those of a width are in one group. */
export const copyLocals: readonly (readonly [count: number, type: number])[] = [
  [3, i32],
  [2, i64],
  [4, v128],
];

/** What is copied at a time: its width, how it is loaded and stored, and its first local. */
interface Part {
  readonly bytes: number;
  readonly load: Code;
  readonly store: Code;
  readonly first: number;
}

const byte: Part = { bytes: 1, load: [0x2d], store: [0x3a], first: 0 };
const word: Part = { bytes: 4, load: [0x28], store: [0x36], first: 0 };
const long: Part = { bytes: 8, load: [0x29], store: [0x37], first: 3 };
const vector: Part = {
  bytes: 16,
  load: [op.vectorPrefix, 0x00],
  store: [op.vectorPrefix, 0x0b],
  first: 5,
};

const registersBytesMax = 64;
const memoryCopy = 0x0a;

export function copyMessage(locals: CopyLocals): Code {
  const { target, source, bytes } = locals;
  const isUpTo = (most: number): Code => two(op.lessOrEqualUnsigned, get(bytes), number(most));
  const few = when(
    isUpTo(3),
    when(get(bytes), copyParts(locals, byte, [0, middle(bytes), end(bytes, 1)])),
    when(
      isUpTo(7),
      copyParts(locals, word, [0, end(bytes, 4)]),
      copyParts(locals, long, [0, end(bytes, 8)]),
    ),
  );
  const some = when(
    isUpTo(2 * vector.bytes),
    copyParts(locals, vector, [0, end(bytes, 16)]),
    copyParts(locals, vector, [0, 16, end(bytes, 32), end(bytes, 16)]),
  );
  return when(
    isUpTo(registersBytesMax),
    when(isUpTo(vector.bytes - 1), few, some),
    copyAny(get(target), get(source), get(bytes)),
  );
}

export function copyAny(to: Code, from: Code, bytes: Code): Code {
  return [...to, ...from, ...bytes, op.bulkPrefix, memoryCopy, toMemory, fromMemory];
}

/** Parts at distances from the beginning, known or computed. */
function copyParts(
  { target, source, firstFree }: CopyLocals,
  { load, store, first }: Part,
  places: readonly (number | Code)[],
): Code {
  const into = firstFree + first;
  const read = places.map((at, i) =>
    set(into + i, [...addressOf(source, at), ...load, ...inMemory(fromMemory, 0, offsetOf(at))]),
  );
  const written = places.map((at, i) => [
    ...addressOf(target, at),
    ...get(into + i),
    ...store,
    ...inMemory(toMemory, 0, offsetOf(at)),
  ]);
  return [...read, ...written].flat();
}

function addressOf(local: number, at: number | Code): Code {
  return typeof at === "number" ? get(local) : two(op.add, get(local), at);
}

function offsetOf(at: number | Code): number {
  return typeof at === "number" ? at : 0;
}

/** So many bytes before the end. */
function end(bytes: number, distance: number): Code {
  return two(op.subtract, get(bytes), number(distance));
}

function middle(bytes: number): Code {
  return two(op.shiftRightUnsigned, get(bytes), number(1));
}
