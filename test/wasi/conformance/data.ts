// Reading and writing: positions, vectors, appending, holes, sizes.
import { expect, it } from "vitest";
import { portalBytesMax } from "../../../src/abi/index.ts";
import { Errno, FdFlag, OpenFlag } from "../../../src/userlib/index.ts";
import { bothRights, type Guest, type Stat, writeRight } from "../guest.ts";

const [set, current, end] = [0, 1, 2];

function openNew(g: Guest, name: string, fdFlags = 0): number {
  return g.open(name, { flags: OpenFlag.create, rights: bothRights, fdFlags });
}

export function dataSuite(guest: () => Guest): void {
  it("reads back what was written, from where the position is", () => {
    const g = guest();
    const fd = openNew(g, "a");
    expect(g.write(fd, "hello ", "", "world")).toBe(11);
    expect(g.tell(fd)).toBe(11n);
    expect(g.read(fd, 5)).toBe("");
    expect(g.seek(fd, 6n, set)).toBe(6n);
    expect(g.read(fd, 2, 1, 0, 10)).toBe("world");
    expect(g.tell(fd)).toBe(11n);
  });

  it("fills buffers in order and stops at the end of the file", () => {
    const g = guest();
    g.create("a", "0123456789");
    const fd = g.open("a");
    expect(g.read(fd, 3, 3)).toBe("012345");
    expect(g.read(fd, 3, 3)).toBe("6789");
    expect(g.read(fd, 3)).toBe("");
    expect(g.read(fd)).toBe("");
  });

  it("keeps positions of two descriptors apart", () => {
    const g = guest();
    g.create("a", "abc");
    const [one, other] = [g.open("a"), g.open("a")];
    expect(g.read(one, 2)).toBe("ab");
    expect(g.read(other, 2)).toBe("ab");
    expect(g.read(one, 2)).toBe("c");
  });

  it("seeks from all three places, and never before the beginning", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "0123456789");
    expect(g.seek(fd, -3n, end)).toBe(7n);
    expect(g.seek(fd, -2n, current)).toBe(5n);
    expect(g.seek(fd, -6n, current)).toBe(-Errno.inval);
    expect(g.seek(fd, -11n, end)).toBe(-Errno.inval);
    expect(g.seek(fd, 0n, 3)).toBe(-Errno.inval);
    expect(g.tell(fd)).toBe(5n);
    expect(g.seek(fd, 100n, set)).toBe(100n);
    expect(g.read(fd, 5)).toBe("");
    expect(g.seek(99, 0n, set)).toBe(-Errno.badf);
  });

  it("leaves a hole of zeros behind a write past the end", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "ab");
    g.seek(fd, 70_000n, set);
    expect(g.write(fd, "z")).toBe(1);
    expect(g.fstat(fd)).toMatchObject({ size: 70_001n });
    g.seek(fd, 0n, set);
    const all = g.read(fd, 80_000);
    expect(all).toBe(`ab${"\0".repeat(69_998)}z`);
  });

  it("reads and writes at a place of its own without moving the position", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "0123456789");
    g.seek(fd, 4n, set);
    expect(g.pread(fd, 3, 7n)).toBe("789");
    expect(g.pwrite(fd, "XY", 1n)).toBe(2);
    expect(g.pread(fd, 20, 10n)).toBe("");
    expect(g.tell(fd)).toBe(4n);
    expect(g.read(fd, 10)).toBe("456789");
    expect(g.content("a")).toBe("0XY3456789");
    expect(g.pread(fd, 1, -1n)).toBe(-Errno.inval);
    expect(g.pwrite(fd, "x", -1n)).toBe(-Errno.inval);
  });

  it("appends to what is the end at the time of each write", () => {
    const g = guest();
    g.create("log", "one\n");
    const [first, second] = [
      g.open("log", { rights: writeRight, fdFlags: FdFlag.append }),
      g.open("log", { rights: writeRight, fdFlags: FdFlag.append }),
    ];
    expect(g.write(first, "two\n")).toBe(4);
    expect(g.write(second, "three\n")).toBe(6);
    g.seek(first, 0n, set);
    expect(g.write(first, "four\n")).toBe(5);
    expect(g.tell(first)).toBe(19n);
    expect(g.content("log")).toBe("one\ntwo\nthree\nfour\n");
  });

  it("starts and stops appending when the flag is changed", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "0123");
    g.seek(fd, 0n, set);
    g.call("fd_fdstat_set_flags", fd, FdFlag.append);
    g.write(fd, "A");
    g.call("fd_fdstat_set_flags", fd, 0);
    g.seek(fd, 0n, set);
    g.write(fd, "B");
    expect(g.content("a")).toBe("B123A");
  });

  it("moves more than one message carries, in both directions", () => {
    const g = guest();
    const fd = openNew(g, "big");
    const bytes = Uint8Array.from({ length: 2 * portalBytesMax + 77 }, (_, i) => (i * 7) & 255);
    expect(g.write(fd, bytes)).toBe(bytes.length);
    expect(g.tell(fd)).toBe(BigInt(bytes.length));
    g.seek(fd, 0n, set);
    const text = g.read(fd, bytes.length + 100);
    expect(text).toHaveLength(bytes.length);
    expect(Uint8Array.from(String(text), (c) => c.charCodeAt(0))).toEqual(bytes);
  });

  it("takes more buffers than one message has room for", () => {
    const g = guest();
    const fd = openNew(g, "many");
    const parts = Array.from({ length: 50 }, (_, i) => `${i},`);
    expect(g.write(fd, ...parts)).toBe(parts.join("").length);
    g.seek(fd, 0n, set);
    expect(g.read(fd, ...parts.map(({ length }) => length))).toBe(parts.join(""));
    expect(g.write(fd, ...Array.from({ length: 1025 }, () => "x"))).toBe(-Errno.inval);
  });

  it("sets the size both ways, with zeros where nothing was", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "0123456789");
    expect(g.call("fd_filestat_set_size", fd, 4n)).toBe(0);
    expect(g.call("fd_filestat_set_size", fd, 6n)).toBe(0);
    expect(g.content("a")).toBe("0123\0\0");
    expect(g.call("fd_filestat_set_size", fd, -1n)).toBe(Errno.inval);
    expect(g.call("fd_filestat_set_size", g.open("a"), 0n)).toBe(Errno.inval);
    expect(g.call("fd_filestat_set_size", 3, 0n)).toBe(Errno.inval);
    expect(g.call("fd_filestat_set_size", 99, 0n)).toBe(Errno.badf);
  });

  it("allocates without ever shortening", () => {
    const g = guest();
    const fd = openNew(g, "a");
    g.write(fd, "abc");
    expect(g.call("fd_allocate", fd, 1n, 9n)).toBe(0);
    expect(g.fstat(fd)).toMatchObject({ size: 10n });
    expect(g.call("fd_allocate", fd, 0n, 2n)).toBe(0);
    expect(g.fstat(fd)).toMatchObject({ size: 10n });
    expect(g.call("fd_allocate", fd, 0n, 0n)).toBe(Errno.inval);
    expect(g.call("fd_allocate", fd, -1n, 4n)).toBe(Errno.inval);
    expect(g.call("fd_allocate", 99, 0n, 4n)).toBe(Errno.badf);
  });

  it("takes advice about files alone", () => {
    const g = guest();
    const fd = openNew(g, "a");
    expect(g.call("fd_advise", fd, 0n, 0n, 3)).toBe(0);
    expect(g.call("fd_advise", fd, 0n, -1n, 0)).toBe(Errno.inval);
    expect(g.call("fd_advise", fd, 0n, 0n, 6)).toBe(Errno.inval);
    expect(g.call("fd_advise", 99, 0n, 0n, 0)).toBe(Errno.badf);
    expect(g.call("fd_advise", 3, 0n, 0n, 0)).toBe(Errno.badf);
  });

  it("makes files and directories durable on request", () => {
    const g = guest();
    const fd = openNew(g, "a", FdFlag.sync);
    expect(g.write(fd, "kept")).toBe(4);
    expect(g.call("fd_sync", fd)).toBe(0);
    expect(g.call("fd_datasync", fd)).toBe(0);
    expect(g.call("fd_sync", 3)).toBe(0);
    expect(g.call("fd_sync", 99)).toBe(Errno.badf);
  });

  it("refuses to treat a directory as a file", () => {
    const g = guest();
    expect(g.read(3, 1)).toBe(-Errno.isdir);
    expect(g.write(3, "x")).toBe(-Errno.badf);
    expect(g.seek(3, 0n, set)).toBe(-Errno.badf);
    expect(g.tell(3)).toBe(-Errno.badf);
  });

  it("renumbers a descriptor onto an open one, which is closed", () => {
    const g = guest();
    g.create("a", "from a");
    g.create("b", "from b");
    const [a, b] = [g.open("a"), g.open("b")];
    expect(g.call("fd_renumber", a, b)).toBe(0);
    expect(g.read(b, 10)).toBe("from a");
    expect(g.read(a, 10)).toBe(-Errno.badf);
    expect(g.call("fd_renumber", b, 77)).toBe(Errno.badf);
    expect(g.call("fd_renumber", 77, b)).toBe(Errno.badf);
    expect(g.call("fd_renumber", b, b)).toBe(0);
  });

  it("keeps an unlinked file for who has it open", () => {
    const g = guest();
    g.create("a", "still here");
    const fd = g.open("a", { rights: bothRights });
    expect(g.unlink("a")).toBe(0);
    expect(g.open("a")).toBe(-Errno.noent);
    expect(g.read(fd, 20)).toBe("still here");
    expect(g.write(fd, "!")).toBe(1);
    expect((g.fstat(fd) as Stat).links).toBe(0n);
    g.call("fd_fdstat_set_flags", fd, FdFlag.append);
    expect(g.write(fd, "?")).toBe(1);
    expect(g.pread(fd, 20, 0n)).toBe("still here!?");
    expect(g.close(fd)).toBe(0);
  });

  it("faults on buffers outside of memory, and does nothing then", () => {
    const g = guest();
    const fd = openNew(g, "a");
    const beyond = g.bytes.length;
    const [vectors] = g.put(new Uint8Array(new Uint32Array([beyond - 2, 4]).buffer));
    expect(g.call("fd_write", fd, vectors, 1, 8)).toBe(Errno.fault);
    expect(g.call("fd_write", fd, beyond - 4, 1, 8)).toBe(Errno.fault);
    expect(g.call("fd_tell", fd, beyond)).toBe(Errno.fault);
    expect(g.call("fd_filestat_get", fd, -8)).toBe(Errno.fault);
    expect(g.fstat(fd)).toMatchObject({ size: 0n });
  });
}
