// The operand types of every instruction that only takes operands and gives at most one: arithmetic,
// comparisons, memory, vectors, atomics. One row for a range of opcodes, in the notation
// "operands>result": i I f F v for the number types, a for an address of the memory named by the
// instruction. Whatever reads an index or moves control is typed in `body-walker.ts` by hand.
import { Value, type ValueCode } from "./value-code.ts";

export interface InstructionType {
  /** Top of the stack first: the order of popping. */
  readonly operands: readonly ValueCode[];
  /** Zero for none. */
  readonly result: ValueCode;
  readonly takesAddress: boolean;
}

/** In `operands`: the address type of the instruction's memory. */
export const address = 1;

type Row = readonly [first: number, last: number, notation: string];

const plain: readonly Row[] = [
  [0x28, 0x28, "a>i"],
  [0x29, 0x29, "a>I"],
  [0x2a, 0x2a, "a>f"],
  [0x2b, 0x2b, "a>F"],
  [0x2c, 0x2f, "a>i"],
  [0x30, 0x35, "a>I"],
  [0x36, 0x36, "ai>"],
  [0x37, 0x37, "aI>"],
  [0x38, 0x38, "af>"],
  [0x39, 0x39, "aF>"],
  [0x3a, 0x3b, "ai>"],
  [0x3c, 0x3e, "aI>"],
  [0x41, 0x41, ">i"],
  [0x42, 0x42, ">I"],
  [0x43, 0x43, ">f"],
  [0x44, 0x44, ">F"],
  [0x45, 0x45, "i>i"],
  [0x46, 0x4f, "ii>i"],
  [0x50, 0x50, "I>i"],
  [0x51, 0x5a, "II>i"],
  [0x5b, 0x60, "ff>i"],
  [0x61, 0x66, "FF>i"],
  [0x67, 0x69, "i>i"],
  [0x6a, 0x78, "ii>i"],
  [0x79, 0x7b, "I>I"],
  [0x7c, 0x8a, "II>I"],
  [0x8b, 0x91, "f>f"],
  [0x92, 0x98, "ff>f"],
  [0x99, 0x9f, "F>F"],
  [0xa0, 0xa6, "FF>F"],
  [0xa7, 0xa7, "I>i"],
  [0xa8, 0xa9, "f>i"],
  [0xaa, 0xab, "F>i"],
  [0xac, 0xad, "i>I"],
  [0xae, 0xaf, "f>I"],
  [0xb0, 0xb1, "F>I"],
  [0xb2, 0xb3, "i>f"],
  [0xb4, 0xb5, "I>f"],
  [0xb6, 0xb6, "F>f"],
  [0xb7, 0xb8, "i>F"],
  [0xb9, 0xba, "I>F"],
  [0xbb, 0xbb, "f>F"],
  [0xbc, 0xbc, "f>i"],
  [0xbd, 0xbd, "F>I"],
  [0xbe, 0xbe, "i>f"],
  [0xbf, 0xbf, "I>F"],
  [0xc0, 0xc1, "i>i"],
  [0xc2, 0xc4, "I>I"],
];

const saturating: readonly Row[] = [
  [0, 1, "f>i"],
  [2, 3, "F>i"],
  [4, 5, "f>I"],
  [6, 7, "F>I"],
];

const vector: readonly Row[] = [
  [0, 10, "a>v"],
  [11, 11, "av>"],
  [12, 12, ">v"],
  [13, 14, "vv>v"],
  [15, 17, "i>v"],
  [18, 18, "I>v"],
  [19, 19, "f>v"],
  [20, 20, "F>v"],
  [21, 22, "v>i"],
  [23, 23, "vi>v"],
  [24, 25, "v>i"],
  [26, 26, "vi>v"],
  [27, 27, "v>i"],
  [28, 28, "vi>v"],
  [29, 29, "v>I"],
  [30, 30, "vI>v"],
  [31, 31, "v>f"],
  [32, 32, "vf>v"],
  [33, 33, "v>F"],
  [34, 34, "vF>v"],
  [35, 76, "vv>v"],
  [77, 77, "v>v"],
  [78, 81, "vv>v"],
  [82, 82, "vvv>v"],
  [83, 83, "v>i"],
  [84, 87, "av>v"],
  [88, 91, "av>"],
  [92, 93, "a>v"],
  [94, 98, "v>v"],
  [99, 100, "v>i"],
  [101, 102, "vv>v"],
  [103, 106, "v>v"],
  [107, 109, "vi>v"],
  [110, 115, "vv>v"],
  [116, 117, "v>v"],
  [118, 121, "vv>v"],
  [122, 122, "v>v"],
  [123, 123, "vv>v"],
  [124, 129, "v>v"],
  [130, 130, "vv>v"],
  [131, 132, "v>i"],
  [133, 134, "vv>v"],
  [135, 138, "v>v"],
  [139, 141, "vi>v"],
  [142, 147, "vv>v"],
  [148, 148, "v>v"],
  [149, 153, "vv>v"],
  [155, 159, "vv>v"],
  [160, 161, "v>v"],
  [163, 164, "v>i"],
  [167, 170, "v>v"],
  [171, 173, "vi>v"],
  [174, 174, "vv>v"],
  [177, 177, "vv>v"],
  [181, 186, "vv>v"],
  [188, 191, "vv>v"],
  [192, 193, "v>v"],
  [195, 196, "v>i"],
  [199, 202, "v>v"],
  [203, 205, "vi>v"],
  [206, 206, "vv>v"],
  [209, 209, "vv>v"],
  [213, 223, "vv>v"],
  [224, 225, "v>v"],
  [227, 227, "v>v"],
  [228, 235, "vv>v"],
  [236, 237, "v>v"],
  [239, 239, "v>v"],
  [240, 247, "vv>v"],
  [248, 255, "v>v"],
  [256, 256, "vv>v"],
  [257, 260, "v>v"],
  [261, 268, "vvv>v"],
  [269, 274, "vv>v"],
  [275, 275, "vvv>v"],
];

const atomic: readonly Row[] = [
  [0, 0, "ai>i"],
  [1, 1, "aiI>i"],
  [2, 2, "aII>i"],
  [3, 3, ">"],
  [16, 16, "a>i"],
  [17, 17, "a>I"],
  [18, 19, "a>i"],
  [20, 22, "a>I"],
  [23, 23, "ai>"],
  [24, 24, "aI>"],
  [25, 26, "ai>"],
  [27, 29, "aI>"],
  ...[30, 37, 44, 51, 58, 65].flatMap((first): Row[] => [
    [first, first, "ai>i"],
    [first + 1, first + 1, "aI>I"],
    [first + 2, first + 3, "ai>i"],
    [first + 4, first + 6, "aI>I"],
  ]),
  [72, 72, "aii>i"],
  [73, 73, "aII>I"],
  [74, 75, "aii>i"],
  [76, 78, "aII>I"],
];

const letters: Readonly<Record<string, ValueCode>> = {
  i: Value.i32,
  I: Value.i64,
  f: Value.f32,
  F: Value.f64,
  v: Value.v128,
  a: address,
};

function parse(notation: string): InstructionType {
  const [operands, result] = notation.split(">");
  return {
    operands: operands
      .split("")
      .map((letter) => letters[letter])
      .toReversed(),
    result: result === "" ? 0 : letters[result],
    takesAddress: operands.includes("a"),
  };
}

function expand(rows: readonly Row[]): (InstructionType | undefined)[] {
  const types = Array.from<InstructionType | undefined>({ length: 276 });
  for (const [first, last, notation] of rows) types.fill(parse(notation), first, last + 1);
  return types;
}

const families: Readonly<Record<number, readonly (InstructionType | undefined)[]>> = {
  0: expand(plain),
  0xfc: expand(saturating),
  0xfd: expand(vector),
  0xfe: expand(atomic),
};

/** Undefined when the instruction is not of this simple kind, or does not exist. */
export function instructionType(opcode: number): InstructionType | undefined {
  return families[opcode >>> 16]?.[opcode & 0xffff];
}
