// Line programs that compilers do not write today: every opcode, older versions, functions left out.
import { describe, expect, it } from "vitest";
import { ByteWriter, readBinary, SectionId } from "../../binary/index.ts";
import { OffsetMap } from "../offset-map.ts";
import { CodeMoves } from "./code-moves.ts";
import { fixedBytes } from "./debug-reader.ts";
import { relocateLines } from "./line-relocation.ts";
import { readLineTable } from "./line-table.ts";

/** Two functions: bodies at 2 to 12 and 13 to 43 of the code section. */
const oldCode = codeOf(10, 30);
/** The same, the first with four bytes more before its fifth byte. */
const newCode = codeOf(14, 30);

function codeOf(...sizes: readonly number[]): Uint8Array {
  const out = new ByteWriter().u32(sizes.length);
  for (const size of sizes) out.sized(new Uint8Array(size));
  return out.finish();
}

function moduleOf(code: Uint8Array, lines: Uint8Array): Uint8Array {
  const custom = new ByteWriter().name(".debug_line").raw(lines);
  const out = new ByteWriter().raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return out.u8(SectionId.code).sized(code).u8(0).sized(custom.view()).finish();
}

function moves(): CodeMoves {
  const first = new OffsetMap(0);
  first.noteMove(0, 0);
  first.noteMove(5, 9);
  const binary = readBinary(moduleOf(oldCode, new Uint8Array()));
  return new CodeMoves(binary, newCode, (position) => (position === 0 ? first : undefined));
}

/** A unit with one file, "a.c", and this program. */
function unitOf(version: number, program: readonly number[]): Uint8Array {
  const tables = [0, ...Buffer.from("a.c\0"), 0, 0, 0, 0];
  const ones = version >= 4 ? [1, 1] : [1];
  // Opcode 12 is the last standard one; 13 has two operands, and nobody knows what it does.
  const header = [...ones, 1, 0xfb, 14, 14, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, ...tables];
  const body = [...fixedBytes(version, 2), ...fixedBytes(header.length, 4), ...header, ...program];
  return Uint8Array.from([...fixedBytes(body.length, 4), ...body]);
}

function setAddress(address: number): number[] {
  return [0, 5, 2, ...fixedBytes(address, 4)];
}

const end = [0, 1, 1];

function rowsAfter(...units: readonly Uint8Array[]): string[] {
  const { bytes } = relocateLines(Uint8Array.from(Buffer.concat(units)), moves());
  const table = readLineTable(readBinary(moduleOf(newCode, bytes)));
  return [...(table?.rows() ?? [])].map(({ address, file, line }) => `${address} ${file}:${line}`);
}

describe.each([2, 3, 4])("a line program of version %i", (version) => {
  it("is moved, whatever its rows are made by", () => {
    const rows = [setAddress(2), [1], [2, 1, 1], [9, 2, 0, 3, 10, 1]];
    const unknownAndUnimportant = [13, 7, 7, 5, 3, 6, 10, 11];
    const special = 14 + 5 + 14 + 1; // one byte and a line more
    const program = [...rows.flat(), ...unknownAndUnimportant, special, 2, 5, ...end];
    expect(rowsAfter(unitOf(version, program))).toEqual([
      "2 a.c:1",
      "3 a.c:1",
      "5 a.c:11",
      "6 a.c:12",
    ]);
  });

  it("counts what was inserted", () => {
    const program = [...setAddress(2), 1, 2, 5, 1, 2, 1, 1, 2, 4, ...end];
    expect(rowsAfter(unitOf(version, program))).toEqual(["2 a.c:1", "11 a.c:1", "12 a.c:1"]);
  });

  it("moves by a constant", () => {
    const program = [...setAddress(13), 1, 8, 1, 2, 13, ...end]; // (255 - 14) / 14 is 17
    expect(rowsAfter(unitOf(version, program))).toEqual(["17 a.c:1", "34 a.c:1"]);
  });
});

describe("a line program", () => {
  it("loses the sequences of functions that are not there, and keeps a file named in one", () => {
    const file = [0, 6, 3, ...Buffer.from("b\0"), 0, 0, 0];
    const dead = [...setAddress(0xffffffff), 1, ...file, 2, 3, 1, ...end];
    const zero = [...setAddress(0), 1, 2, 1, ...end];
    const alive = [...setAddress(13), 1, 2, 9, ...end];
    const unit = unitOf(4, [...dead, ...zero, ...alive]);
    const { bytes } = relocateLines(unit, moves());
    expect(rowsAfter(unit)).toEqual(["17 a.c:1"]);
    expect(Buffer.from(bytes).includes(Buffer.from(file))).toBe(true);
  });

  it("is found where its unit went", () => {
    const long = unitOf(4, [...setAddress(2), 1, 2, 5, 1, 2, 5, ...end]);
    const { units, bytes } = relocateLines(
      Uint8Array.from(Buffer.concat([long, unitOf(2, []), long])),
      moves(),
    );
    expect([...units.keys()]).toEqual([0, long.length, long.length + unitOf(2, []).length]);
    for (const place of units.values()) expect([2, 4]).toContain(bytes[place + 4]);
  });

  it.each([
    ["that ends within a sequence", unitOf(4, [...setAddress(2), 1])],
    ["of a version to come", unitOf(6, [])],
    ["that is longer than its section", unitOf(4, []).subarray(0, -1)],
    ["of 64 bits", Uint8Array.from([0xff, 0xff, 0xff, 0xff, ...new Uint8Array(20)])],
  ])("%s is refused", (_, unit) => {
    expect(() => relocateLines(unit, moves())).toThrow(/cannot be run/);
  });
});
