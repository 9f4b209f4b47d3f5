// Typing of the instructions that move control: constructs, branches, calls, exceptions.
import { Opcode } from "../binary/index.ts";
import { readBlockType } from "./block-type.ts";
import type { BodyWalker, Typer } from "./body-walker.ts";
import type { Signature } from "./module-types.ts";
import { asNonNull, referenceTo, Value, type ValueCode } from "./value-code.ts";

function typeBlock(walker: BodyWalker, opcode: number, start: number): void {
  const type = readBlockType(walker.reader, walker.module);
  if (opcode === Opcode.if) walker.pop(Value.i32);
  walker.popAll(type.parameters);
  walker.enter(opcode, start, type);
}

function typeElse(walker: BodyWalker, _: number, start: number): void {
  const { opcode, type, isInElse } = walker.top;
  if (opcode !== Opcode.if || isInElse) walker.reader.fail("an `else` has no `if`", start);
  const control = walker.leave();
  walker.enter(opcode, control.start, type);
  walker.top.isInElse = true;
}

function typeEnd(walker: BodyWalker): void {
  const { opcode, type, isInElse } = walker.leave();
  const { parameters, results } = type;
  if (opcode === Opcode.if && !isInElse && !areSame(parameters, results)) {
    walker.reader.fail("an `if` without `else` must result in what it was given");
  }
  if (walker.controls.length > 0) walker.pushAll(results);
}

function areSame(one: readonly ValueCode[], other: readonly ValueCode[]): boolean {
  return one.length === other.length && one.every((type, index) => type === other[index]);
}

function typeTryTable(walker: BodyWalker, opcode: number, start: number): void {
  const { reader } = walker;
  const type = readBlockType(walker.reader, walker.module);
  walker.popAll(type.parameters);
  const countStart = reader.position;
  const count = reader.u32();
  const countEnd = reader.position;
  let catchesAll = false;
  for (let left = count; left > 0; left--) catchesAll = typeClause(walker) || catchesAll;
  if (walker.isReached) {
    walker.observer.handler?.(walker, { countStart, countEnd, count, catchesAll });
  }
  walker.enter(opcode, start, type);
}

/** One clause; whether it catches everything. */
function typeClause(walker: BodyWalker): boolean {
  const { reader } = walker;
  const kind = reader.u8();
  if (kind > 3) reader.fail(`catch clause ${kind} is unknown`);
  const payload = kind < 2 ? tagParameters(walker, reader.u32()) : [];
  const received = (kind & 1) === 1 ? [...payload, asNonNull(Value.exnref)] : payload;
  const expected = walker.labelTypes(reader.u32());
  if (received.length !== expected.length) {
    reader.fail("a catch clause passes other values than its label takes");
  }
  const { height } = walker.operands;
  // One by one: as a group they would be taken for the values that the construct begins with.
  for (const type of received) walker.push(type);
  walker.popAll(expected);
  walker.operands.height = height;
  return kind >= 2;
}

function tagParameters(walker: BodyWalker, tag: number): readonly ValueCode[] {
  const type = walker.module.tags[tag];
  if (type === undefined) walker.reader.fail(`there is no tag ${tag}`);
  return walker.typeAt(type).parameters;
}

function typeBranchTable(walker: BodyWalker): void {
  const { reader } = walker;
  walker.pop(Value.i32);
  let arity = -1;
  for (let left = reader.u32() + 1; left > 0; left--) {
    const types = walker.labelTypes(reader.u32());
    if (arity >= 0 && types.length !== arity) reader.fail("labels of a table differ in values");
    arity = types.length;
    walker.check(types);
  }
  walker.setUnreachable();
}

function typeBranchOnNull(walker: BodyWalker): void {
  const label = walker.labelTypes(walker.reader.u32());
  const reference = walker.pop(Value.unknown);
  walker.check(label);
  walker.push(asNonNull(reference));
}

function typeBranchOnNonNull(walker: BodyWalker): void {
  const label = walker.labelTypes(walker.reader.u32());
  const reference = walker.pop(Value.unknown);
  walker.push(asNonNull(reference));
  walker.check(label);
  walker.pop(Value.unknown);
}

/** Reads what is called: its index if it is known, its type, and what it takes from the stack. */
function readCallee(walker: BodyWalker, opcode: number): Callee {
  const { reader } = walker;
  const first = reader.u32();
  if (opcode === Opcode.call || opcode === Opcode.returnCall) {
    const typeIndex = walker.module.functions[first];
    if (typeIndex === undefined) reader.fail(`there is no function ${first}`);
    return { index: first, type: walker.typeAt(typeIndex), through: undefined };
  }
  const type = walker.typeAt(first);
  if (opcode === Opcode.callRef || opcode === Opcode.returnCallRef) {
    return { index: undefined, type, through: referenceTo(first, true) };
  }
  const table = walker.module.tables[reader.u32()] ?? reader.fail("there is no such table");
  return { index: undefined, type, through: table.index };
}

interface Callee {
  readonly index: number | undefined;
  readonly type: Signature;
  /** Type of the table index or reference that it is found by. */
  readonly through: ValueCode | undefined;
}

function typeCall(walker: BodyWalker, opcode: number, start: number): void {
  const { index, type, through } = readCallee(walker, opcode);
  if (walker.isReached) {
    const argumentCount = type.parameters.length + (through === undefined ? 0 : 1);
    const end = walker.reader.position;
    walker.observer.call?.(walker, { opcode, start, end, callee: index, type, argumentCount });
  }
  if (through !== undefined) walker.pop(through);
  walker.popAll(type.parameters);
  walker.pushAll(type.results);
}

function typeTailCall(walker: BodyWalker, opcode: number): void {
  const { type, through } = readCallee(walker, opcode);
  if (through !== undefined) walker.pop(through);
  walker.popAll(type.parameters);
  walker.setUnreachable();
}

function typeThrow(walker: BodyWalker): void {
  walker.popAll(tagParameters(walker, walker.reader.u32()));
  walker.setUnreachable();
}

export const controlTypers: Readonly<Record<number, Typer>> = {
  0x00: (walker) => walker.setUnreachable(),
  0x01: () => undefined,
  [Opcode.block]: typeBlock,
  [Opcode.loop]: typeBlock,
  [Opcode.if]: typeBlock,
  [Opcode.else]: typeElse,
  [Opcode.throw]: typeThrow,
  [Opcode.throwRef]: (walker) => {
    walker.pop(Value.exnref);
    walker.setUnreachable();
  },
  [Opcode.end]: typeEnd,
  [Opcode.branch]: (walker) => {
    walker.popAll(walker.labelTypes(walker.reader.u32()));
    walker.setUnreachable();
  },
  [Opcode.branchIf]: (walker) => {
    walker.pop(Value.i32);
    walker.check(walker.labelTypes(walker.reader.u32()));
  },
  [Opcode.branchTable]: typeBranchTable,
  [Opcode.return]: (walker) => {
    walker.popAll(walker.type.results);
    walker.setUnreachable();
  },
  [Opcode.call]: typeCall,
  [Opcode.callIndirect]: typeCall,
  [Opcode.callRef]: typeCall,
  [Opcode.returnCall]: typeTailCall,
  [Opcode.returnCallIndirect]: typeTailCall,
  [Opcode.returnCallRef]: typeTailCall,
  [Opcode.tryTable]: typeTryTable,
  [Opcode.branchOnNull]: typeBranchOnNull,
  [Opcode.branchOnNonNull]: typeBranchOnNonNull,
};
