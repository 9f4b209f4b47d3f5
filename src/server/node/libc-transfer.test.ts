// Reading and writing by the C library from the first call on: what node:fs would do, wherever the bytes
// lie and whatever the file is.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Errno } from "../../userlib/index.ts";
import { hasDirectoryPaths, NodeFiles } from "./node-directory.ts";

let directory = "";
let fd = -1;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "shoal-transfer-"));
  fd = fs.openSync(join(directory, "file"), "w+");
});
afterEach(() => {
  fs.closeSync(fd);
  fs.rmSync(directory, { recursive: true });
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** Either way of the adapter has to do the same: the library from the first call on, and never. */
describe.skipIf(!hasDirectoryPaths()).each([0, Infinity])("files after %d calls", (calls) => {
  const host = new NodeFiles(true, calls);

  it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 40 + 3])(
    "are read and written at %d",
    (offset) => {
      expect(host.write(fd, offset, Buffer.from("here"))).toBe(4);
      const into = new Uint8Array(6).fill(46);
      expect(host.read(fd, offset, into)).toBe(4);
      expect(text(into)).toBe("here..");
      expect(host.read(fd, offset + 4, into)).toBe(0);
      expect(fs.fstatSync(fd).size).toBe(offset + 4);
    },
  );

  it("are read into a memory that grows, and into another, from a place in it", () => {
    fs.writeSync(fd, "abcdef");
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const old = new Uint8Array(memory.buffer, 100, 3);
    expect(host.read(fd, 0, old)).toBe(3);
    expect(text(old)).toBe("abc");
    memory.grow(2);
    // What was a view of the memory is one of nothing now.
    expect(host.read(fd, 0, old)).toBe(0);
    const grown = new Uint8Array(memory.buffer, 65_530, 6);
    expect(host.read(fd, 0, grown)).toBe(6);
    expect(text(grown)).toBe("abcdef");
    const shared = new Uint8Array(new SharedArrayBuffer(8), 2, 3);
    expect(host.read(fd, 3, shared)).toBe(3);
    expect(text(shared)).toBe("def");
    expect(host.write(fd, 1, shared)).toBe(3);
    expect(text(grown)).toBe("abcdef");
    expect(host.read(fd, 0, grown)).toBe(6);
    expect(text(grown)).toBe("adefef");
  });

  it("say why they cannot be read or written", () => {
    const bytes = new Uint8Array(4);
    const reading = fs.openSync(join(directory, "file"), "r");
    const writing = fs.openSync(join(directory, "file"), "w");
    const folder = fs.openSync(directory, "r");
    expect(host.write(reading, 0, bytes)).toBe(-Errno.badf);
    expect(host.read(writing, 0, bytes)).toBe(-Errno.badf);
    expect(host.read(folder, 0, bytes)).toBe(-Errno.isdir);
    for (const opened of [reading, writing, folder]) fs.closeSync(opened);
    expect(host.read(1_000_000, 0, bytes)).toBe(-Errno.badf);
    expect(host.write(1_000_000, 0, bytes)).toBe(-Errno.badf);
  });

  it("are written at their end, however others have moved it, and without a place where they have none", () => {
    const append = fs.openSync(join(directory, "file"), "a");
    expect(host.write(append, undefined, Buffer.from("one"))).toBe(3);
    fs.appendFileSync(join(directory, "file"), " and ");
    expect(host.write(append, undefined, Buffer.from("two"))).toBe(3);
    fs.closeSync(append);
    expect(fs.readFileSync(join(directory, "file"), "utf8")).toBe("one and two");
    const nowhere = fs.openSync("/dev/null", "r+");
    expect(host.write(nowhere, undefined, Buffer.from("gone"))).toBe(4);
    expect(host.read(nowhere, 7, new Uint8Array(3))).toBe(0);
    fs.closeSync(nowhere);
  });
});
