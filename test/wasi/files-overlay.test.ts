// What an overlay promises beyond being a file tree: nothing below ever changes, readers see what writers
// write although a file moves from below to above between them, and what was changed is found again.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fileService, type FileTree, MemoryFiles, overlay } from "../../src/server/files/index.ts";
import { Errno, FdFlag, OpenFlag } from "../../src/userlib/index.ts";
import { commonFlags, compile } from "../../tools/programs/compile.ts";
import { shoal } from "../programs/shoal-process.ts";
import { everything } from "./files-random.ts";
import { bothRights, Guest, type Stat, writeRight } from "./guest.ts";

function inMemory(bytesMax?: number): FileTree {
  let timeNs = 1n;
  const nowNs = (): bigint => (timeNs += 1000n);
  return new MemoryFiles(bytesMax === undefined ? { nowNs } : { nowNs, bytesMax });
}

function guestOn(tree: FileTree): Guest {
  const guest = new Guest();
  guest.grant(10, fileService("tree", tree), "/");
  return guest;
}

describe("an overlay", () => {
  let lower: FileTree;
  let below: Guest;
  let before: string[];
  beforeEach(() => {
    lower = inMemory();
    below = guestOn(lower);
    below.mkdir("d");
    below.mkdir("d/inner");
    below.create("d/inner/deep", "deep below");
    below.create("f", "from below");
    below.symlink("f", "l");
    before = everything(below);
  });

  function make(upper = inMemory()): Guest {
    return guestOn(overlay(lower, upper));
  }

  it("shows a reader what a writer writes, though the file moved up in between", () => {
    const g = make();
    const reader = g.open("f");
    const writer = g.open("f", { rights: bothRights });
    g.write(writer, "FROM");
    expect(g.pread(reader, 20, 0n)).toBe("FROM below");
    expect(everything(below)).toEqual(before);
  });

  it("keeps inode and times of what it copies up, and of the directory around it", () => {
    const g = make();
    const ofDirectory = g.stat("d/inner");
    const { inode, modified } = g.stat("d/inner/deep") as Stat;
    const open = g.open("d/inner/deep");
    g.close(g.open("d/inner/deep", { rights: writeRight }));
    expect(g.stat("d/inner/deep")).toMatchObject({ inode, modified });
    expect(g.fstat(open)).toMatchObject({ inode, modified });
    expect(g.stat("d/inner")).toMatchObject(ofDirectory as Stat);
  });

  it("copies nothing of a file that is cut off by its opening", () => {
    const pageBytes = 16 * 1024;
    below.create("big", new Uint8Array(2 * pageBytes).fill(1));
    const g = make(inMemory(pageBytes));
    expect(g.open("big", { rights: writeRight })).toBe(-Errno.nospc);
    expect(g.open("big", { rights: writeRight, flags: OpenFlag.truncate })).toBeGreaterThan(3);
    expect(g.content("big")).toBe("");
  });

  it("leaves a file as it was when there is no room for its copy", () => {
    below.create("big", new Uint8Array(100_000).fill(1));
    const g = make(inMemory(16 * 1024));
    expect(g.open("big", { rights: writeRight })).toBe(-Errno.nospc);
    expect(g.rename("big", "other")).toBe(-Errno.nospc);
    expect(g.stat("big")).toMatchObject({ size: 100_000n });
    g.create("fits", "room was given back");
    expect(g.content("fits")).toBe("room was given back");
  });

  it("moves a directory from below with all it holds, and with what is open in it", () => {
    const g = make();
    const [file, directory] = [g.open("d/inner/deep"), g.open("d/inner")];
    expect(g.rename("d", "e")).toBe(0);
    expect(g.content("e/inner/deep")).toBe("deep below");
    expect(g.stat("d")).toBe(-Errno.noent);
    g.create("new", "made by descriptor", directory);
    expect(g.content("e/inner/new")).toBe("made by descriptor");
    g.close(g.open("e/inner/deep", { rights: writeRight, flags: OpenFlag.truncate }));
    expect(g.read(file, 20)).toBe("");
    expect(everything(below)).toEqual(before);
  });

  it("starts anew where something is made under a name that was removed", () => {
    const upper = inMemory();
    const g = make(upper);
    expect(g.unlink("d/inner/deep")).toBe(0);
    expect(g.rmdir("d/inner")).toBe(0);
    expect(g.rmdir("d")).toBe(0);
    g.mkdir("d");
    expect(g.names("d").sort()).toEqual([".", ".."]);
    g.unlink("l");
    g.create("l", "a file now");
    for (const guest of [g, make(upper)]) {
      expect(everything(guest).sort()).toEqual(["./d/", "./f from below", "./l a file now"]);
    }
    expect(everything(below)).toEqual(before);
  });

  it("does not let programs meet the names of its own books", () => {
    const upper = inMemory();
    const g = make(upper);
    g.unlink("f");
    expect(guestOn(upper).names(".").sort()).toEqual([".", "..", ".wh.f"]);
    expect(g.names(".").sort()).toEqual([".", "..", "d", "l"]);
    expect(g.stat(".wh.f")).toBe(-Errno.noent);
    expect(g.unlink(".wh.f")).toBe(-Errno.noent);
    expect(g.mkdir(".wh.x")).toBe(-Errno.inval);
    expect(g.rename("d", ".wh.d")).toBe(-Errno.inval);
    expect(g.content("f")).toBe(-Errno.noent);
  });

  it("parts the names of one file when it is written to", () => {
    below.link("f", "same");
    const g = make();
    g.close(g.open("same", { rights: bothRights, fdFlags: FdFlag.append }));
    const fd = g.open("same", { rights: bothRights, fdFlags: FdFlag.append });
    g.write(fd, "!");
    expect([g.content("same"), g.content("f")]).toEqual(["from below!", "from below"]);
  });
});

describe("shoal run --dir-overlay", () => {
  let base: string;
  let program: string;
  const at = (name: string): string => join(base, name);
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), "shoal-overlay-"));
    for (const name of ["granted", "changes"]) mkdirSync(at(name));
    writeFileSync(at("granted/kept"), "kept");
    writeFileSync(at("keep.c"), changer);
    program = at("keep.wasm");
    await compile(["src/keep.c"], commonFlags, { src: base }, program);
  });
  afterAll(() => rmSync(base, { recursive: true }));

  const changer = `
    #include <stdio.h>
    #include <unistd.h>
    int main(void) {
      FILE *f = fopen("/kept", "a");
      if (f == NULL || fputs(" and more", f) < 0 || fclose(f) != 0) return 1;
      if (rename("/kept", "/moved") != 0) return 2;
      char text[32] = "";
      f = fopen("/moved", "r");
      puts(f == NULL ? "none" : fgets(text, sizeof text, f));
      return access("/kept", F_OK) == 0;
    }`;

  async function run(grant: string): Promise<void> {
    const { stdout, exitCode } = await shoal(["run", "--dir-overlay", grant, program]);
    expect([new TextDecoder().decode(stdout), exitCode]).toEqual(["kept and more\n", 0]);
    expect(readdirSync(at("granted"))).toEqual(["kept"]);
    expect(readFileSync(at("granted/kept"), "utf8")).toBe("kept");
  }

  it("keeps the changes in memory", async () => {
    await run(`${at("granted")}::/`);
    await run(`${at("granted")}::/`);
  });

  it("keeps the changes in a directory of their own", async () => {
    await run(`${at("granted")}::/::${at("changes")}`);
    expect(readFileSync(at("changes/moved"), "utf8")).toBe("kept and more");
  });

  it("says what is wrong with a grant", async () => {
    const wrong = await shoal(["run", "--dir-overlay", `${base}::/::${at("none")}`, program]);
    expect(new TextDecoder().decode(wrong.stderr)).toContain("there is no directory");
    const tooMany = await shoal(["run", "--dir-overlay", "a::b::c::d", program]);
    expect(new TextDecoder().decode(tooMany.stderr)).toContain("HOST::GUEST::CHANGES");
    expect([wrong.exitCode, tooMany.exitCode]).toEqual([2, 2]);
  });
});

// The changer is compiled from a file of this test's own; posix.c runs over overlays as well.
describe("a C program that checks what POSIX promises about files", () => {
  it("finds nothing wrong with an overlay", async () => {
    const base = mkdtempSync(join(tmpdir(), "shoal-overlay-"));
    const sources = fileURLToPath(new URL("c", import.meta.url));
    await compile(["src/posix.c"], commonFlags, { src: sources }, join(base, "posix.wasm"));
    mkdirSync(join(base, "granted"));
    const args = ["--dir-overlay", `${join(base, "granted")}::/`, join(base, "posix.wasm")];
    const { stdout, exitCode } = await shoal(["run", ...args], { stdin: "in!\n" });
    expect(new TextDecoder().decode(stdout)).toMatch(/^\d+ checks, 0 failures\n$/);
    expect([exitCode, readdirSync(join(base, "granted"))]).toEqual([42, []]);
    rmSync(base, { recursive: true });
  });
});
