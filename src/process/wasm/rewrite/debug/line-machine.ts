// The state machine that line programs are written for: each instruction changes its registers, some add a
// row to the table. Whoever runs one asks after each instruction what came of it.
import type { DebugReader } from "./debug-reader.ts";
import type { LineHeader } from "./line-header.ts";

const Standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;

const Extended = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;

/** What an instruction did. */
export const LineEffect = {
  /** Changed a register other than the address. */
  register: 0,
  address: 1,
  /** Added a row, by an instruction that says nothing else. */
  row: 2,
  /** Moved address and line, and added a row. */
  specialRow: 3,
  endSequence: 4,
  defineFile: 5,
} as const;

export type LineEffect = (typeof LineEffect)[keyof typeof LineEffect];

export class LineMachine {
  readonly #header: LineHeader;
  readonly #reader: DebugReader;
  address = 0;
  file = 1;
  line = 1;
  /** The size of the address that was set last. */
  addressBytes = 4;

  constructor(header: LineHeader, reader: DebugReader) {
    this.#header = header;
    this.#reader = reader;
  }

  /** As at the beginning of a sequence. */
  reset(): void {
    this.address = 0;
    this.file = 1;
    this.line = 1;
  }

  /** Runs one instruction. After the end of a sequence the registers are reset by the caller. */
  step(): LineEffect {
    const opcode = this.#reader.u8();
    const { opcodeBase } = this.#header;
    if (opcode >= opcodeBase) return this.#special(opcode - opcodeBase);
    return opcode === 0 ? this.#extended() : this.#standard(opcode);
  }

  #special(opcode: number): LineEffect {
    const { lineBase, lineRange } = this.#header;
    this.address += Math.floor(opcode / lineRange);
    this.line += lineBase + (opcode % lineRange);
    return LineEffect.specialRow;
  }

  #standard(opcode: number): LineEffect {
    const reader = this.#reader;
    switch (opcode) {
      case Standard.copy:
        return LineEffect.row;
      case Standard.advancePc:
        this.address += reader.unsigned();
        return LineEffect.address;
      case Standard.advanceLine:
        this.line += reader.signed();
        return LineEffect.register;
      case Standard.setFile:
        this.file = reader.unsigned();
        return LineEffect.register;
      case Standard.constAddPc:
        this.address += Math.floor((255 - this.#header.opcodeBase) / this.#header.lineRange);
        return LineEffect.address;
      case Standard.fixedAdvancePc:
        this.address += reader.u16();
        return LineEffect.address;
      default:
        return this.#skipOperands(opcode);
    }
  }

  #skipOperands(opcode: number): LineEffect {
    for (let left = this.#header.operandCounts[opcode - 1] ?? 0; left > 0; left--) {
      this.#reader.unsigned();
    }
    return LineEffect.register;
  }

  #extended(): LineEffect {
    const reader = this.#reader;
    const byteCount = reader.unsigned();
    const start = reader.position;
    reader.skip(byteCount);
    if (byteCount === 0) return LineEffect.register;
    const end = reader.position;
    const opcode = reader.at(start).u8();
    if (opcode === Extended.setAddress) this.#setAddress(byteCount - 1);
    reader.position = end;
    if (opcode === Extended.endSequence) return LineEffect.endSequence;
    if (opcode === Extended.setAddress) return LineEffect.address;
    return opcode === Extended.defineFile ? LineEffect.defineFile : LineEffect.register;
  }

  #setAddress(byteCount: number): void {
    this.addressBytes = byteCount;
    this.address = this.#reader.fixed(byteCount);
  }
}
