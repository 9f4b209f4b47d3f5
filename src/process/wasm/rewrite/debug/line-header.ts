// The header of one unit of the `.debug_line` section, versions 2 to 5: what its program needs, and where
// the tables of directories and files stand, which only someone looking for a name reads.
import type { DebugReader } from "./debug-reader.ts";

export interface LineHeader {
  /** Offset of the unit's length. */
  readonly start: number;
  /** Behind its program. */
  readonly end: number;
  readonly version: number;
  /** Offset of the tables, and of the program behind them. */
  readonly tablesStart: number;
  readonly programStart: number;
  readonly isStatementFirst: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands each standard opcode has, from opcode 1 on. */
  readonly operandCounts: readonly number[];
}

/** Reads the header of the unit that begins here; the reader is at its tables then. */
export function readLineHeader(reader: DebugReader): LineHeader {
  const start = reader.position;
  const end = reader.unitEnd();
  const version = reader.u16();
  if (version < 2 || version > 5) reader.fail(`a line table has version ${version}`, start + 4);
  if (version === 5) {
    reader.addressSize();
    reader.noSegments();
  }
  const headerBytes = reader.word();
  const programStart = reader.position + headerBytes;
  if (programStart > end) reader.fail("a header is longer than its unit", reader.position - 4);
  readOnes(reader, version);
  const isStatementFirst = reader.u8() !== 0;
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  if (lineRange === 0) reader.fail("a line range is empty", reader.position - 1);
  const opcodeBase = reader.u8();
  const operandCounts = [...reader.take(Math.max(0, opcodeBase - 1))];
  const program = { isStatementFirst, lineBase, lineRange, opcodeBase, operandCounts };
  return { start, end, version, tablesStart: reader.position, programStart, ...program };
}

/** The bytes of the smallest instruction, and how many go together: both one in WebAssembly. */
function readOnes(reader: DebugReader, version: number): void {
  const count = version >= 4 ? 2 : 1;
  for (let left = count; left > 0; left--) {
    if (reader.u8() !== 1) reader.fail("instructions are not counted in bytes");
  }
}
