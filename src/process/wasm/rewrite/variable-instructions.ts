// Typing of the instructions that read an index: locals, globals, tables, references, and the bulk
// operations on memories and tables; and of those whose type depends on their operands.
import { Opcode } from "../binary/index.ts";
import type { BodyWalker, Typer } from "./body-walker.ts";
import type { GlobalType, TableType } from "./module-types.ts";
import {
  asNonNull,
  isReference,
  readHeapCode,
  readValueCode,
  referenceTo,
  Value,
  type ValueCode,
} from "./value-code.ts";

function getLocal(walker: BodyWalker): void {
  const { reader, locals, operands } = walker;
  const index = reader.u32();
  const type = locals[index] ?? reader.fail(`there is no local ${index}`);
  operands.push(type, reader.position, index);
}

function setLocal(walker: BodyWalker): void {
  const { reader, locals, lastSet } = walker;
  const index = reader.u32();
  walker.pop(locals[index] ?? reader.fail(`there is no local ${index}`));
  lastSet[index] = reader.position;
}

function teeLocal(walker: BodyWalker): void {
  const { reader, locals, lastSet, operands } = walker;
  const index = reader.u32();
  const type = locals[index] ?? reader.fail(`there is no local ${index}`);
  walker.pop(type);
  lastSet[index] = reader.position;
  operands.push(type, reader.position, index);
}

function readGlobal(walker: BodyWalker): GlobalType {
  const index = walker.reader.u32();
  return walker.module.globals[index] ?? walker.reader.fail(`there is no global ${index}`);
}

function readTable(walker: BodyWalker): TableType {
  const index = walker.reader.u32();
  return walker.module.tables[index] ?? walker.reader.fail(`there is no table ${index}`);
}

function readMemory(walker: BodyWalker): ValueCode {
  return walker.memoryAddress(walker.reader.u32());
}

function typeSelect(walker: BodyWalker): void {
  walker.pop(Value.i32);
  const second = walker.pop(Value.unknown);
  const first = walker.pop(second);
  const type = first === Value.unknown ? second : first;
  if (isReference(type)) walker.reader.fail("a `select` of references must name its type");
  walker.push(type);
}

function typeTypedSelect(walker: BodyWalker): void {
  const { reader } = walker;
  if (reader.u32() !== 1) reader.fail("a `select` must name one type");
  const type = readValueCode(reader);
  walker.pop(Value.i32);
  walker.pop(type);
  walker.pop(type);
  walker.push(type);
}

function popReference(walker: BodyWalker): ValueCode {
  const type = walker.pop(Value.unknown);
  if (type !== Value.unknown && !isReference(type)) {
    walker.reader.fail("an operand is not a reference where one is needed");
  }
  return type;
}

function typeGlobalSet(walker: BodyWalker): void {
  const { value, isMutable } = readGlobal(walker);
  if (!isMutable) walker.reader.fail("a global that never changes is set");
  walker.pop(value);
}

// The function itself is checked for being declared by the engine alone.
function typeFunctionReference(walker: BodyWalker): void {
  const index = walker.reader.u32();
  const type = walker.module.functions[index];
  if (type === undefined) walker.reader.fail(`there is no function ${index}`);
  walker.push(referenceTo(type, false));
}

/** The index type that both sides of a copy can count in. */
function narrower(one: ValueCode, other: ValueCode): ValueCode {
  return one === other ? one : Value.i32;
}

function popSpan(walker: BodyWalker, to: ValueCode, from: ValueCode, count: ValueCode): void {
  walker.pop(count);
  walker.pop(from);
  walker.pop(to);
}

const memoryTypers: Readonly<Record<number, Typer>> = {
  0x3f: (walker) => walker.push(readMemory(walker)),
  0x40: (walker) => {
    const address = readMemory(walker);
    walker.pop(address);
    walker.push(address);
  },
  [Opcode.memoryInit]: (walker) => {
    walker.reader.u32();
    popSpan(walker, readMemory(walker), Value.i32, Value.i32);
  },
  [Opcode.dataDrop]: (walker) => void walker.reader.u32(),
  [Opcode.memoryCopy]: (walker) => {
    const to = readMemory(walker);
    const from = readMemory(walker);
    popSpan(walker, to, from, narrower(to, from));
  },
  [Opcode.memoryFill]: (walker) => {
    const address = readMemory(walker);
    popSpan(walker, address, Value.i32, address);
  },
};

const tableTypers: Readonly<Record<number, Typer>> = {
  [Opcode.tableGet]: (walker) => {
    const { element, index } = readTable(walker);
    walker.pop(index);
    walker.push(element);
  },
  0x26: (walker) => {
    const { element, index } = readTable(walker);
    walker.pop(element);
    walker.pop(index);
  },
  [Opcode.tableInit]: (walker) => {
    walker.reader.u32();
    popSpan(walker, readTable(walker).index, Value.i32, Value.i32);
  },
  [Opcode.elementDrop]: (walker) => void walker.reader.u32(),
  [Opcode.tableCopy]: (walker) => {
    const to = readTable(walker).index;
    const from = readTable(walker).index;
    popSpan(walker, to, from, narrower(to, from));
  },
  0xfc000f: (walker) => {
    const { element, index } = readTable(walker);
    walker.pop(index);
    walker.pop(element);
    walker.push(index);
  },
  0xfc0010: (walker) => walker.push(readTable(walker).index),
  [Opcode.tableFill]: (walker) => {
    const { element, index } = readTable(walker);
    popSpan(walker, index, element, index);
  },
};

const referenceTypers: Readonly<Record<number, Typer>> = {
  0xd0: (walker) => walker.push(readHeapCode(walker.reader, true)),
  0xd1: (walker) => {
    popReference(walker);
    walker.push(Value.i32);
  },
  [Opcode.refFunc]: typeFunctionReference,
  [Opcode.refAsNonNull]: (walker) => walker.push(asNonNull(popReference(walker))),
};

export const variableTypers: Readonly<Record<number, Typer>> = {
  0x1a: (walker) => void walker.pop(Value.unknown),
  0x1b: typeSelect,
  0x1c: typeTypedSelect,
  [Opcode.localGet]: getLocal,
  [Opcode.localSet]: setLocal,
  [Opcode.localTee]: teeLocal,
  [Opcode.globalGet]: (walker) => walker.push(readGlobal(walker).value),
  [Opcode.globalSet]: typeGlobalSet,
  ...memoryTypers,
  ...tableTypers,
  ...referenceTypers,
};
