// The smallest values: constants, locals, globals, null references.
import { referenceTo } from "../../../src/process/wasm/rewrite/value-code.ts";
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { typeIndex } from "./module-plan.ts";

const localGet = 0x20;
const localSet = 0x21;
const globalGet = 0x23;
const refNull = 0xd0;
const refFunc = 0xd2;
const refAsNonNull = 0xd4;
const refBranchOnNull = 0xd5;

export function leaf(body: Body, type: ValueCode): void {
  const { random } = body;
  const choice = random.below(4);
  const isGlobal = body.plan.globals.includes(type);
  if (choice === 0 || (choice === 1 && !isGlobal)) body.op(localGet, body.local(type));
  else if (choice === 1) body.op(globalGet, body.global(type));
  else constant(body, type);
}

export function constant(body: Body, type: ValueCode): void {
  const writer = numberConstants[type];
  if (writer !== undefined) writer(body);
  else if (type === Value.funcref) functionReference(body);
  else body.out.u8(refNull).u8(type);
}

/** Of any kind of function, the host's among them. */
function functionReference(body: Body): void {
  if (body.random.chance(1, 4)) body.out.u8(refNull).u8(Value.funcref);
  else body.op(refFunc, body.random.below(body.plan.functions.length));
}

/** A reference of the function's own type, and that type's index. */
export function typedReference(body: Body, functionIndex: number): number {
  const { parameters, results } = body.plan.functions[functionIndex];
  const index = typeIndex(body.plan, parameters, results);
  body.count("typed function references");
  throughLocal(body, functionIndex, referenceTo(index, true));
  return index;
}

/** Straight, or by way of a local that can be null; then perhaps with the test for that. */
function throughLocal(body: Body, functionIndex: number, type: ValueCode): void {
  const { random } = body;
  const local = random.chance(1, 2) ? body.local(type) : undefined;
  const isSet = local === undefined || !random.chance(1, 12);
  if (isSet) body.op(refFunc, functionIndex);
  if (local !== undefined && isSet) body.op(localSet, local);
  if (local !== undefined) body.op(localGet, local);
  const choice = random.below(6);
  if (choice === 0) body.count("ref.as_non_null").op(refAsNonNull);
  if (choice === 1) branchOnNull(body);
}

function branchOnNull(body: Body): void {
  const { labels, random } = body;
  const empty = labels.flatMap(({ types }, at) =>
    types.length === 0 ? [labels.length - 1 - at] : [],
  );
  if (empty.length > 0) body.count("br_on_null").op(refBranchOnNull, random.pick(empty));
}

const interesting = [0, 1, -1, 2, 7, 255, 0x7fffffff, -0x80000000, 0x12345678];

const numberConstants: Readonly<Record<number, (body: Body) => void>> = {
  [Value.i32]: (body) => void body.i32(drawWord(body)),
  [Value.i64]: (body) => void body.op(0x42).out.s32(drawWord(body) * body.random.below(0x100000)),
  [Value.f32]: (body) => bits(body.op(0x43), 4, 0x7f),
  [Value.f64]: (body) => bits(body.op(0x44), 8, 0x7f),
  [Value.v128]: (body) => bits(body.prefixed(0xfd, 12), 16, 0),
};

function drawWord({ random }: Body): number {
  return random.chance(1, 2) ? random.pick(interesting) : random.next() | 0;
}

/** Bits of any pattern; sometimes those of a not-a-number. */
function bits(body: Body, byteCount: number, nanByte: number): void {
  const bytes = new Uint8Array(byteCount);
  body.random.fill(bytes);
  if (nanByte !== 0 && body.random.chance(1, 4)) bytes.set([0xf4, nanByte], byteCount - 2);
  body.out.raw(bytes);
}
