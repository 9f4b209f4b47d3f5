// What the section reader accepts and refuses, checked against the engine on mutated modules.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { InvalidModuleError } from "./invalid-module-error.ts";
import { SectionId, findSection, readBinary, writeBinary } from "./sections.ts";
import { readDeclarations } from "./declarations.ts";
import { richModule } from "../prepare/rich-module.ts";

const seed = Number(process.env["SHOAL_TEST_SEED"] ?? 20261120);

function refusalOf(bytes: Uint8Array): InvalidModuleError {
  try {
    readDeclarations(readBinary(bytes));
  } catch (error) {
    if (error instanceof InvalidModuleError) return error;
    throw error;
  }
  throw new Error("the bytes were accepted");
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe("a file that is not a core module", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["an empty file", new Uint8Array(), /the file is empty/],
    ["half a magic number", Uint8Array.of(0, 0x61), /magic number/],
    ["a header cut short", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1), /ends inside its header/],
    ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), /component/],
    ["version 2", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /version 2/],
    ["text", text(" ;; a comment\n(module)"), /WebAssembly text/],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
    ["a native program", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), /ELF/],
    ["a script", text("#!/usr/bin/env node\n"), /script/],
  ];
  it.each(cases)("%s is refused by name, with advice", (_, bytes, reason) => {
    const refusal = refusalOf(bytes);
    expect(refusal.reason).toMatch(reason);
    expect(refusal.advice.length).toBeGreaterThan(10);
  });
});

describe("a damaged module", () => {
  it("is refused at every length short of a section boundary, and agrees with the engine", () => {
    for (let length = 0; length < richModule.length; length++) {
      const cut = richModule.slice(0, length);
      const isValid = WebAssembly.validate(cut);
      if (isValid) expect(() => readDeclarations(readBinary(cut))).not.toThrow();
    }
    expect(() => readBinary(richModule.slice(0, -1))).toThrow(InvalidModuleError);
  });

  it("names the offset of a section that claims more bytes than the file has", () => {
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(refusalOf(bytes)).toMatchObject({
      offset: 14,
      reason: expect.stringMatching(/42949672/),
    });
  });

  it("cannot make the reader allocate for entries that are not there", () => {
    // Two thousand million types in a section of six bytes.
    const bytes = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 0xff, 0xff, 0xff, 0xff, 7);
    expect(refusalOf(bytes).reason).toMatch(/end in the middle/);
  });

  it(`is either read or refused, never refused where the engine accepts (seed ${seed})`, () => {
    const edits = fc.array(
      fc.tuple(fc.nat(richModule.length - 1), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(edits, fc.nat(3), (changes, removed) => {
        const bytes = richModule.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const mutated = removed === 0 ? bytes : bytes.subarray(0, bytes.length - removed);
        try {
          readDeclarations(readBinary(mutated));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidModuleError);
          expect(WebAssembly.validate(mutated)).toBe(false);
        }
      }),
      { seed, numRuns: 5000 },
    );
  });
});

describe("writing a module again", () => {
  it("gives the same bytes when nothing is changed", () => {
    expect(writeBinary(readBinary(richModule), { sections: new Map() })).toEqual(richModule);
  });

  it("puts a section that was absent where the format wants it", () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const memory = Uint8Array.of(1, 0, 1);
    const sections = new Map([
      [SectionId.export, new ByteWriter().u32(1).name("m").u8(2).u8(0).finish()],
      [SectionId.memory, memory],
    ]);
    const written = writeBinary(readBinary(empty), { sections });
    expect(WebAssembly.validate(written)).toBe(true);
    expect(findSection(readBinary(written), SectionId.memory)?.start).toBe(8);
  });
});

describe("integers", () => {
  it(`are read back as they were written (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer(), fc.maxSafeNat(), (unsigned, signed, large) => {
        const bytes = new ByteWriter().u32(unsigned).s32(signed).u32(large).finish();
        const reader = new ByteReader(bytes);
        expect(reader.u32()).toBe(unsigned);
        expect(reader.s33()).toBe(signed);
        expect(reader.u64()).toBe(large);
        expect(reader.isAtEnd()).toBe(true);
      }),
      { seed },
    );
  });

  it("longer than their type allows are refused", () => {
    const tooLong = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x1f);
    expect(() => new ByteReader(tooLong).u32()).toThrow(/more than 32 bits/);
    expect(() => new ByteReader(new Uint8Array(11).fill(0x80)).u64()).toThrow(InvalidModuleError);
    expect(() => new ByteReader(new Uint8Array(11).fill(0x80)).s33()).toThrow(InvalidModuleError);
  });
});
