// Memory and tables: loads and stores of every type, bulk operations, segments, growth. Addresses are
// cut down to the first page now and then not at all, so that some accesses are out of bounds.
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { leaf } from "./leaves.ts";
import { dataBytes, externTableSize, tableSize, writableFrom } from "./module-plan.ts";

const { i32, i64, f32, f64, v128, funcref, externref } = Value;
const tableGet = 0x25;
const tableSet = 0x26;
const drop = 0x1a;

/** Behind it the state is written down at the end. */
export const lastAddress = 0xf000;

export function address(body: Body): void {
  body.value(i32);
  if (body.random.chance(1, 60)) return;
  body.i32(0xeff0).op(0x71);
}

const loads: Readonly<Record<number, readonly number[]>> = {
  [i32]: [0x28, 0x2c, 0x2f],
  [i64]: [0x29, 0x30, 0x35],
  [f32]: [0x2a],
  [f64]: [0x2b],
};

export function load(body: Body, type: ValueCode): void {
  const codes = loads[type];
  if (codes === undefined && type !== v128) {
    leaf(body, type);
    return;
  }
  address(body);
  body.count("loads");
  if (codes === undefined) body.prefixed(0xfd, 0);
  else body.op(body.random.pick(codes));
  body.op(0, body.random.below(16));
}

const stores: Readonly<Record<number, readonly number[]>> = {
  [i32]: [0x36, 0x3a, 0x3b],
  [i64]: [0x37, 0x3e],
  [f32]: [0x38],
  [f64]: [0x39],
};

export function store(body: Body): void {
  const type = body.random.pick([i32, i64, f32, f64, v128]);
  address(body);
  body.value(type);
  body.count("stores");
  if (type === v128) body.prefixed(0xfd, 11);
  else body.op(body.random.pick(stores[type]));
  body.op(0, body.random.below(16));
}

/** A number below a limit, but for a rare one. */
function small(body: Body, limit: number): void {
  if (body.random.chance(1, 40)) body.value(i32);
  else body.i32(body.random.below(limit));
}

export function bulk(body: Body): void {
  const [name, write] = body.random.pick(bulkOperations);
  body.count(name);
  write(body);
}

const bulkOperations: readonly (readonly [string, (body: Body) => void])[] = [
  ["memory.fill", (body) => (address(body), body.value(i32), memoryRange(body, 11, [0]))],
  ["memory.copy", (body) => (address(body), address(body), memoryRange(body, 10, [0, 0]))],
  [
    "memory.init",
    (body) => {
      address(body);
      small(body, dataBytes / 2);
      small(body, dataBytes / 2);
      body.prefixed(0xfc, 8, 0, 0);
    },
  ],
  ["memory.grow", (body) => void body.i32(body.random.below(2)).op(0x40, 0).op(drop)],
  ["memory.size", (body) => void body.op(0x3f, 0).op(drop)],
  ["data.drop", (body) => void body.prefixed(0xfc, 9, 0)],
  ["elem.drop", (body) => void body.prefixed(0xfc, 13, 1)],
  ["table.set", (body) => (place(body, 0), body.value(funcref), void body.op(tableSet, 0))],
  [
    "table.set extern",
    (body) => (place(body, 1), body.value(externref), void body.op(tableSet, 1)),
  ],
  [
    "table.fill",
    (body) => (place(body, 0), body.value(funcref), body.i32(1), void body.prefixed(0xfc, 17, 0)),
  ],
  [
    "table.copy",
    (body) => (place(body, 0), place(body, 0), body.i32(1), void body.prefixed(0xfc, 14, 0, 0)),
  ],
  [
    "table.init",
    (body) => (place(body, 0), small(body, 3), body.i32(1), void body.prefixed(0xfc, 12, 1, 0)),
  ],
  [
    "table.grow",
    (body) => (body.value(externref), body.i32(1), void body.prefixed(0xfc, 15, 1).op(drop)),
  ],
  [
    "atomic add",
    (body) => (body.i32(64), body.value(i32), void body.prefixed(0xfe, 30, 2, 0).op(drop)),
  ],
];

function memoryRange(body: Body, opcode: number, immediates: readonly number[]): void {
  small(body, 200);
  body.prefixed(0xfc, opcode, ...immediates);
}

/** An index into a table at which code may write. */
function place(body: Body, table: number): void {
  if (table === 1) small(body, externTableSize);
  else body.i32(body.random.between(writableFrom, tableSize - 1));
}

export function tableValue(body: Body, type: ValueCode): void {
  const table = type === funcref ? 0 : 1;
  small(body, table === 0 ? tableSize : externTableSize);
  body.count("table.get");
  body.op(tableGet, table);
}
