// One function body in the making: its bytes, its locals, the labels that are open. The files beside this
// one each write a kind of code into it; all of it is well typed by construction.
import type { Random } from "../../../src/base/index.ts";
import { ByteWriter } from "../../../src/process/wasm/binary/index.ts";
import {
  type ValueCode,
  writeRuns,
  writeValueCode,
} from "../../../src/process/wasm/rewrite/index.ts";
import { type ModulePlan, type Signature, typeIndex } from "./module-plan.ts";

export interface Label {
  /** What a branch to it takes. */
  readonly types: readonly ValueCode[];
  /** It is the handler of an old `try`, whose exception can be thrown again. */
  isHandler: boolean;
}

/** How values of given types and statements are made: the two things that all others contain. */
export interface Grammar {
  value(body: Body, type: ValueCode): void;
  values(body: Body, types: readonly ValueCode[]): void;
  statements(body: Body, count: number): void;
}

const emptyBlock = 0x40;
const deepest = 7;

export class Body {
  readonly plan: ModulePlan;
  readonly type: Signature;
  readonly out = new ByteWriter(512);
  readonly locals: ValueCode[];
  readonly labels: Label[];
  /** Constructs and instructions that may still be made. */
  budget: number;
  readonly #grammar: Grammar;
  #depth = 0;

  constructor(grammar: Grammar, plan: ModulePlan, type: Signature, budget: number) {
    this.#grammar = grammar;
    this.plan = plan;
    this.type = type;
    this.locals = [...type.parameters];
    this.labels = [{ types: type.results, isHandler: false }];
    this.budget = budget;
  }

  get random(): Random {
    return this.plan.random;
  }

  value(type: ValueCode): void {
    this.#grammar.value(this, type);
  }

  values(types: readonly ValueCode[]): void {
    this.#grammar.values(this, types);
  }

  statements(count: number): void {
    this.#grammar.statements(this, count);
  }

  count(feature: string): this {
    this.plan.features.count(feature);
    return this;
  }

  /** Whether there is enough left for something that contains more. */
  isSpent(): boolean {
    return this.budget <= 0 || this.#depth >= deepest;
  }

  /** Writes something that contains more. */
  nested(write: () => void): void {
    this.budget--;
    this.#depth++;
    write();
    this.#depth--;
  }

  op(opcode: number, ...immediates: number[]): this {
    this.out.u8(opcode);
    for (const immediate of immediates) this.out.u32(immediate);
    return this;
  }

  /** An instruction of two bytes or more: a prefix, and a number behind it. */
  prefixed(prefix: number, opcode: number, ...immediates: number[]): this {
    return this.op(prefix, opcode, ...immediates);
  }

  i32(value: number): this {
    this.out.u8(0x41).s32(value | 0);
    return this;
  }

  blockType(parameters: readonly ValueCode[], results: readonly ValueCode[]): this {
    if (parameters.length > 0 || results.length > 1) {
      this.out.s32(typeIndex(this.plan, parameters, results));
    } else if (results.length === 1) {
      writeValueCode(this.out, results[0]);
    } else {
      this.out.u8(emptyBlock);
    }
    return this;
  }

  /** A local of the type: one that is there, or a new one. */
  local(type: ValueCode): number {
    const found = [...this.locals.keys()].filter((index) => this.locals[index] === type);
    if (found.length > 0 && !this.random.chance(1, 4 + found.length)) {
      return this.random.pick(found);
    }
    return this.locals.push(type) - 1;
  }

  global(type: ValueCode): number {
    const { globals, fuelGlobal } = this.plan;
    const found = [...globals.keys()].filter(
      (index) => globals[index] === type && index !== fuelGlobal,
    );
    return this.random.pick(found);
  }

  /** Local declarations and code. */
  finish(): Uint8Array {
    const declared = this.locals.slice(this.type.parameters.length);
    const whole = new ByteWriter(this.out.length + 64).u32(declared.length);
    writeRuns(
      whole,
      declared.map((type): [ValueCode, number] => [type, 1]),
    );
    return whole.raw(this.out.view()).u8(0x0b).finish();
  }
}
