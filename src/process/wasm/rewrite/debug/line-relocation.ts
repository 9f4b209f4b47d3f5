// Writes the `.debug_line` section anew for code that moved. Each unit's program is run, and written again
// instruction by instruction: what says nothing of addresses is copied, and the address is set right in
// front of each row. Sequences of functions that are not in the module are left out.
import { ByteWriter } from "../../binary/index.ts";
import type { CodeMoves } from "./code-moves.ts";
import { DebugReader, fixedBytes } from "./debug-reader.ts";
import { type LineHeader, readLineHeader } from "./line-header.ts";
import { LineEffect, LineMachine } from "./line-machine.ts";

export interface RelocatedLines {
  readonly bytes: Uint8Array;
  /** Where each unit went, by its old offset in the section. */
  readonly units: ReadonlyMap<number, number>;
}

export function relocateLines(section: Uint8Array, moves: CodeMoves): RelocatedLines {
  const reader = new DebugReader(section);
  const out = new ByteWriter(section.length * 2);
  const units = new Map<number, number>();
  while (!reader.isAtEnd()) {
    const header = readLineHeader(reader);
    units.set(header.start, out.length);
    const program = new LineRelocator(section, header, moves).run();
    out.raw(fixedBytes(header.programStart - header.start - 4 + program.length, 4));
    out.range(section, header.start + 4, header.programStart).raw(program.view());
    reader.position = header.end;
  }
  return { bytes: out.finish(), units };
}

const copy = 1;
const advancePc = 2;
const advanceLine = 3;
/** Extended. */
const setAddress = 2;

class LineRelocator {
  readonly #header: LineHeader;
  readonly #reader: DebugReader;
  readonly #machine: LineMachine;
  readonly #moves: CodeMoves;
  readonly #out: ByteWriter;
  /** The sequence begun, written when it turns out to have rows. */
  readonly #sequence = new ByteWriter(4096);
  #hasRows = false;
  /** The new address that whoever reads the sequence knows by now. */
  #written = 0;
  /** The line before the instruction. */
  #lineBefore = 1;

  constructor(section: Uint8Array, header: LineHeader, moves: CodeMoves) {
    this.#header = header;
    this.#moves = moves;
    this.#reader = new DebugReader(section, header.programStart, header.end);
    this.#machine = new LineMachine(header, this.#reader);
    this.#out = new ByteWriter(header.end - header.programStart + 256);
  }

  run(): ByteWriter {
    while (!this.#reader.isAtEnd()) {
      const start = this.#reader.position;
      this.#lineBefore = this.#machine.line;
      this.#write(this.#machine.step(), start);
    }
    if (this.#hasRows) this.#reader.fail("a line program ends within a sequence");
    return this.#out;
  }

  #write(effect: LineEffect, start: number): void {
    switch (effect) {
      case LineEffect.address:
        return; // written with the next row
      case LineEffect.row:
      case LineEffect.specialRow:
        return this.#writeRow(effect === LineEffect.specialRow);
      case LineEffect.endSequence:
        return this.#endSequence();
      case LineEffect.defineFile:
        // For the rest of the unit, whatever becomes of the sequence.
        this.#out.range(this.#reader.bytes, start, this.#reader.position);
        return;
      case LineEffect.register:
        this.#sequence.range(this.#reader.bytes, start, this.#reader.position);
    }
  }

  #writeRow(isSpecial: boolean): void {
    const address = this.#moves.map(this.#machine.address);
    const lineAdvance = this.#machine.line - this.#lineBefore;
    if (address === undefined) return this.#advanceLine(lineAdvance);
    const advance = this.#hasRows ? address - this.#written : -1;
    this.#written = address;
    this.#hasRows = true;
    if (advance < 0) this.#setAddress(address);
    if (isSpecial) this.#writeSpecial(Math.max(0, advance), lineAdvance);
    else this.#moveAddress(advance).u8(copy);
  }

  #advanceLine(advance: number): void {
    if (advance !== 0) this.#sequence.u8(advanceLine).s32(advance);
  }

  #setAddress(address: number): void {
    const { addressBytes } = this.#machine;
    this.#sequence
      .u8(0)
      .u32(addressBytes + 1)
      .u8(setAddress);
    this.#sequence.raw(fixedBytes(address, addressBytes));
  }

  #moveAddress(advance: number): ByteWriter {
    return advance > 0 ? this.#sequence.u8(advancePc).u32(advance) : this.#sequence;
  }

  /** In one byte, if the address is not too far. */
  #writeSpecial(advance: number, lineAdvance: number): void {
    const { lineBase, lineRange, opcodeBase } = this.#header;
    const lineOpcode = opcodeBase + lineAdvance - lineBase;
    const opcode = lineOpcode + advance * lineRange;
    if (opcode <= 255) this.#sequence.u8(opcode);
    else this.#moveAddress(advance).u8(lineOpcode);
  }

  #endSequence(): void {
    if (this.#hasRows) {
      const end = this.#moves.map(this.#machine.address) ?? this.#written + 1;
      this.#moveAddress(end - this.#written);
      this.#out.raw(this.#sequence.view()).raw([0, 1, 1]);
    }
    this.#sequence.clear();
    this.#hasRows = false;
    this.#machine.reset();
  }
}
