// Which line of which file an instruction was compiled from, as the `.debug_line` section of a module says.
// Read when a program broke, and not before.
import {
  findCustomSection,
  findSection,
  InvalidModuleError,
  SectionId,
} from "../../binary/index.ts";
import type { WasmBinary } from "../../binary/index.ts";
import { bodiesOf, findBody } from "./code-moves.ts";
import { DebugReader } from "./debug-reader.ts";
import { type NameSections, readFiles } from "./line-files.ts";
import { type LineHeader, readLineHeader } from "./line-header.ts";
import { LineEffect, LineMachine } from "./line-machine.ts";

export interface SourceLine {
  /** The file's name as the compiler was given it. */
  readonly file: string;
  readonly line: number;
}

/** From its address to the next row's, instructions are of this line. */
export interface LineRow {
  readonly address: number;
  readonly file: number;
  readonly line: number;
}

interface Sequence {
  readonly unit: LineHeader;
  readonly rows: readonly LineRow[];
  /** Behind its last instruction. */
  readonly end: number;
}

export class LineTable {
  readonly #sequences: readonly Sequence[];
  readonly #sections: NameSections;
  readonly #codeStart: number;
  readonly #files = new Map<LineHeader, readonly string[]>();

  /** @throws InvalidModuleError if the table is malformed */
  constructor(binary: WasmBinary, sections: NameSections) {
    this.#sections = sections;
    this.#codeStart = findSection(binary, SectionId.code)?.bodyStart ?? 0;
    const bodies = bodiesOf(binary);
    // Sequences of functions that the linker left out begin where there is no function.
    this.#sequences = readSequences(sections.lines).filter(
      ({ rows }) => findBody(bodies, rows[0].address) !== undefined,
    );
  }

  /** Every row of the table with the name of its file; addresses count from the code section's contents. */
  *rows(): Generator<SourceLine & { readonly address: number }> {
    for (const { unit, rows } of this.#sequences) {
      for (const row of rows) yield { ...row, file: this.#fileOf(unit, row.file) };
    }
  }

  /**
   * The line of the instruction at an offset of the module; undefined for one that nobody wrote, or whose
   * function was compiled without lines.
   */
  find(offset: number): SourceLine | undefined {
    const address = offset - this.#codeStart;
    const sequence = this.#sequences.find(({ rows, end }) => {
      return address >= rows[0].address && address < end;
    });
    const row = sequence?.rows.findLast((one) => one.address <= address);
    if (sequence === undefined || row === undefined || row.line === 0) return undefined;
    return { file: this.#fileOf(sequence.unit, row.file), line: row.line };
  }

  #fileOf(unit: LineHeader, file: number): string {
    let files = this.#files.get(unit);
    if (files === undefined) {
      files = unlessMalformed(() => readFiles(unit, this.#sections)) ?? [];
      this.#files.set(unit, files);
    }
    return files[file] ?? "?";
  }
}

/** The line table of a module; undefined if it has none that can be read. */
export function readLineTable(binary: WasmBinary): LineTable | undefined {
  const contentsOf = (name: string): Uint8Array | undefined => {
    const section = findCustomSection(binary, name);
    return section && binary.bytes.subarray(section.bodyStart, section.end);
  };
  const lines = contentsOf(".debug_line");
  if (lines === undefined) return undefined;
  const lineStrings = contentsOf(".debug_line_str");
  const sections = { lines, lineStrings, strings: contentsOf(".debug_str") };
  return unlessMalformed(() => new LineTable(binary, sections));
}

function unlessMalformed<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidModuleError) return undefined;
    throw error;
  }
}

function readSequences(section: Uint8Array): Sequence[] {
  const reader = new DebugReader(section);
  const sequences: Sequence[] = [];
  while (!reader.isAtEnd()) {
    const unit = readLineHeader(reader);
    readUnit(new DebugReader(section, unit.programStart, unit.end), unit, sequences);
    reader.at(unit.end);
  }
  return sequences;
}

function readUnit(reader: DebugReader, unit: LineHeader, sequences: Sequence[]): void {
  const machine = new LineMachine(unit, reader);
  let rows: LineRow[] = [];
  while (!reader.isAtEnd()) {
    const effect = machine.step();
    const { address, file, line } = machine;
    if (effect === LineEffect.row || effect === LineEffect.specialRow) {
      rows.push({ address, file, line });
    } else if (effect === LineEffect.endSequence) {
      if (rows.length > 0) sequences.push({ unit, rows, end: address });
      rows = [];
      machine.reset();
    }
  }
}
