// What a statx says, written word by word, is what it says as numbers of 64 bits.
import { expect, it } from "vitest";
import { Random } from "../../base/index.ts";
import { filestatBytes } from "../../userlib/index.ts";
import { writeFilestat } from "../files/filestat.ts";
import { fileStatAt, writeFilestatWords } from "./node-statx.ts";

const statxWords = 64;
const nanosecondsWords = [18, 26, 30] as const;
const extremes = [0, 1, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

it.each([1, 2, 3])("is the same whatever stands there, seed %d", (seed) => {
  const random = new Random(seed);
  const word = (): number =>
    random.chance(1, 3) ? extremes[random.below(extremes.length)]! : random.below(2 ** 31) * 2 + 1;
  for (let round = 0; round < 500; round++) {
    const statx = Uint32Array.from({ length: statxWords }, word);
    for (const at of nanosecondsWords) statx[at]! %= 1_000_000_000;
    const words = new Uint32Array(filestatBytes >> 2).fill(0xffff_ffff);
    writeFilestatWords(statx, words);
    const known = writeFilestat(
      new Uint8Array(filestatBytes),
      fileStatAt(new DataView(statx.buffer)),
    );
    expect(new Uint8Array(words.buffer)).toEqual(known);
  }
});
