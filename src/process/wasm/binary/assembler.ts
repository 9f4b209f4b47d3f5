// Writes function bodies instruction by instruction. Only what the generated helpers need; the
// names are those of the text format, so a helper reads like it.
import { ByteWriter } from "./byte-writer.ts";

/** The width of an index or address: 32 bits, or 64 for the large memories and tables. */
export type IndexWidth = "i32" | "i64";

const emptyBlock = 0x40;
export const i32Code = 0x7f;
export const i64Code = 0x7e;

export class Assembler {
  readonly #out = new ByteWriter(256);
  readonly #isWide: boolean;
  readonly #codeStart: number;

  /** `locals` are the value type codes of the locals after the parameters. */
  constructor(width: IndexWidth, locals: readonly number[]) {
    this.#isWide = width === "i64";
    this.#out.u32(locals.length);
    for (const code of locals) this.#out.u8(1).u8(code);
    this.#codeStart = this.#out.length;
  }

  localGet(index: number): this {
    return this.#with(0x20, index);
  }

  localSet(index: number): this {
    return this.#with(0x21, index);
  }

  localTee(index: number): this {
    return this.#with(0x22, index);
  }

  call(index: number): this {
    return this.#with(0x10, index);
  }

  branchIf(depth: number): this {
    return this.#with(0x0d, depth);
  }

  if(): this {
    return this.#bytes(0x04, emptyBlock);
  }

  else(): this {
    return this.#bytes(0x05);
  }

  loop(): this {
    return this.#bytes(0x03, emptyBlock);
  }

  end(): this {
    return this.#bytes(0x0b);
  }

  return(): this {
    return this.#bytes(0x0f);
  }

  drop(): this {
    return this.#bytes(0x1a);
  }

  i32Const(value: number): this {
    this.#out.u8(0x41).s32(value | 0);
    return this;
  }

  i32Add(): this {
    return this.#bytes(0x6a);
  }

  i32Or(): this {
    return this.#bytes(0x72);
  }

  i32LessUnsigned(): this {
    return this.#bytes(0x49);
  }

  // The same instruction on 32 or 64 bits, as the index width says.

  const(value: number): this {
    this.#out.u8(this.#isWide ? 0x42 : 0x41).s32(value);
    return this;
  }

  add(): this {
    return this.#bytes(this.#isWide ? 0x7c : 0x6a);
  }

  subtract(): this {
    return this.#bytes(this.#isWide ? 0x7d : 0x6b);
  }

  shiftRightUnsigned(): this {
    return this.#bytes(this.#isWide ? 0x88 : 0x76);
  }

  lessUnsigned(): this {
    return this.#bytes(this.#isWide ? 0x54 : 0x49);
  }

  lessOrEqualUnsigned(): this {
    return this.#bytes(this.#isWide ? 0x58 : 0x4d);
  }

  greaterUnsigned(): this {
    return this.#bytes(this.#isWide ? 0x56 : 0x4b);
  }

  /** An index as 32 bits: nothing to do when it has them already. */
  wrap(): this {
    return this.#isWide ? this.#bytes(0xa7) : this;
  }

  /** Instructions encoded elsewhere. */
  raw(bytes: ArrayLike<number>): this {
    this.#out.raw(bytes);
    return this;
  }

  /** The instructions alone, for use inside another body. */
  instructions(): Uint8Array {
    return this.#out.finish().subarray(this.#codeStart);
  }

  /** The finished body, its own end included. */
  finish(): Uint8Array {
    return this.#out.u8(0x0b).finish();
  }

  #bytes(...bytes: number[]): this {
    this.#out.raw(bytes);
    return this;
  }

  #with(opcode: number, operand: number): this {
    this.#out.u8(opcode).u32(operand);
    return this;
  }
}
