// Paths taken at once, with directories that are known from the paths before: they lead where they would if
// nothing were known, whatever others have moved meanwhile, and be it between two calls of the system.
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../base/index.ts";
import { Errno, filestatBytes, FilestatOffset } from "../../userlib/index.ts";
import { loadLibraryOfC } from "./libc-library.ts";
import { hasDirectoryPaths } from "./node-directory.ts";
import { LibC } from "./node-libc.ts";
import { doubt } from "./system-calls.ts";

const readOnly = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW;
const create = fs.constants.O_CREAT | fs.constants.O_WRONLY | fs.constants.O_NOFOLLOW;
/** As often as it takes for a directory to be known. */
const often = 3;

const bytes = (path: string): Uint8Array => Buffer.from(path);
const openCount = (): number => fs.readdirSync("/proc/self/fd").length;

let base = "";
let granted = "";
let outside = "";
let openBefore = 0;
let lib: LibC;
let root = -1;
/** Called ahead of every call of the system. */
let before: () => void = () => undefined;

const out = new Uint32Array(filestatBytes >> 2);
const inodes = new BigUint64Array(out.buffer);
/** The inode that a path leads to, or what was answered instead. */
function inodeOf(path: string): bigint | number {
  const result = lib.paths.stat(root, bytes(path), out);
  return result === 0 ? inodes[FilestatOffset.inode >> 3]! : result;
}

function renamed(from: string, to: string): number {
  return lib.paths.rename(root, bytes(from + to), from.length, root);
}

beforeEach(() => {
  base = fs.mkdtempSync(join(tmpdir(), "shoal-paths-"));
  [granted, outside] = [join(base, "granted"), join(base, "outside")];
  fs.mkdirSync(join(granted, "a", "b"), { recursive: true });
  fs.mkdirSync(join(outside, "b"), { recursive: true });
  for (const place of [join(granted, "a"), join(granted, "a", "b"), outside, join(outside, "b")]) {
    fs.writeFileSync(join(place, "file"), "");
    fs.mkdirSync(join(place, "folder"));
  }
  const library = loadLibraryOfC()!;
  const call: typeof library.call = (...args) => {
    before();
    return library.call(...args);
  };
  openBefore = openCount();
  lib = LibC.load({ ...library, call })!;
  const opened = fs.openSync(granted, "r");
  root = lib.open(opened, ".", fs.constants.O_DIRECTORY, 0);
  fs.closeSync(opened);
});

afterEach(() => {
  before = () => undefined;
  expect(lib.close(root)).toBe(0);
  // Nothing that was known is open any more.
  expect(openCount()).toBe(openBefore);
  fs.rmSync(base, { recursive: true });
});

describe.skipIf(!hasDirectoryPaths())("paths through directories that are known", () => {
  it("follow a directory that is renamed, and one that takes its name", () => {
    const inode = (path: string): bigint => fs.lstatSync(join(granted, path), { bigint: true }).ino;
    for (let i = 0; i < often; i++) expect(inodeOf("a/b/file")).toBe(inode("a/b/file"));
    fs.renameSync(join(granted, "a"), join(granted, "old"));
    expect(inodeOf("a/b/file")).toBe(-Errno.noent);
    fs.mkdirSync(join(granted, "a", "b"), { recursive: true });
    fs.writeFileSync(join(granted, "a", "b", "file"), "another");
    for (let i = 0; i < often; i++) expect(inodeOf("a/b/file")).toBe(inode("a/b/file"));
    for (let i = 0; i < often; i++) expect(inodeOf("old/b/file")).toBe(inode("old/b/file"));
    fs.renameSync(join(granted, "a"), join(granted, "third"));
    fs.renameSync(join(granted, "old"), join(granted, "a"));
    fs.renameSync(join(granted, "third"), join(granted, "old"));
    expect(inodeOf("a/b/file")).toBe(inode("a/b/file"));
    expect(inodeOf("old/b/file")).toBe(inode("old/b/file"));
    expect(lib.paths.unlink(root, bytes("a/b/file"), 0)).toBe(0);
    expect(fs.existsSync(join(granted, "a", "b", "file"))).toBe(false);
    expect(fs.existsSync(join(granted, "old", "b", "file"))).toBe(true);
  });

  it("do not follow one that became a link, and know a file from a directory", () => {
    for (let i = 0; i < often; i++) expect(typeof inodeOf("a/b/file")).toBe("bigint");
    fs.renameSync(join(granted, "a"), join(granted, "old"));
    fs.symlinkSync("old", join(granted, "a"));
    expect(inodeOf("a/b/file")).toBe(doubt);
    fs.rmSync(join(granted, "a"));
    fs.writeFileSync(join(granted, "a"), "");
    expect(inodeOf("a/b/file")).toBe(doubt);
  });

  it("take nothing but plain names", () => {
    const long = "x".repeat(256);
    for (const path of [
      "",
      "/",
      "a/",
      "/a",
      "a//b",
      ".",
      "..",
      "a/.",
      "a/..",
      "../a",
      "a\0b",
      long,
    ])
      expect(inodeOf(path)).toBe(doubt);
    fs.writeFileSync(join(granted, "..."), "");
    expect(typeof inodeOf("...")).toBe("bigint");
    expect(lib.paths.rename(root, bytes("a/file"), 99, root)).toBe(doubt);
    expect(lib.paths.rename(root, bytes("a/file"), -1, root)).toBe(doubt);
  });

  it("lead through more directories than are kept", () => {
    const names = Array.from({ length: 200 }, (_, i) => `many-${i}`);
    for (const name of names) fs.mkdirSync(join(granted, name, "in"), { recursive: true });
    for (let i = 0; i < often; i++) {
      for (const name of names) {
        const next = names[(names.indexOf(name) + 1) % names.length]!;
        expect(lib.paths.makeDirectory(root, bytes(`${name}/in/made`), 0o777)).toBe(0);
        expect(renamed(`${name}/in/made`, `${next}/in/moved`)).toBe(0);
        expect(lib.paths.unlink(root, bytes(`${next}/in/moved`), 0x200)).toBe(0);
      }
    }
  });

  it("never lead outside, whenever a directory becomes a link", () => {
    const acts: readonly (() => number)[] = [
      () =>
        inodeOf("a/b/file") === fs.statSync(join(outside, "b", "file"), { bigint: true }).ino
          ? 1
          : 0,
      () => lib.paths.unlink(root, bytes("a/b/file"), 0),
      () => lib.paths.unlink(root, bytes("a/b/folder"), 0x200),
      () => lib.paths.makeDirectory(root, bytes("a/b/new"), 0o777),
      () => renamed("a/b/file", "a/other"),
      () => renamed("a/b/file", "a/b/other"),
      () => renamed("a/file", "a/b/other"),
      () => lib.close(lib.paths.open(root, bytes("a/b/made"), create, 0o666)),
      () => lib.close(lib.paths.open(root, bytes("a/b/file"), readOnly, 0)),
    ];
    const listing = (): unknown => fs.readdirSync(outside, { recursive: true });
    const untouched = listing();
    for (const act of acts) {
      for (let at = 0, calls = 1; at < calls; at++) {
        for (const path of ["a/b/file", "a/file"]) for (let i = 0; i < often; i++) inodeOf(path);
        calls = 0;
        before = () => {
          if (calls++ === at) swap();
        };
        expect(act()).not.toBe(1);
        before = () => undefined;
        expect(listing()).toEqual(untouched);
        unswap();
      }
    }
  });

  it.each([20261121, 20261122, 20261123])("are what node:fs finds, seed %d", (seed) => {
    const random = new Random(seed);
    const names = ["a", "b", "c", "file"];
    const pathOf = (): string =>
      Array.from({ length: 1 + random.below(4) }, () => names[random.below(names.length)]!).join(
        "/",
      );
    for (let round = 0; round < 2000; round++) {
      const [one, other] = [pathOf(), pathOf()];
      disturb(random, one, other);
      for (const path of [one, other]) {
        const known = plainInode(path);
        const found = inodeOf(path);
        if (known === undefined) expect(typeof found).toBe("number");
        else if (found !== doubt) expect(found).toBe(known);
      }
    }
  });
});

function swap(): void {
  fs.renameSync(join(granted, "a"), join(granted, "spare"));
  fs.symlinkSync(outside, join(granted, "a"));
}

function unswap(): void {
  if (fs.existsSync(join(granted, "spare"))) {
    fs.rmSync(join(granted, "a"));
    fs.renameSync(join(granted, "spare"), join(granted, "a"));
  }
  for (const place of [join(granted, "a"), join(granted, "a", "b")]) {
    for (const name of ["new", "other", "made"]) {
      fs.rmSync(join(place, name), { recursive: true, force: true });
    }
    fs.writeFileSync(join(place, "file"), "");
    fs.mkdirSync(join(place, "folder"), { recursive: true });
  }
}

/** Somebody else moves something, makes it, removes it or puts a link in its place. */
function disturb(random: Random, path: string, other: string): void {
  const [from, to] = [join(granted, path), join(granted, other)];
  try {
    const turn = random.below(6);
    if (turn === 0) fs.renameSync(from, to);
    if (turn === 1) fs.mkdirSync(from);
    if (turn === 2) fs.symlinkSync(join(granted, "a"), from);
    if (turn === 3) fs.rmSync(from, { recursive: true });
    if (turn === 4) fs.writeFileSync(from, "", { flag: "wx" });
  } catch {
    // What cannot be done was not done.
  }
}

/** What a path without a link in it leads to. */
function plainInode(path: string): bigint | undefined {
  const names = path.split("/");
  for (let i = 1; i <= names.length; i++) {
    const part = join(granted, ...names.slice(0, i));
    const stat = fs.lstatSync(part, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined || stat.isSymbolicLink()) return undefined;
    if (i === names.length) return stat.ino;
    if (!stat.isDirectory()) return undefined;
  }
  return undefined;
}
