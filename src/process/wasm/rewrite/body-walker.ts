// Walks one function body, instruction by instruction, and knows at each which values lie on the
// operand stack and which constructs are open. This is the validation algorithm of the
// specification, made to be stopped at: an observer is told of every call before it takes its
// arguments, and of every handler.
import type { ByteReader } from "../binary/index.ts";
import { Opcode, readOpcode, skipImmediates } from "../binary/index.ts";
import { controlTypers } from "./control-instructions.ts";
import { address, type InstructionType, instructionType } from "./instruction-type.ts";
import type { ModuleTypes, Signature } from "./module-types.ts";
import { OperandStack } from "./operand-stack.ts";
import { isSubtype } from "./subtype.ts";
import { nameOfValue, readValueCode, Value, type ValueCode } from "./value-code.ts";
import { variableTypers } from "./variable-instructions.ts";

/** An open construct: a block, a loop, an `if`, a `try_table`, or the function itself. */
export interface Control {
  /** The opcode that opened it; zero for the function. */
  readonly opcode: number;
  /** Offset of that opcode. */
  readonly start: number;
  /** Offset of the first instruction inside. */
  readonly bodyStart: number;
  readonly type: Signature;
  /** Operands below those that belong to it. */
  readonly height: number;
  /** It stands in code that is never reached. */
  readonly isDead: boolean;
  /** The rest of it is never reached. */
  isUnreachable: boolean;
  isInElse: boolean;
}

export interface BodyCall {
  readonly opcode: number;
  readonly start: number;
  /** Offset behind the instruction. */
  readonly end: number;
  /** Index of the function called; undefined through a table or reference. */
  readonly callee: number | undefined;
  readonly type: Signature;
  /** Arguments on the stack, the table index or reference included. */
  readonly argumentCount: number;
}

export interface BodyObserver {
  /** In reached code only, with the arguments still on the stack; not for tail calls. */
  call?(walker: BodyWalker, call: BodyCall): void;
  /** A `try_table` at its clause count, before it is entered. */
  handler?(walker: BodyWalker, clauses: ClauseList): void;
}

/** Where the clauses of a `try_table` stand. */
export interface ClauseList {
  readonly countStart: number;
  readonly countEnd: number;
  readonly count: number;
  readonly catchesAll: boolean;
}

/** Values that came to be together: where the lowest lies, and all their types. */
export interface ValueGroup {
  readonly bottom: number;
  readonly types: readonly ValueCode[];
}

export const localsMax = 50_000;

export type Typer = (walker: BodyWalker, opcode: number, start: number) => void;

export class BodyWalker {
  readonly reader: ByteReader;
  readonly module: ModuleTypes;
  readonly observer: BodyObserver;
  readonly type: Signature;
  /** Types of parameters and locals. */
  readonly locals: ValueCode[];
  /** Offset of the first local declaration's count, and of the code. */
  readonly declarationsStart: number;
  readonly codeStart: number;
  readonly operands = new OperandStack();
  /** For each local, the offset behind the instruction that set it last, in the order of the code. */
  readonly lastSet: Int32Array;
  readonly controls: Control[] = [];
  /** Several values made by one instruction, by the offset behind it. */
  readonly groups = new Map<number, ValueGroup>();

  /** `reader` spans the body, its local declarations included. */
  constructor(
    module: ModuleTypes,
    reader: ByteReader,
    functionIndex: number,
    observer: BodyObserver,
  ) {
    this.module = module;
    this.reader = reader;
    this.observer = observer;
    this.declarationsStart = reader.position;
    this.type =
      module.types[module.functions[functionIndex]] ?? reader.fail("a function has no type");
    this.locals = [...this.type.parameters];
    this.#readLocals();
    this.codeStart = reader.position;
    this.lastSet = new Int32Array(this.locals.length);
    const inner = { parameters: [], results: this.type.results };
    this.enter(0, reader.position, inner);
  }

  /** Walks to the end of the body. */
  walk(): void {
    while (this.controls.length > 0) this.step();
    if (!this.reader.isAtEnd()) this.reader.fail("a body goes on after its end");
  }

  /** One instruction. */
  step(): void {
    const { reader } = this;
    const start = reader.position;
    const opcode = readOpcode(reader);
    const simple = instructionType(opcode);
    if (simple !== undefined) this.#typeSimple(simple, opcode);
    else this.#typeSpecial(opcode, start);
  }

  #typeSimple(type: InstructionType, opcode: number): void {
    const addressType = type.takesAddress ? this.#addressType(opcode) : 0;
    skipImmediates(this.reader, opcode);
    for (const operand of type.operands) this.pop(operand === address ? addressType : operand);
    if (type.result !== 0) this.push(type.result);
  }

  // The first immediate has a bit that says whether a memory index follows it.
  #addressType(opcode: number): ValueCode {
    const { reader } = this;
    if (opcode === atomicFence) return Value.i32;
    const start = reader.position;
    const memory = (reader.u32() & 0x40) === 0 ? 0 : reader.u32();
    reader.position = start;
    return this.memoryAddress(memory);
  }

  #typeSpecial(opcode: number, start: number): void {
    const typer = controlTypers[opcode] ?? variableTypers[opcode];
    if (typer === undefined) {
      this.reader.fail(`instruction 0x${opcode.toString(16)} cannot be captured yet`, start);
    }
    typer(this, opcode, start);
  }

  #readLocals(): void {
    const { reader } = this;
    for (let groups = reader.u32(); groups > 0; groups--) {
      const start = reader.position;
      const count = reader.u32();
      const type = readValueCode(reader);
      if (this.locals.length + count > localsMax) {
        reader.fail(`a function has more than ${localsMax} locals`, start);
      }
      for (let left = count; left > 0; left--) this.locals.push(type);
    }
  }

  memoryAddress(memory: number): ValueCode {
    return this.module.memories[memory] ?? this.reader.fail(`there is no memory ${memory}`);
  }

  get top(): Control {
    return this.controls[this.controls.length - 1];
  }

  /** Whether the next instruction can be reached at all. */
  get isReached(): boolean {
    const { isDead, isUnreachable } = this.top;
    return !isDead && !isUnreachable;
  }

  push(type: ValueCode): void {
    this.operands.push(type, this.reader.position);
  }

  pushAll(types: readonly ValueCode[]): void {
    if (types.length > 1) {
      this.groups.set(this.reader.position, { bottom: this.operands.height, types });
    }
    for (const type of types) this.push(type);
  }

  /** Takes a value of the type expected; the type it really had. */
  pop(expected: ValueCode): ValueCode {
    const { operands } = this;
    const top = this.top;
    if (operands.height === top.height) {
      if (top.isUnreachable) return expected;
      return this.reader.fail(`an operand of type ${nameOfValue(expected)} is missing`);
    }
    const actual = operands.types[--operands.height];
    if (actual !== expected && !isSubtype(actual, expected)) {
      this.reader.fail(
        `an operand has type ${nameOfValue(actual)} where ${nameOfValue(expected)} is needed`,
      );
    }
    return actual;
  }

  popAll(types: readonly ValueCode[]): void {
    for (let index = types.length - 1; index >= 0; index--) this.pop(types[index]);
  }

  /** Values of these types are on top, and stay there. */
  check(types: readonly ValueCode[]): void {
    if (types.length === 0) return;
    const { operands } = this;
    const height = operands.height;
    if (height - this.top.height >= types.length) {
      this.popAll(types);
      operands.height = height;
    } else {
      this.popAll(types);
      this.pushAll(types);
    }
  }

  enter(opcode: number, start: number, type: Signature): void {
    const parent = this.controls.at(-1);
    this.controls.push({
      opcode,
      start,
      bodyStart: this.reader.position,
      type,
      height: this.operands.height,
      isDead: parent !== undefined && (parent.isDead || parent.isUnreachable),
      isUnreachable: false,
      isInElse: false,
    });
    this.pushAll(type.parameters);
  }

  /** The types that a branch to the label takes. */
  labelTypes(depth: number): readonly ValueCode[] {
    const control = this.controls[this.controls.length - 1 - depth];
    if (control === undefined) return this.reader.fail(`there is no label ${depth}`);
    return control.opcode === Opcode.loop ? control.type.parameters : control.type.results;
  }

  setUnreachable(): void {
    const { top } = this;
    this.operands.height = top.height;
    top.isUnreachable = true;
  }

  /** Closes the innermost construct: its results are on the stack, and nothing else of it. */
  leave(): Control {
    const control = this.top;
    this.popAll(control.type.results);
    if (this.operands.height !== control.height) {
      this.reader.fail("a construct ends with more values than it results in");
    }
    this.controls.pop();
    return control;
  }

  typeAt(index: number): Signature {
    return this.module.types[index] ?? this.reader.fail(`type ${index} is not of a function`);
  }
}

const atomicFence = 0xfe0003;
