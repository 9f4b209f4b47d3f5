// A text that is found is the text of the bytes, whatever was kept before.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShortTexts } from "./short-texts.ts";

const seed = 21;

describe(`short texts (seed ${seed})`, () => {
  it("are those of their bytes, or not found", () => {
    const texts = new ShortTexts();
    const encoder = new TextEncoder();
    const short = fc.string({ maxLength: 4, unit: fc.constantFrom("a", "b", "é", "\0") });
    fc.assert(
      fc.property(short, fc.nat(3), (text, at) => {
        const own = encoder.encode(text);
        const bytes = new Uint8Array(at + own.length + 1).fill(97);
        bytes.set(own, at);
        const end = at + own.length;
        expect([undefined, text]).toContain(texts.find(bytes, at, end));
        texts.keep(text, bytes, at, end);
        const isAscii = own.length === text.length;
        expect(texts.find(bytes, at, end)).toBe(isAscii ? text : undefined);
      }),
      { seed, numRuns: 2000 },
    );
  });
});
