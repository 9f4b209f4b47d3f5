// Blocks, loops and ifs, with parameters and results, and the fuel that ends every loop.
import { Value, type ValueCode } from "../../../src/process/wasm/rewrite/index.ts";
import type { Body } from "./body.ts";
import { consume } from "./calls.ts";
import { constant } from "./leaves.ts";
import { allTypes } from "./module-plan.ts";

const block = 0x02;
const loop = 0x03;
const ifOpcode = 0x04;
const elseOpcode = 0x05;
const end = 0x0b;
const globalGet = 0x23;
const globalSet = 0x24;
const returnOpcode = 0x0f;

/** A block, a loop or an if that leaves these. */
export function plainConstruct(body: Body, results: readonly ValueCode[]): void {
  const { random } = body;
  const parameters = random.chance(1, 3) ? drawParameters(body) : [];
  body.values(parameters);
  const kind = random.below(3);
  if (kind === 2) {
    ifConstruct(body, parameters, results);
    return;
  }
  const name = kind === 0 ? "block" : "loop";
  body.count(parameters.length > 0 ? `${name} with parameters` : name);
  if (results.length > 1) body.count("constructs with several results");
  body.op(kind === 0 ? block : loop).blockType(parameters, results);
  inside(body, kind === 0 ? results : parameters, () => {
    if (kind === 1) burnFuel(body);
    content(body, parameters, results);
  });
  body.op(end);
}

export function drawParameters({ random }: Body): ValueCode[] {
  return Array.from({ length: random.between(1, 3) }, () => random.pick(allTypes));
}

function ifConstruct(
  body: Body,
  parameters: readonly ValueCode[],
  results: readonly ValueCode[],
): void {
  body.count(parameters.length > 0 ? "if with parameters" : "if");
  body.value(Value.i32);
  body.op(ifOpcode).blockType(parameters, results);
  inside(body, results, () => content(body, parameters, results));
  body.op(elseOpcode);
  inside(body, results, () => content(body, parameters, results));
  body.op(end);
}

/** Writes with a label open. */
export function inside(body: Body, labelTypes: readonly ValueCode[], write: () => void): void {
  body.labels.push({ types: labelTypes, isHandler: false });
  write();
  body.labels.pop();
}

/** Statements above what is on the stack already, its use, statements, and the results. */
export function content(
  body: Body,
  given: readonly ValueCode[],
  results: readonly ValueCode[],
): void {
  body.statements(body.random.below(3));
  consume(body, given);
  body.statements(body.random.below(3));
  body.values(results);
}

/** Takes one unit of fuel; without any, the function returns nothing much. */
export function burnFuel(body: Body): void {
  const { fuelGlobal } = body.plan;
  body.op(globalGet, fuelGlobal).i32(1).op(0x6b).op(globalSet, fuelGlobal);
  body.op(globalGet, fuelGlobal).i32(0).op(0x48).op(ifOpcode).blockType([], []);
  for (const type of body.type.results) constant(body, type);
  body.op(returnOpcode).op(end);
}
