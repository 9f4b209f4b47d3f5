// Calls of every kind: of the host, direct, through a table, by reference, and in tail position.
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { typedReference } from "./leaves.ts";
import { areSame, entryFunction, type Signature, typeIndex } from "./module-plan.ts";

const call = 0x10;
const callIndirect = 0x11;
const callReference = 0x14;
const tail = { direct: 0x12, indirect: 0x13, reference: 0x15 } as const;
const drop = 0x1a;
const localSet = 0x21;

/** A call of the host, whose answer is mixed into what follows. */
export function point(body: Body): void {
  body.count("host.point");
  body.value(Value.i32);
  body.op(call, 0);
}

/** A call whose results are these, if there is a function that has them. */
export function callFor(body: Body, results: readonly ValueCode[]): boolean {
  const callee = find(body, (type) => areSame(type.results, results));
  if (callee === undefined) return false;
  body.nested(() => callFunction(body, callee));
  return true;
}

/** A call whose results are dropped or set aside. */
export function callAny(body: Body): void {
  const callee = body.random.below(body.plan.functions.length);
  callFunction(body, callee);
  consume(body, body.plan.functions[callee].results);
}

/** A call in place of the function's own end. */
export function tailCall(body: Body): boolean {
  const callee = find(body, (type) => areSame(type.results, body.type.results));
  if (callee === undefined) return false;
  const { parameters } = body.plan.functions[callee];
  body.values(parameters);
  const how = body.random.below(3);
  if (how === 0) body.op(tail.direct, callee);
  else if (how === 1) throughTable(body, callee, tail.indirect);
  else body.op(tail.reference, typedReference(body, callee));
  body.count(`return_call${["", "_indirect", "_ref"][how]}`);
  return true;
}

/** Takes values from the stack, the last first. */
export function consume(body: Body, types: readonly ValueCode[]): void {
  for (const type of types.toReversed()) {
    if (body.random.chance(1, 3)) body.op(drop);
    else body.op(localSet, body.local(type));
  }
}

function callFunction(body: Body, callee: number): void {
  const { parameters, results } = body.plan.functions[callee];
  body.values(parameters);
  if (results.length > 1) body.count("calls with several results");
  const how = body.random.below(5);
  if (how === 0) throughTable(body, callee, callIndirect);
  else if (how === 1) body.op(callReference, typedReference(body, callee));
  else body.op(call, callee);
  const name = ["call_indirect", "call_ref"][how] ?? "call";
  body.count(callee < entryFunction ? `${name} of the host` : name);
}

// Found where the table has it at first, or at a place drawn from all: empty, or of another type.
function throughTable(body: Body, callee: number, opcode: number): void {
  const { plan, random } = body;
  const { parameters, results } = plan.functions[callee];
  const places = plan.tableFunctions.flatMap((one, at) => (one === callee ? [at] : []));
  if (places.length > 0 && !random.chance(1, 30)) body.i32(random.pick(places));
  else if (random.chance(1, 6)) body.value(Value.i32);
  else putInTable(body, callee);
  body.op(opcode, typeIndex(plan, parameters, results), 0);
}

/** Sets the last place of the table that code writes to, and leaves its index. */
function putInTable(body: Body, callee: number): void {
  const at = 23;
  body.i32(at).op(0xd2, callee).op(0x26, 0).i32(at);
}

function find(body: Body, fits: (type: Signature) => boolean): number | undefined {
  const { functions } = body.plan;
  const fitting = [...functions.keys()].filter((index) => fits(functions[index]));
  return fitting.length === 0 ? undefined : body.random.pick(fitting);
}
