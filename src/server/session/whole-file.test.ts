// A file is whole whenever anybody reads it, also when another could not be put in its place.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readWhole, readWholeBytes, removeWhole, writeWhole } from "./whole-file.ts";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "shoal-whole-"))));
afterEach(() => rmSync(directory, { recursive: true }));

it("a file is there as it was written last, text or bytes, and nothing beside it", () => {
  const path = join(directory, "file");
  expect([readWhole(path), readWholeBytes(path)]).toEqual([undefined, undefined]);
  writeWhole(path, "first\n");
  expect(readWhole(path)).toBe("first\n");
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i);
  writeWhole(path, bytes);
  expect(readWholeBytes(path)).toEqual(Buffer.from(bytes));
  expect(readdirSync(directory)).toEqual(["file"]);
  removeWhole(path);
  expect(readdirSync(directory)).toEqual([]);
});

it("what cannot be put in its place leaves nothing behind", () => {
  const path = join(directory, "file");
  mkdirSync(path);
  expect(() => writeWhole(path, "text")).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readdirSync(directory)).toEqual(["file"]);
});
