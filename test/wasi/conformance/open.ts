// Opening: what each flag does, and how each misuse is refused.
import { expect, it } from "vitest";
import { Errno, Filetype, OpenFlag } from "../../../src/userlib/index.ts";
import { bothRights, type Guest, readRight, writeRight } from "../guest.ts";

const { create, directory, exclusive, truncate } = OpenFlag;

export function openSuite(guest: () => Guest): void {
  it("makes a file only when asked to", () => {
    const g = guest();
    expect(g.open("new")).toBe(-Errno.noent);
    expect(g.open("new", { flags: create, rights: writeRight })).toBe(4);
    expect(g.open("new")).toBe(5);
  });

  it("gives out the lowest free descriptor", () => {
    const g = guest();
    g.create("a");
    const fds = [g.open("a"), g.open("a"), g.open("a")];
    expect(fds).toEqual([4, 5, 6]);
    expect(g.close(5)).toBe(0);
    expect(g.open("a")).toBe(5);
    expect(g.close(9)).toBe(-Errno.badf);
  });

  it("refuses an exclusive creation of anything that is there, a dangling link included", () => {
    const g = guest();
    g.create("file");
    g.mkdir("dir");
    g.symlink("nowhere", "dangling");
    for (const name of ["file", "dir", "dangling"]) {
      const options = { flags: create | exclusive, rights: writeRight };
      expect([name, g.open(name, options)]).toEqual([name, -Errno.exist]);
    }
    expect(g.stat("nowhere")).toBe(-Errno.noent);
    expect(g.open("fresh", { flags: create | exclusive, rights: writeRight })).toBe(4);
  });

  it("truncates on request, and only then", () => {
    const g = guest();
    g.create("a", "12345");
    g.close(g.open("a", { flags: create, rights: bothRights }));
    expect(g.content("a")).toBe("12345");
    g.close(g.open("a", { flags: truncate, rights: bothRights }));
    expect(g.content("a")).toBe("");
  });

  it("opens a directory for reading alone", () => {
    const g = guest();
    g.mkdir("d");
    const fd = g.open("d");
    expect(g.fdstat(fd)).toMatchObject({ type: Filetype.directory });
    expect(g.open("d", { rights: bothRights })).toBe(-Errno.isdir);
    expect(g.open("d", { flags: directory, rights: bothRights })).toBe(-Errno.isdir);
    expect(g.open("d", { flags: create, rights: writeRight })).toBe(-Errno.isdir);
    expect(g.open("d", { flags: truncate })).toBe(-Errno.isdir);
    expect(g.open(".", { rights: writeRight })).toBe(-Errno.isdir);
    expect(g.fdstat(g.open("."))).toMatchObject({ type: Filetype.directory });
  });

  it("takes only a directory where one is asked for, by flag or by a slash", () => {
    const g = guest();
    g.create("f");
    g.mkdir("d");
    expect(g.open("f", { flags: directory })).toBe(-Errno.notdir);
    expect(g.open("f/")).toBe(-Errno.notdir);
    expect(g.open("f/x")).toBe(-Errno.notdir);
    expect(g.open("d/", { flags: directory })).toBeGreaterThan(3);
    expect(g.open("missing/")).toBe(-Errno.noent);
    expect(g.open("missing/x")).toBe(-Errno.noent);
    expect(g.open("new/", { flags: create, rights: writeRight })).toBe(-Errno.isdir);
    expect(g.open("new", { flags: create | directory })).toBe(-Errno.inval);
  });

  it("reports the type, flags and access with which a file was opened", () => {
    const g = guest();
    g.create("a");
    const fd = g.open("a", { rights: readRight, fdFlags: 1 });
    const stat = g.fdstat(fd);
    if (typeof stat === "number") throw new Error("no fdstat");
    expect(stat).toMatchObject({ type: Filetype.regularFile, flags: 1 });
    expect(stat.rights & bothRights).toBe(readRight);
    expect(g.call("fd_fdstat_set_flags", fd, 5)).toBe(0);
    expect(g.fdstat(fd)).toMatchObject({ flags: 5 });
    expect(g.call("fd_fdstat_set_flags", fd, 32)).toBe(Errno.inval);
  });

  it("keeps to the access asked for", () => {
    const g = guest();
    g.create("a", "text");
    const [reader, writer] = [g.open("a"), g.open("a", { rights: writeRight })];
    expect(g.write(reader, "x")).toBe(-Errno.badf);
    expect(g.read(writer, 4)).toBe(-Errno.badf);
    expect(g.read(reader, 4)).toBe("text");
    expect(g.write(writer, "T")).toBe(1);
  });

  it("opens for reading when no rights are asked for", () => {
    const g = guest();
    g.create("a", "text");
    expect(g.read(g.open("a", { rights: 0n }), 10)).toBe("text");
  });

  it("lets reported rights shrink but not grow, and refuses nothing because of them", () => {
    const g = guest();
    g.create("a", "text");
    const fd = g.open("a");
    expect(g.call("fd_fdstat_set_rights", fd, 0n, 0n)).toBe(Errno.success);
    expect(g.fdstat(fd)).toMatchObject({ rights: 0n, inheriting: 0n });
    expect(g.call("fd_fdstat_set_rights", fd, readRight, 0n)).toBe(Errno.notcapable);
    expect(g.read(fd, 10)).toBe("text");
  });

  it("tells bad paths apart", () => {
    const g = guest();
    expect(g.open("")).toBe(-Errno.noent);
    expect(g.open("a\0b")).toBe(-Errno.inval);
    expect(g.open("x".repeat(256))).toBe(-Errno.nametoolong);
    expect(g.open("x/".repeat(3000))).toBe(-Errno.nametoolong);
    expect(g.open("x".repeat(255))).toBe(-Errno.noent);
  });

  it("goes from a directory that was opened, not only from the root", () => {
    const g = guest();
    g.mkdir("d");
    g.create("d/inner", "here");
    const at = g.open("d", { flags: directory });
    expect(g.content("inner", at)).toBe("here");
    g.create("f");
    expect(g.open("inner", { at: g.open("f") })).toBe(-Errno.notdir);
    expect(g.open("inner", { at: 99 })).toBe(-Errno.badf);
  });
}
