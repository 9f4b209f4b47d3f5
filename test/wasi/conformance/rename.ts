// Renaming: over what it may replace, and what it may not.
import { expect, it } from "vitest";
import { Errno, Filetype, OpenFlag } from "../../../src/userlib/index.ts";
import { grantMemory, type Guest } from "../guest.ts";

export function renameSuite(guest: () => Guest): void {
  it("moves a file, over another if there is one", () => {
    const g = guest();
    g.create("a", "from a");
    g.create("b", "from b");
    const fd = g.open("b");
    expect(g.rename("a", "b")).toBe(0);
    expect(g.stat("a")).toBe(-Errno.noent);
    expect(g.content("b")).toBe("from a");
    expect(g.read(fd, 10)).toBe("from b");
    g.mkdir("d");
    expect(g.rename("b", "d/c")).toBe(0);
    expect(g.content("d/c")).toBe("from a");
  });

  it("moves a directory with all it holds, over an empty one", () => {
    const g = guest();
    g.mkdir("a");
    g.create("a/f", "inside");
    g.mkdir("b");
    expect(g.rename("a", "b")).toBe(0);
    expect(g.content("b/f")).toBe("inside");
    expect(g.rename("b/", "c/")).toBe(0);
    expect(g.content("c/f")).toBe("inside");
  });

  it("refuses to replace what is of another kind or not empty", () => {
    const g = guest();
    g.create("file");
    g.mkdir("empty");
    g.mkdir("full");
    g.create("full/x");
    expect(g.rename("file", "empty")).toBe(-Errno.isdir);
    expect(g.rename("empty", "file")).toBe(-Errno.notdir);
    expect(g.rename("empty", "full")).toBe(-Errno.notempty);
    expect(g.names(".").sort()).toEqual([".", "..", "empty", "file", "full"]);
  });

  it("refuses to move a directory into itself", () => {
    const g = guest();
    g.mkdir("a");
    g.mkdir("a/b");
    expect(g.rename("a", "a/c")).toBe(-Errno.inval);
    expect(g.rename("a", "a/b/c")).toBe(-Errno.inval);
    expect(g.rename("a/b", "a")).toBe(-Errno.notempty);
    g.create("a/f");
    expect(g.rename("a/f", "a")).toBe(-Errno.notempty);
  });

  it("leaves a file alone that is renamed to itself or to another of its names", () => {
    const g = guest();
    g.create("a", "same");
    g.link("a", "b");
    expect(g.rename("a", "a")).toBe(0);
    expect(g.rename("a", "b")).toBe(0);
    expect(g.names(".").sort()).toEqual([".", "..", "a", "b"]);
  });

  it("moves a link, not what it leads to", () => {
    const g = guest();
    g.create("a", "content");
    g.symlink("a", "l");
    expect(g.rename("l", "m")).toBe(0);
    expect(g.stat("m", false)).toMatchObject({ type: Filetype.symbolicLink });
    expect(g.content("a")).toBe("content");
  });

  it("refuses missing names, dots, and slashes after a file", () => {
    const g = guest();
    g.create("a");
    g.mkdir("d");
    expect(g.rename("missing", "b")).toBe(-Errno.noent);
    expect(g.rename("a", "missing/b")).toBe(-Errno.noent);
    expect(g.rename("d/.", "e")).toBe(-Errno.busy);
    expect(g.rename("a", "d/..")).toBe(-Errno.busy);
    expect(g.rename("a/", "b")).toBe(-Errno.notdir);
    expect(g.rename("a", "b/")).toBe(-Errno.notdir);
  });

  it("moves between two directories that are open", () => {
    const g = guest();
    g.mkdir("from");
    g.mkdir("to");
    g.create("from/a", "moved");
    const flags = OpenFlag.directory;
    const [from, to] = [g.open("from", { flags }), g.open("to", { flags })];
    expect(g.rename("a", "b", from, to)).toBe(0);
    expect(g.content("to/b")).toBe("moved");
    expect(g.rename("b", "x", to, 99)).toBe(-Errno.badf);
  });

  it("keeps a directory that moved reachable by who has it open", () => {
    const g = guest();
    g.mkdir("a");
    g.mkdir("other");
    const at = g.open("a", { flags: OpenFlag.directory });
    g.rename("a", "other/b");
    g.create("f", "by handle", at);
    expect(g.content("other/b/f")).toBe("by handle");
  });

  it("does not move between two granted trees", () => {
    const g = guest();
    g.create("a");
    const other = grantMemory(g, 11, "/other");
    expect(g.rename("a", "a", 3, other)).toBe(-Errno.xdev);
  });
}
