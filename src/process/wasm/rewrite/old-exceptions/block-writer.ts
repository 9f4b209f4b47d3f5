// Writes constructs and branches between them, and counts how deep it is: a label is known by the level
// of its construct, whatever comes to lie around the branch.
import { type ByteWriter, Opcode } from "../../binary/index.ts";
import type { TypeList } from "../type-list.ts";
import type { ValueCode } from "../value-code.ts";

export class BlockWriter {
  readonly out: ByteWriter;
  /** The level of the innermost construct; the function's is zero. */
  level = 0;
  readonly #types: TypeList;

  constructor(out: ByteWriter, types: TypeList) {
    this.out = out;
    this.#types = types;
  }

  /** Opens a construct and answers its level; a `try_table` still needs its clauses. */
  open(opcode: number, parameters: readonly ValueCode[], results: readonly ValueCode[]): number {
    this.out.u8(opcode);
    if (parameters.length === 0) this.#types.writeBlockType(this.out, results);
    else this.out.s32(this.#types.index(parameters, results));
    return ++this.level;
  }

  end(): void {
    this.out.u8(Opcode.end);
    this.level--;
  }

  branch(level: number): void {
    this.out.u8(Opcode.branch);
    this.label(level);
  }

  label(level: number): void {
    this.out.u32(this.level - level);
  }
}
