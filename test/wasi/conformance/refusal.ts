// Every way in which a path or a descriptor can be wrong, tried on every function that takes one: the
// errno is the same for all of them, and comes before anything is done.
import { expect, it } from "vitest";
import { Errno, OpenFlag } from "../../../src/userlib/index.ts";
import type { WasmValue } from "../../../src/wasi/index.ts";
import { bothRights, type Guest } from "../guest.ts";

type Text = readonly [address: number, bytes: number];

/** The functions on paths: how each is called with a directory and a path, the rest being as it should. */
const onPaths: Readonly<Record<string, (g: Guest, fd: number, path: Text) => WasmValue[]>> = {
  path_open: (g, fd, path) => [fd, 1, ...path, 0, bothRights, 0n, 0, g.put("result..")[0]],
  path_filestat_get: (g, fd, path) => [fd, 1, ...path, g.put(new Uint8Array(64))[0]],
  path_filestat_set_times: (_, fd, path) => [fd, 1, ...path, 0n, 0n, 10],
  path_create_directory: (_, fd, path) => [fd, ...path],
  path_remove_directory: (_, fd, path) => [fd, ...path],
  path_unlink_file: (_, fd, path) => [fd, ...path],
  path_readlink: (g, fd, path) => [fd, ...path, 65536, 64, g.put("result..")[0]],
  path_symlink: (g, fd, path) => [...g.put("target"), fd, ...path],
  "path_link from": (g, fd, path) => [fd, 0, ...path, 3, ...g.put("made")],
  "path_link to": (g, fd, path) => [3, 0, ...g.put("file"), fd, ...path],
  "path_rename from": (g, fd, path) => [fd, ...path, 3, ...g.put("made")],
  "path_rename to": (g, fd, path) => [3, ...g.put("file"), fd, ...path],
};

function callAll(g: Guest, fd: number, path: (g: Guest) => Text): Record<string, number> {
  return Object.fromEntries(
    Object.entries(onPaths).map(([title, argumentsOf]) => {
      const [name = ""] = title.split(" ");
      return [title, g.call(name, ...argumentsOf(g, fd, path(g)))];
    }),
  );
}

function all(errno: number): Record<string, number> {
  return Object.fromEntries(Object.keys(onPaths).map((title) => [title, errno]));
}

/** The functions on a descriptor, the rest of their arguments being as it should. */
const onDescriptors: Readonly<Record<string, (g: Guest) => WasmValue[]>> = {
  fd_advise: () => [0n, 0n, 0],
  fd_allocate: () => [0n, 1n],
  fd_close: () => [],
  fd_datasync: () => [],
  fd_fdstat_get: (g) => [g.put(new Uint8Array(24))[0]],
  fd_fdstat_set_flags: () => [0],
  fd_fdstat_set_rights: () => [0n, 0n],
  fd_filestat_get: (g) => [g.put(new Uint8Array(64))[0]],
  fd_filestat_set_size: () => [0n],
  fd_filestat_set_times: () => [0n, 0n, 10],
  fd_pread: (g) => [vector(g), 1, 0n, g.put("result..")[0]],
  fd_pwrite: (g) => [vector(g), 1, 0n, g.put("result..")[0]],
  fd_read: (g) => [vector(g), 1, g.put("result..")[0]],
  fd_readdir: (g) => [65536, 64, 0n, g.put("result..")[0]],
  fd_renumber: () => [3],
  fd_seek: (g) => [0n, 0, g.put("result..")[0]],
  fd_sync: () => [],
  fd_tell: (g) => [g.put("result..")[0]],
  fd_write: (g) => [vector(g), 1, g.put("result..")[0]],
  fd_prestat_get: (g) => [g.put("result..")[0]],
  fd_prestat_dir_name: () => [65536, 64],
};

/** One buffer of four bytes. */
function vector(g: Guest): number {
  return g.put(new Uint8Array(new Uint32Array([65536, 4]).buffer))[0];
}

function callOn(g: Guest, descriptor: () => number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(onDescriptors).map(([name, rest]) => {
      const fd = descriptor();
      return [name, g.call(name, fd, ...rest(g))];
    }),
  );
}

export function refusalSuite(guest: () => Guest): void {
  function prepared(): Guest {
    const g = guest();
    g.create("file", "content");
    g.mkdir("directory");
    g.symlink("loop", "loop");
    return g;
  }

  const wrongPaths: readonly (readonly [what: string, path: string, errno: number])[] = [
    ["with a directory that is not there", "missing/name", Errno.noent],
    ["through a file", "file/name", Errno.notdir],
    ["through a link to itself", "loop/name", Errno.loop],
    ["out of what was granted", "../name", Errno.notcapable],
    ["from the root of the host", "/name", Errno.notcapable],
    ["of no bytes", "", Errno.noent],
    ["with a zero in it", "na\0me", Errno.inval],
    ["with a name that is too long", "n".repeat(256), Errno.nametoolong],
    ["with a name on the way that is too long", `${"n".repeat(256)}/name`, Errno.nametoolong],
    ["that is too long as a whole", "n/".repeat(2100), Errno.nametoolong],
  ];
  for (const [what, path, errno] of wrongPaths) {
    it(`refuses a path ${what}, whatever is to be done with it`, () => {
      const g = prepared();
      expect(callAll(g, 3, (one) => one.put(path))).toEqual(all(errno));
      expect(g.names(".").sort()).toEqual([".", "..", "directory", "file", "loop"]);
    });
  }

  it("refuses a path from what is not open, or is no directory", () => {
    const g = prepared();
    const path = (one: Guest): Text => one.put("name");
    expect(callAll(g, 77, path)).toEqual(all(Errno.badf));
    expect(callAll(g, -1, path)).toEqual(all(Errno.badf));
    expect(callAll(g, g.open("file"), path)).toEqual(all(Errno.notdir));
  });

  it("refuses a path outside of memory", () => {
    const g = prepared();
    const end = g.bytes.length;
    expect(callAll(g, 3, () => [end - 2, 4])).toEqual(all(Errno.fault));
    expect(callAll(g, 3, () => [-4, 8])).toEqual(all(Errno.fault));
  });

  it("refuses everything on what is not open", () => {
    const g = prepared();
    const names = Object.keys(onDescriptors);
    const refused = Object.fromEntries(names.map((name) => [name, Errno.badf]));
    for (const fd of [77, -1, 0x7fff_ffff]) expect(callOn(g, () => fd)).toEqual(refused);
  });

  it("refuses on a directory what is for files alone", () => {
    const g = prepared();
    // Opened anew for each: one of them closes it.
    const answers = callOn(g, () => g.open("directory", { flags: OpenFlag.directory }));
    expect(answers).toMatchObject({
      fd_advise: Errno.badf,
      fd_allocate: Errno.badf,
      fd_filestat_set_size: Errno.inval,
      fd_pread: Errno.isdir,
      fd_pwrite: Errno.badf,
      fd_read: Errno.isdir,
      fd_write: Errno.badf,
    });
  });

  it("refuses flags that there are not", () => {
    const g = prepared();
    const fd = g.open("file", { rights: bothRights });
    expect(g.open("file", { flags: 16 })).toBe(-Errno.inval);
    expect(g.open("file", { fdFlags: 32 })).toBe(-Errno.inval);
    expect(g.call("fd_fdstat_set_flags", fd, 32)).toBe(Errno.inval);
    for (const which of [3, 12, 16, 15]) {
      expect(g.call("fd_filestat_set_times", fd, 0n, 0n, which)).toBe(Errno.inval);
      const path = g.put("file");
      expect(g.call("path_filestat_set_times", 3, 0, ...path, 0n, 0n, which)).toBe(Errno.inval);
    }
  });

  it("refuses sizes and places beyond what a file can have", () => {
    const g = prepared();
    const fd = g.open("file", { rights: bothRights });
    const most = 2n ** 63n - 1n;
    expect(g.call("fd_filestat_set_size", fd, most)).toBe(Errno.fbig);
    expect(g.call("fd_allocate", fd, most - 1n, 1n)).toBe(Errno.fbig);
    expect(g.seek(fd, most, 0)).toBe(-Errno.overflow);
    expect(g.seek(fd, most, 1)).toBe(-Errno.overflow);
    expect(g.tell(fd)).toBe(0n);
    expect(g.fstat(fd)).toMatchObject({ size: 7n });
  });

  it("refuses results outside of memory, and has done nothing then", () => {
    const g = prepared();
    const beyond = g.bytes.length - 2;
    const fd = g.open("file", { rights: bothRights });
    const path = (text: string): Text => g.put(text);
    const create = [1, ...path("new"), OpenFlag.create, bothRights, 0n, 0, beyond] as const;
    expect(g.call("path_open", 3, ...create)).toBe(Errno.fault);
    expect(g.stat("new")).toBe(-Errno.noent);
    expect(g.call("path_filestat_get", 3, 0, ...path("file"), beyond)).toBe(Errno.fault);
    expect(g.call("path_readlink", 3, ...path("loop"), beyond, 9, 8)).toBe(Errno.fault);
    expect(g.call("fd_seek", fd, 3n, 0, beyond)).toBe(Errno.fault);
    expect(g.call("fd_readdir", 3, beyond, 9, 0n, 8)).toBe(Errno.fault);
    expect(g.call("fd_fdstat_get", fd, beyond)).toBe(Errno.fault);
    expect(g.call("fd_read", fd, vector(g), 1, beyond)).toBe(Errno.fault);
    expect(g.tell(fd)).toBe(0n);
  });

  it("tells a granted directory's path, if there is room for it", () => {
    const g = prepared();
    expect(g.call("fd_prestat_get", 3, 8)).toBe(0);
    expect(g.view.getUint32(12, true)).toBe(1);
    expect(g.call("fd_prestat_dir_name", 3, 16, 1)).toBe(0);
    expect(g.bytes[16]).toBe("/".charCodeAt(0));
    expect(g.call("fd_prestat_dir_name", 3, 16, 0)).toBe(Errno.nametoolong);
    expect(g.call("fd_prestat_get", g.open("directory"), 8)).toBe(Errno.badf);
  });
}
