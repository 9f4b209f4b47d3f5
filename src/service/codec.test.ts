// Values to bytes and back; plain ones are the same for any other implementation of MessagePack.
import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { CodecReader, CodecWriter, FormatError, ValueError } from "./index.ts";

const seed = 20;
const plain = new Packr({ useRecords: false, variableMapSize: true });

function bytesOf(value: unknown, bytesMax = 1 << 20): Uint8Array {
  const writer = new CodecWriter(bytesMax);
  writer.write(value);
  return writer.bytes.slice(0, writer.length);
}

function valueOf(bytes: Uint8Array): unknown {
  return new CodecReader().read(bytes, bytes.length);
}

/** JSON and more, without what msgpackr writes in another way. */
const plainValue = fc.jsonValue({ noUnicodeString: false } as object);

describe(`the codec (seed ${seed})`, () => {
  it("gives back what it was given", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
        (value) => {
          expect(valueOf(bytesOf(value))).toEqual(value);
        },
      ),
      { seed },
    );
  });

  it("writes plain values so that others can read them", () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(plain.unpack(bytesOf(value))).toEqual(value);
      }),
      { seed },
    );
  });

  it("reads plain values that others wrote", () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(valueOf(new Uint8Array(plain.pack(value)))).toEqual(value);
      }),
      { seed },
    );
  });

  it("writes a call as the list that it is, and reads it with something else in place of its name", () => {
    const args = fc.oneof(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.array(fc.nat(), { minLength: 14, maxLength: 17 }),
    );
    fc.assert(
      fc.property(fc.string(), args, (method, given) => {
        const writer = new CodecWriter(1 << 20);
        writer.writeCall(method, given);
        const bytes = writer.bytes.slice(0, writer.length);
        expect(bytes).toEqual(bytesOf([method, ...given]));
        const call = new CodecReader().readCall(bytes, bytes.length, "first");
        expect(call).toEqual({ method, args: valueOf(bytesOf(["first", ...given])) });
      }),
      { seed },
    );
  });

  it("refuses bytes that are no call, and never does anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        try {
          const { method, args } = new CodecReader().readCall(bytes, bytes.length, 0);
          expect(valueOf(bytes)).toEqual([method, ...args.slice(1)]);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed, numRuns: 3000 },
    );
  });

  it("refuses bytes that are no value, and never does anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          valueOf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { seed, numRuns: 2000 },
    );
  });

  it("lets no key reach a prototype", () => {
    const read = valueOf(bytesOf(JSON.parse('{"__proto__": {"polluted": true}}'))) as object;
    expect(Object.keys(read)).toEqual(["__proto__"]);
    expect("polluted" in read).toBe(false);
  });

  it("refuses what would not come out as it went in, by its place", () => {
    expect(() => bytesOf({ a: [1, () => 1] })).toThrow(ValueError);
    expect(() => bytesOf({ a: [1, () => 1] })).toThrow(/a function at a\.1/);
    expect(() => bytesOf({ at: new (class Place {})() })).toThrow(/an instance of Place at at/);
    expect(() => bytesOf("x".repeat(100), 64)).toThrow(/more than 64 bytes/);
  });

  it("keeps texts, with halves of pairs replaced", () => {
    for (const text of ["", "a".repeat(5000), "ünï", "🐟".repeat(300), "\u{10ffff}"]) {
      expect(valueOf(bytesOf(text))).toBe(text);
    }
    expect(valueOf(bytesOf("a\ud800b"))).toBe("a\ufffdb");
  });
});
