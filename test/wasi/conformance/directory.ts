// Making, removing and reading directories. Cookies must stay good while the directory changes.
import { expect, it } from "vitest";
import { Errno, Filetype, OpenFlag } from "../../../src/userlib/index.ts";
import type { Guest, Stat } from "../guest.ts";

export function directorySuite(guest: () => Guest): void {
  it("makes and removes directories, with or without a slash", () => {
    const g = guest();
    expect(g.mkdir("d")).toBe(0);
    expect(g.mkdir("d")).toBe(-Errno.exist);
    expect(g.mkdir("d/e/")).toBe(0);
    expect(g.mkdir("x/y")).toBe(-Errno.noent);
    expect(g.rmdir("d")).toBe(-Errno.notempty);
    expect(g.rmdir("d/e/")).toBe(0);
    expect(g.rmdir("d")).toBe(0);
    expect(g.rmdir("d")).toBe(-Errno.noent);
    expect(g.stat("d")).toBe(-Errno.noent);
  });

  it("refuses to remove what is not a directory, and names that are none", () => {
    const g = guest();
    g.create("f");
    g.mkdir("d");
    g.symlink("d", "l");
    expect(g.rmdir("f")).toBe(-Errno.notdir);
    expect(g.rmdir("l")).toBe(-Errno.notdir);
    expect(g.rmdir("l/")).toBe(-Errno.notdir);
    expect(g.rmdir("d/.")).toBe(-Errno.inval);
    expect(g.rmdir("d/..")).toBe(-Errno.notempty);
    expect(g.mkdir(".")).toBe(-Errno.exist);
  });

  it("unlinks anything but a directory", () => {
    const g = guest();
    g.create("f");
    g.mkdir("d");
    g.symlink("d", "l");
    expect(g.unlink("d")).toBe(-Errno.isdir);
    expect(g.unlink("d/")).toBe(-Errno.isdir);
    expect(g.unlink("f/")).toBe(-Errno.notdir);
    expect(g.unlink("l/")).toBe(-Errno.notdir);
    expect(g.unlink("l")).toBe(0);
    expect(g.unlink("f")).toBe(0);
    expect(g.unlink("f")).toBe(-Errno.noent);
    expect(g.stat("d")).toMatchObject({ type: Filetype.directory });
  });

  it("lists every entry once, and itself and its parent, whatever the room", () => {
    const g = guest();
    g.mkdir("d");
    const made = Array.from({ length: 40 }, (_, i) => `entry-${i}`);
    for (const name of made) g.create(`d/${name}`);
    const expected = [".", "..", ...made].sort();
    for (const room of [40, 64, 100, 257, 4096]) {
      expect(g.names("d", room).sort()).toEqual(expected);
    }
  });

  it("gives types and inodes that agree with a stat of each entry", () => {
    const g = guest();
    g.mkdir("d");
    g.create("d/file");
    g.mkdir("d/sub");
    g.symlink("file", "d/link");
    const listing = g.readdir(g.open("d"), 4096);
    if (typeof listing === "number") throw new Error("no listing");
    expect(listing.entries).toHaveLength(5);
    for (const { name, type, inode } of listing.entries) {
      const path = name === ".." ? "." : `d/${name}`;
      expect(g.stat(path, false)).toMatchObject({ type, inode });
    }
  });

  it("tells of nothing above its root, however that was opened", () => {
    const g = guest();
    g.mkdir("d");
    const { inode } = g.stat(".") as Stat;
    for (const path of [".", "d/..", "d/../."]) {
      const listing = g.readdir(g.open(path, { flags: OpenFlag.directory }), 4096);
      const up = typeof listing === "number" ? undefined : listing.entries[1];
      expect([path, up]).toMatchObject([path, { name: "..", inode }]);
    }
  });

  it("fills the buffer to the last byte while there is more, and not at the end", () => {
    const g = guest();
    for (let i = 0; i < 5; i++) g.create(`long-name-number-${i}`);
    const fd = g.open(".");
    expect(g.readdir(fd, 100)).toMatchObject({ used: 100 });
    const rest = g.readdir(fd, 4096);
    expect(typeof rest === "number" ? rest : rest.used).toBeLessThan(4096);
    expect(g.readdir(fd, 0)).toMatchObject({ used: 0 });
  });

  it("goes on from any cookie as often as it is asked", () => {
    const g = guest();
    for (const name of ["a", "b", "c", "d"]) g.create(name);
    const fd = g.open(".");
    const all = g.readdir(fd, 4096);
    if (typeof all === "number") throw new Error("no listing");
    all.entries.forEach(({ cookie }, i) => {
      const rest = g.readdir(fd, 4096, cookie);
      expect(rest).toMatchObject({ entries: all.entries.slice(i + 1) });
    });
  });

  it("meets what was there all the time once, while other entries come and go", () => {
    const g = guest();
    const stays = Array.from({ length: 20 }, (_, i) => `stays-${i}`);
    for (const name of stays) {
      g.create(name);
      g.create(`${name}-goes`);
    }
    const fd = g.open(".");
    const seen: string[] = [];
    for (let cookie = 0n, round = 0; ; round++) {
      const part = g.readdir(fd, 120, cookie);
      if (typeof part === "number") throw new Error("no listing");
      seen.push(...part.entries.map(({ name }) => name));
      cookie = part.entries.at(-1)?.cookie ?? cookie;
      if (part.used < 120) break;
      if (round < stays.length) g.unlink(`stays-${round}-goes`);
      g.create(`new-${round}`);
      if (round > 500) throw new Error("no end");
    }
    const found = seen.filter((name) => /^stays-\d+$/.test(name));
    expect(found.sort()).toEqual([...stays].sort());
  });

  it("sees new entries after beginning anew", () => {
    const g = guest();
    g.create("a");
    const fd = g.open(".");
    g.readdir(fd, 4096);
    g.create("b");
    const again = g.readdir(fd, 4096);
    if (typeof again === "number") throw new Error("no listing");
    expect(again.entries.map(({ name }) => name).sort()).toEqual([".", "..", "a", "b"]);
  });

  it("reads only directories", () => {
    const g = guest();
    g.create("f");
    expect(g.readdir(g.open("f"), 100)).toBe(-Errno.notdir);
    expect(g.readdir(99, 100)).toBe(-Errno.badf);
  });

  it("makes nothing in a directory that was removed", () => {
    const g = guest();
    g.mkdir("d");
    const at = g.open("d", { flags: OpenFlag.directory });
    g.rmdir("d");
    expect(g.open("x", { at, flags: OpenFlag.create, rights: 64n })).toBe(-Errno.noent);
    expect(g.mkdir("x", at)).toBe(-Errno.noent);
    expect(g.fstat(at)).toMatchObject({ links: 0n });
  });

  it("keeps names that are not UTF-8, byte for byte", () => {
    const g = guest();
    g.create("caf\xe9\xff", "odd");
    expect(g.names(".")).toContain("caf\xe9\xff");
    expect(g.content("caf\xe9\xff")).toBe("odd");
  });

  it("counts links of files, by every name", () => {
    const g = guest();
    g.create("a");
    g.link("a", "b");
    expect((g.stat("a") as Stat).links).toBe(2n);
    g.unlink("a");
    expect((g.stat("b") as Stat).links).toBe(1n);
  });
}
