// What an image promises by itself: what was written is read, and nothing else ever is.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Plain } from "./content.ts";
import { ImageError } from "./image-error.ts";
import { pageBytes } from "./page-table.ts";
import { readImage } from "./read-image.ts";
import { writeImage } from "./write-image.ts";

const digest = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

function imageOf(content: Plain): { readonly bytes: Uint8Array; readonly stored: number } {
  const parts: Uint8Array[] = [];
  const size = writeImage(content, (bytes) => parts.push(bytes.slice()), digest);
  const bytes = Buffer.concat(parts);
  expect(bytes.length).toBe(size.bytes);
  return { bytes: new Uint8Array(bytes), stored: size.pageBytes };
}

function read(bytes: Uint8Array): Plain {
  const source = {
    bytes: bytes.length,
    read: (offset: number, count: number) => bytes.subarray(offset, offset + count),
  };
  return readImage("test", source, digest);
}

function reasonOf(bytes: Uint8Array): string {
  try {
    read(bytes);
    return "accepted";
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return error.reason;
  }
}

function patterned(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 255);
}

const sample: Plain = {
  name: "a process",
  numbers: [0, -1, 2 ** 40, 0.5],
  small: Uint8Array.of(1, 2, 3),
  memory: patterned(3 * pageBytes + 100, 1),
  nested: { list: [{ bytes: patterned(2048, 2) }, null, true, ""] },
};

describe("an image", () => {
  test("gives back the content that it was made of, in the same order", () => {
    const { bytes } = imageOf(sample);
    const back = read(bytes);
    expect(back).toEqual(sample);
    expect(Object.keys(back as object)).toEqual(Object.keys(sample));
  });

  test("is the same bytes whenever it is made of the same content", () => {
    expect(imageOf(sample).bytes).toEqual(imageOf(sample).bytes);
  });

  test("holds no page of zeros, and a page that occurs twice once", () => {
    const page = patterned(pageBytes, 3);
    const memory = new Uint8Array(10 * pageBytes);
    memory.set(page, 0);
    memory.set(page, 5 * pageBytes);
    const { bytes, stored } = imageOf({ memory, again: page });
    expect(stored).toBe(pageBytes);
    expect(read(bytes)).toEqual({ memory, again: page });
  });

  test("of bytes at an odd place of their buffer is the image of those bytes", () => {
    const odd = patterned(pageBytes + 9, 4).subarray(3, pageBytes + 5);
    expect(read(imageOf({ odd }).bytes)).toEqual({ odd: odd.slice() });
  });

  test("that was cut off anywhere is refused, by name", () => {
    const { bytes } = imageOf(sample);
    const reasons = new Set<string>();
    for (let length = 0; length < bytes.length; length++) {
      reasons.add(reasonOf(bytes.subarray(0, length)));
    }
    expect([...reasons].toSorted()).toEqual(["cut"]);
  });

  test("with bytes after its end is refused", () => {
    const { bytes } = imageOf(sample);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(reasonOf(longer)).toBe("cut");
  });

  test("with any one byte changed, to whatever, is refused", () => {
    const { bytes } = imageOf({ name: "small", memory: patterned(1100, 5) });
    const accepted: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const changed = bytes.slice();
        changed[at]! ^= change;
        if (reasonOf(changed) === "accepted") accepted.push(at);
      }
    }
    expect(accepted).toEqual([]);
  });

  test("of a version to come is refused as that, and what never was an image as that", () => {
    const { bytes } = imageOf(sample);
    bytes[8] = 2;
    expect(reasonOf(bytes)).toBe("future");
    expect(reasonOf(new TextEncoder().encode("#!/bin/sh\necho this is no image at all\n"))).toBe(
      "notAnImage",
    );
  });

  test("tells which one is refused, why, and what to do", () => {
    const { bytes } = imageOf(sample);
    expect(() => read(bytes.subarray(0, 100))).toThrow(/the image test: its end is missing/);
  });
});
