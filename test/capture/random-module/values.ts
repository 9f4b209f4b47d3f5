// Code that leaves values of given types: leaves, operators, loads, calls and constructs within each
// other, so that values lie on the operand stack while others are still being made by calls.
//
// Floating-point operators get at most one operand that may be a not-a-number: of two, an engine may
// keep the bits of either, and another tier of it does.
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { callFor, point } from "./calls.ts";
import { construct } from "./exceptions.ts";
import { leaf } from "./leaves.ts";
import { load, tableValue } from "./memory-code.ts";

const localTee = 0x22;
const branchIf = 0x0d;
const { i32, i64, f32, f64, v128, funcref, externref } = Value;

export function value(body: Body, type: ValueCode): void {
  if (body.isSpent()) leaf(body, type);
  else body.nested(() => body.random.pick(makers)(body, type));
}

export function values(body: Body, types: readonly ValueCode[]): void {
  const { random } = body;
  if (types.length > 1 && !body.isSpent() && random.chance(1, 2)) {
    const isMade = random.chance(1, 2)
      ? callFor(body, types)
      : (body.nested(() => construct(body, types)), true);
    if (isMade) return;
  }
  for (const type of types) body.value(type);
}

type Maker = (body: Body, type: ValueCode) => void;

const makers: readonly Maker[] = [
  operator,
  operator,
  operator,
  operator,
  (body, type) => leaf(body, type),
  (body, type) => construct(body, [type]),
  (body, type) => {
    if (!callFor(body, [type])) operator(body, type);
  },
  (body, type) => (type === i32 ? point(body) : operator(body, type)),
  load,
  tee,
  select,
  branchWithValue,
];

/** Operators by result: operand types, and the bytes that follow them. */
type Operator = readonly [operands: readonly ValueCode[], ...code: number[]];

const convert64 = [0xb7];
const operators: Readonly<Record<number, readonly Operator[]>> = {
  [i32]: [
    ...[0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x77, 0x48, 0x4d].map((code): Operator => [
      [i32, i32],
      code,
    ]),
    [[i32], 0x45],
    [[i32], 0x67],
    [[i64], 0xa7],
    [[i64, i64], 0x53],
    [[f32], 0xbc],
    [[f64], 0xfc, 2],
    [[v128], 0xfd, 27, 2],
    [[funcref], 0xd1],
    [[externref], 0xd1],
  ],
  [i64]: [
    ...[0x7c, 0x7d, 0x7e, 0x85, 0x89].map((code): Operator => [[i64, i64], code]),
    [[i32], 0xac],
    [[f64], 0xbd],
    [[f32], 0xfc, 4],
    [[v128], 0xfd, 29, 1],
  ],
  [f32]: [
    [[f32], 0x8c],
    [[f32, f32], 0x98],
    [[i32], 0xbe],
    [[i64], 0xb4],
    [[f32, i32], 0xb2, 0x92],
    [[v128], 0xfd, 31, 3],
  ],
  [f64]: [
    [[f64], 0x99],
    [[i64], 0xbf],
    [[i32], ...convert64],
    [[f64, i32], ...convert64, 0xa2],
    [[f64, i32], ...convert64, 0xa0],
    [[v128], 0xfd, 33, 0],
  ],
  [v128]: [
    [[i32], 0xfd, 17],
    [[i64], 0xfd, 18],
    [[v128, v128], 0xfd, 0x8e + 0, 0x01],
    [[v128, v128], 0xfd, 81],
    [[v128, i32], 0xfd, 28, 1],
    [[v128, i64], 0xfd, 30, 0],
    [[v128, f32], 0xfd, 32, 2],
    [[v128, f64], 0xfd, 34, 1],
  ],
};

function operator(body: Body, type: ValueCode): void {
  const known = operators[type];
  if (known === undefined) {
    if (type === funcref || type === externref) tableValue(body, type);
    else leaf(body, type);
    return;
  }
  const [operands, ...code] = body.random.pick(known);
  body.values(operands);
  body.out.raw(code);
}

function tee(body: Body, type: ValueCode): void {
  body.value(type);
  body.op(localTee, body.local(type));
}

function select(body: Body, type: ValueCode): void {
  body.count("select");
  body.values([type, type, i32]);
  body.op(0x1c, 1, type);
}

/** A branch that is taken or not, its value left behind if not. */
function branchWithValue(body: Body, type: ValueCode): void {
  const { labels, random } = body;
  const fitting = labels.flatMap(({ types }, index) =>
    types.length === 1 && types[0] === type ? [labels.length - 1 - index] : [],
  );
  body.value(type);
  if (fitting.length === 0) return;
  body.value(i32);
  body.count("br_if with a value");
  body.op(branchIf, random.pick(fitting));
}
