// A tree made read-only: all of it can be read, nothing of it changes, and what would have been
// refused anyway is refused for its own reason.
import { beforeEach, describe, expect, it } from "vitest";
import { fileService, MemoryFiles, readOnly } from "../../src/server/files/index.ts";
import { Errno, OpenFlag } from "../../src/userlib/index.ts";
import { bothRights, Guest, writeRight } from "./guest.ts";

const [writable, frozen] = [3, 4];

describe("a tree made read-only", () => {
  let g: Guest;
  beforeEach(() => {
    const tree = new MemoryFiles({ nowNs: () => 1_000_000_000n });
    g = new Guest();
    g.grant(10, fileService("writable", tree), "/w");
    g.grant(11, fileService("frozen", readOnly(tree)), "/r");
    g.create("file", "content");
    g.mkdir("dir");
    g.symlink("file", "link");
  });

  it("can be read in every way", () => {
    expect(g.content("file", frozen)).toBe("content");
    expect(g.content("link", frozen)).toBe("content");
    expect(g.stat("dir", true, frozen)).toEqual(g.stat("dir", true, writable));
    const listing = g.readdir(g.open("dir/..", { at: frozen }), 4096);
    expect(listing).toEqual(g.readdir(g.open(".", { at: writable }), 4096));
  });

  it("refuses every change with EROFS", () => {
    const at = frozen;
    const create = OpenFlag.create;
    const answers = {
      write: g.open("file", { at, rights: writeRight }),
      create: g.open("new", { at, flags: create }),
      truncate: g.open("file", { at, flags: OpenFlag.truncate }),
      mkdir: g.mkdir("new", at),
      rmdir: g.rmdir("dir", at),
      unlink: g.unlink("file", at),
      rename: g.rename("file", "new", at, at),
      times: 0 - g.call("fd_filestat_set_times", at, 0n, 0n, 10),
      link: 0 - g.call("path_link", at, 0, ...g.put("file"), at, ...g.put("new")),
      symlink: 0 - g.call("path_symlink", ...g.put("x"), at, ...g.put("new")),
    };
    for (const [name, answer] of Object.entries(answers)) {
      expect([name, answer]).toEqual([name, -Errno.rofs]);
    }
    expect(g.content("file")).toBe("content");
    expect(g.names(".").sort()).toEqual([".", "..", "dir", "file", "link"]);
  });

  it("refuses for its own reason what could not be done anyway", () => {
    const at = frozen;
    expect(g.mkdir("dir", at)).toBe(-Errno.exist);
    expect(g.unlink("missing", at)).toBe(-Errno.noent);
    expect(g.rmdir("missing", at)).toBe(-Errno.noent);
    expect(g.open("missing", { at, rights: bothRights })).toBe(-Errno.noent);
    expect(g.open("dir", { at, rights: bothRights })).toBe(-Errno.isdir);
    expect(g.open("../x", { at, flags: OpenFlag.create })).toBe(-Errno.notcapable);
    const exclusive = OpenFlag.create | OpenFlag.exclusive;
    expect(g.open("file", { at, flags: exclusive, rights: writeRight })).toBe(-Errno.exist);
  });

  it("opens what is there even with a flag that would have made it", () => {
    const fd = g.open("file", { at: frozen, flags: OpenFlag.create });
    expect(g.read(fd, 10)).toBe("content");
  });
});
