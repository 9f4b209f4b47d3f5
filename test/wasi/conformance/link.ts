// Hard links and symbolic links, and which calls follow them.
import { expect, it } from "vitest";
import { Errno, Filetype, OpenFlag } from "../../../src/userlib/index.ts";
import { bothRights, type Guest, type Stat, writeRight } from "../guest.ts";

export function linkSuite(guest: () => Guest): void {
  it("reads back a link's target, and cuts it off without an error", () => {
    const g = guest();
    expect(g.symlink("some/target", "l")).toBe(0);
    expect(g.readlink("l")).toBe("some/target");
    expect(g.readlink("l", 4)).toBe("some");
    expect(g.readlink("l", 0)).toBe(-Errno.inval);
    expect(g.stat("l", false)).toMatchObject({ type: Filetype.symbolicLink, size: 11n });
  });

  it("refuses to read or make links where there can be none", () => {
    const g = guest();
    g.create("f");
    g.mkdir("d");
    expect(g.readlink("f")).toBe(-Errno.inval);
    expect(g.readlink("d")).toBe(-Errno.inval);
    expect(g.readlink("missing")).toBe(-Errno.noent);
    expect(g.symlink("x", "f")).toBe(-Errno.exist);
    expect(g.symlink("x", "d/")).toBe(-Errno.exist);
    expect(g.symlink("x", "new/")).toBe(-Errno.noent);
    expect(g.symlink("", "new")).toBe(-Errno.noent);
    expect(g.symlink("x", "missing/new")).toBe(-Errno.noent);
  });

  it("follows links on the way and, when asked, at the end", () => {
    const g = guest();
    g.mkdir("d");
    g.create("d/f", "found");
    g.symlink("d", "to-d");
    g.symlink("to-d/f", "to-f");
    expect(g.content("to-d/f")).toBe("found");
    expect(g.content("to-f")).toBe("found");
    expect(g.open("to-f", { follow: false })).toBe(-Errno.loop);
    expect(g.stat("to-f")).toMatchObject({ type: Filetype.regularFile });
    expect(g.stat("to-f", false)).toMatchObject({ type: Filetype.symbolicLink });
  });

  it("takes a slash at the end as a request to follow", () => {
    const g = guest();
    g.mkdir("d");
    g.create("f");
    g.symlink("d", "to-d");
    g.symlink("f", "to-f");
    expect(g.stat("to-d/", false)).toMatchObject({ type: Filetype.directory });
    expect(g.stat("to-f/", false)).toBe(-Errno.notdir);
    expect(g.open("to-d/", { follow: false, flags: OpenFlag.directory })).toBeGreaterThan(3);
    expect(g.open("to-f/")).toBe(-Errno.notdir);
    expect(g.stat("d/.")).toMatchObject({ type: Filetype.directory });
    expect(g.stat("f/.")).toBe(-Errno.notdir);
  });

  it("goes up from where a link led, not from where it stood", () => {
    const g = guest();
    g.mkdir("a");
    g.mkdir("a/b");
    g.create("a/marker", "in a");
    g.create("marker", "in root");
    g.symlink("a/b", "to-b");
    expect(g.content("to-b/../marker")).toBe("in a");
    expect(g.content("a/../marker")).toBe("in root");
    g.symlink("../marker", "a/up");
    expect(g.content("a/up")).toBe("in root");
  });

  it("makes a file through a dangling link", () => {
    const g = guest();
    g.symlink("target", "l");
    expect(g.open("l")).toBe(-Errno.noent);
    const fd = g.open("l", { flags: OpenFlag.create, rights: writeRight });
    g.write(fd, "made");
    expect(g.content("target")).toBe("made");
    expect(g.stat("l", false)).toMatchObject({ type: Filetype.symbolicLink });
  });

  it("gives up on links that lead in a circle", () => {
    const g = guest();
    g.symlink("b", "a");
    g.symlink("a", "b");
    g.symlink("self/x", "self");
    expect(g.open("a")).toBe(-Errno.loop);
    expect(g.open("self")).toBe(-Errno.loop);
    expect(g.stat("a/x")).toBe(-Errno.loop);
    expect(g.stat("a", false)).toMatchObject({ type: Filetype.symbolicLink });
  });

  it("follows a chain of links as long as it ends", () => {
    const g = guest();
    g.create("end", "reached");
    g.symlink("end", "l0");
    for (let i = 1; i < 30; i++) g.symlink(`l${i - 1}`, `l${i}`);
    expect(g.content("l29")).toBe("reached");
  });

  it("gives one file two names", () => {
    const g = guest();
    g.create("a", "one");
    expect(g.link("a", "b")).toBe(0);
    const fd = g.open("b", { rights: bothRights });
    g.write(fd, "ONE");
    expect(g.content("a")).toBe("ONE");
    expect((g.stat("a") as Stat).inode).toBe((g.stat("b") as Stat).inode);
    g.unlink("a");
    expect(g.content("b")).toBe("ONE");
  });

  it("refuses hard links to directories, over names, and with slashes", () => {
    const g = guest();
    g.create("a");
    g.create("b");
    g.mkdir("d");
    expect(g.link("d", "e")).toBe(-Errno.perm);
    expect(g.link("a", "b")).toBe(-Errno.exist);
    expect(g.link("a", "d")).toBe(-Errno.exist);
    expect(g.link("missing", "c")).toBe(-Errno.noent);
    expect(g.link("a", "missing/c")).toBe(-Errno.noent);
    expect(g.link("a/", "c")).toBe(-Errno.notdir);
    expect(g.link("a", "c/")).toBe(-Errno.noent);
  });

  it("links to a link itself, or to its target when asked", () => {
    const g = guest();
    g.create("a", "content");
    g.symlink("a", "l");
    expect(g.link("l", "same-link")).toBe(0);
    expect(g.stat("same-link", false)).toMatchObject({ type: Filetype.symbolicLink });
    expect(g.link("l", "target", true)).toBe(0);
    expect(g.stat("target", false)).toMatchObject({ type: Filetype.regularFile });
  });
}
