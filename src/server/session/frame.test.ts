// Frames: what goes in comes out however the stream is cut, and what is no frame is found out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeFrame,
  type Frame,
  frameBytesMax,
  frameHeaderBytes,
  FrameKind,
  makeFrame,
} from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";

const seed = 20261121;

const word = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
const long = fc.maxSafeInteger().map(Math.abs);
const frames = fc.record({
  kind: fc.constantFrom(...Object.values(FrameKind)),
  session: long,
  sequence: long,
  status: word,
  label: word,
  words: fc.array(word, { minLength: 6, maxLength: 6 }).map((all) => Int32Array.from(all)),
  badge: word,
  epoch: word,
  bytes: fc.uint8Array({ maxLength: 300 }),
});

/** Everything of a frame, with its bytes as an array of its own. */
function plain({ words, bytes, ...rest }: Frame) {
  return { ...rest, words: [...words], bytes: [...bytes] };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Everything that a reader finds in these chunks. */
function readAll(chunks: readonly Uint8Array[]): (Frame | string)[] {
  const reader = new FrameReader();
  const found: (Frame | string)[] = [];
  for (const chunk of chunks) {
    reader.add(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      found.push(next);
      if (typeof next === "string") return found;
    }
  }
  return found;
}

describe(`frames (seed ${seed})`, () => {
  it("come out of a stream as they went in, wherever it is cut", () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 8 }), cuts, (sent, sizes) => {
        const stream = concat(sent.map(encodeFrame));
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length]!;
          chunks.push(stream.subarray(at, at + size));
          at += size;
        }
        const found = readAll(chunks);
        expect(found.map((one) => (typeof one === "string" ? one : plain(one)))).toEqual(
          sent.map(plain),
        );
      }),
      { seed, numRuns: 200 },
    );
  });

  it("any bytes at all are frames, a fault or the beginning of a frame, and nothing is kept of more", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (chunks) => {
        const reader = new FrameReader();
        for (const chunk of chunks) {
          reader.add(chunk);
          const next = reader.next();
          if (typeof next === "string") return;
          expect(reader.bytesKept).toBeLessThanOrEqual(frameHeaderBytes + frameBytesMax + 200);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it("one flipped bit in the first words never passes for a longer frame or another version", () => {
    const good = encodeFrame(makeFrame(FrameKind.call, { session: 5, sequence: 1 }));
    for (let bit = 0; bit < 24 * 8; bit++) {
      const bad = good.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      const [found] = readAll([bad]);
      if (typeof found === "object") expect(found.bytes.length).toBe(0);
      else
        expect([undefined, "not a frame", "another version", "too long", "out of range"]).toContain(
          found,
        );
    }
  });

  it("a body longer than a message can be is refused before any of it is kept", () => {
    const header = encodeFrame(makeFrame(FrameKind.call, {}));
    new DataView(header.buffer).setUint32(4, frameBytesMax + 1, true);
    expect(readAll([header])).toEqual(["too long"]);
  });

  it("another version is told from what is no frame", () => {
    const other = encodeFrame(makeFrame(FrameKind.hello, {}));
    other[1]! ^= 2;
    expect(readAll([other])).toEqual(["another version"]);
    other[3]! ^= 2;
    expect(readAll([other])).toEqual(["not a frame"]);
  });
});
