// Broken modules from good ones: most changes keep the length, so that what lies behind them is still
// read as what it was, and an error is found deep inside.
import type { Random } from "../../../src/base/index.ts";

type Mutation = (random: Random, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

/** Bytes that mean something in many places: ends, types, limits of integers. */
const telling = [
  0x00, 0x01, 0x0b, 0x1f, 0x40, 0x63, 0x64, 0x69, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xff,
];

/** Behind the magic number and version, which would make every error the same. */
const firstByte = 8;

export function mutate(
  random: Random,
  bytes: Uint8Array,
  other: Uint8Array,
): Uint8Array<ArrayBuffer> {
  let mutated: Uint8Array = bytes;
  const rounds = random.chance(3, 4) ? 1 : random.between(2, 6);
  for (let left = rounds; left > 0; left--)
    mutated = random.pick(mutations)(random, mutated, other);
  return Uint8Array.from(mutated);
}

const mutations: readonly Mutation[] = [
  changeByte((random) => random.pick(telling)),
  changeByte((random) => random.below(256)),
  changeByte((random, byte) => byte ^ (1 << random.below(8))),
  changeByte((random, byte) => byte + random.pick([-1, 1])),
  changeByte((random, byte) => byte + random.pick([-1, 1])),
  copyRange,
  takeFromOther,
  insert,
  remove,
  cutShort,
];

function changeByte(change: (random: Random, byte: number) => number): Mutation {
  return (random, bytes) => {
    const mutated = bytes.slice();
    const at = place(random, bytes);
    mutated[at] = change(random, bytes[at] ?? 0);
    return mutated;
  };
}

function place(random: Random, bytes: Uint8Array): number {
  return bytes.length <= firstByte ? 0 : random.between(firstByte, bytes.length - 1);
}

/** One stretch over another of the same module. */
function copyRange(random: Random, bytes: Uint8Array): Uint8Array {
  const mutated = bytes.slice();
  const from = place(random, bytes);
  const to = place(random, bytes);
  const length = Math.min(random.between(1, 12), bytes.length - Math.max(from, to));
  mutated.copyWithin(to, from, from + length);
  return mutated;
}

function takeFromOther(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const mutated = bytes.slice();
  const from = place(random, other);
  const piece = other.subarray(from, from + random.between(1, 24));
  const to = place(random, bytes);
  mutated.set(piece.subarray(0, bytes.length - to), to);
  return mutated;
}

function insert(random: Random, bytes: Uint8Array): Uint8Array {
  const at = place(random, bytes);
  const added = new Uint8Array(random.between(1, 4));
  random.fill(added);
  return joined(bytes.subarray(0, at), added, bytes.subarray(at));
}

function remove(random: Random, bytes: Uint8Array): Uint8Array {
  const at = place(random, bytes);
  return joined(bytes.subarray(0, at), bytes.subarray(at + random.between(1, 4)));
}

function cutShort(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces));
}
