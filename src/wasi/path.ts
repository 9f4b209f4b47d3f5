// The functions on paths. Each is one message to the server of its directory, which walks the path;
// nothing is looked at here but what needs no server. What spans two descriptors stays on one server.
import { Ask, Errno, filestatBytes, Lookup, Filetype, pathBytesMax } from "../userlib/index.ts";
import { openedRow } from "./descriptor-table.ts";
import { areTimeFlags, timeWords } from "./fd.ts";
import { refuse, rowOf, sendPath } from "./path-message.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";
import { accessOf, allRights, rightsOf } from "./rights.ts";

export { pathLink, pathRename, pathSymlink } from "./path-pair.ts";

const knownOpenFlags = 15;
const knownFdFlags = 31;

export const pathOpen: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    lookup: number,
    path: number,
    pathBytes: number,
    openFlags: number,
    rights: bigint,
    _inheriting: bigint,
    flags: number,
    result: number,
  ) {
    const refused = refuse(p, fd, path, pathBytes);
    if (refused !== 0) return refused;
    if (!p.memory.holds(result, 4)) return Errno.fault;
    if ((openFlags & ~knownOpenFlags) !== 0 || (flags & ~knownFdFlags) !== 0) return Errno.inval;
    if (!p.table.hasRoom) return Errno.mfile;
    const row = rowOf(p, fd);
    const access = accessOf(rightsWord(rights));
    p.call.begin(row.server, Ask.open, row.handle, lookup, openFlags, flags, access);
    const errno = enter(sendPath(p, path, pathBytes));
    return errno === 0 ? opened(p, fd, rights, _inheriting, flags, result) : errno;
  },
  finish(
    p: WasiProcess,
    fd: number,
    _lookup: number,
    _path: number,
    _pathBytes: number,
    _openFlags: number,
    rights: bigint,
    inheriting: bigint,
    flags: number,
    result: number,
  ) {
    const errno = outcome(p);
    return errno === 0 ? opened(p, fd, rights, inheriting, flags, result) : errno;
  },
};

function rightsWord(rights: bigint): number {
  return Number(BigInt.asUintN(32, rights)) & allRights;
}

function opened(
  p: WasiProcess,
  directory: number,
  rights: bigint,
  inheriting: bigint,
  flags: number,
  result: number,
): number {
  const server = p.table.get(directory)?.server;
  if (server === undefined) return Errno.badf;
  const asked = rightsWord(rights);
  const row = openedRow(server, p.call.word(0), p.call.word(1), accessOf(asked));
  row.flags = flags;
  if (asked !== 0) row.rights = asked & rightsOf(row.filetype, row.access);
  const inherited = rightsWord(inheriting);
  row.inheriting = inherited === 0 && row.filetype === Filetype.directory ? allRights : inherited;
  p.memory.setU32(result, p.table.add(row));
  return Errno.success;
}

/** A function on one path that is one message, and needs nothing from its answer but the errno. */
function onPath(label: number): WasiFunction {
  return {
    begin(p: WasiProcess, fd: number, path: number, pathBytes: number) {
      const refused = refuse(p, fd, path, pathBytes);
      if (refused !== 0) return refused;
      const row = rowOf(p, fd);
      p.call.begin(row.server, label, row.handle);
      return enter(sendPath(p, path, pathBytes));
    },
    finish: outcome,
  };
}

export const pathCreateDirectory: WasiFunction = onPath(Ask.makeDirectory);
export const pathRemoveDirectory: WasiFunction = onPath(Ask.removeDirectory);
export const pathUnlinkFile: WasiFunction = onPath(Ask.unlink);

export const pathFilestatGet: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    lookup: number,
    path: number,
    pathBytes: number,
    result: number,
  ) {
    const refused = refuse(p, fd, path, pathBytes);
    if (refused !== 0) return refused;
    if (!p.memory.holds(result, filestatBytes)) return Errno.fault;
    const row = rowOf(p, fd);
    p.call.begin(row.server, Ask.statAt, row.handle, lookup).receive(result, filestatBytes);
    return enter(sendPath(p, path, pathBytes));
  },
  finish: outcome,
};

export const pathFilestatSetTimes: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    lookup: number,
    path: number,
    pathBytes: number,
    accessed: bigint,
    modified: bigint,
    which: number,
  ) {
    const refused = refuse(p, fd, path, pathBytes);
    if (refused !== 0) return refused;
    if (!areTimeFlags(which)) return Errno.inval;
    const row = rowOf(p, fd);
    const how = which | ((lookup & Lookup.followSymlinks) << 16);
    p.call.begin(row.server, Ask.setTimesAt, row.handle, ...timeWords(accessed, modified), how);
    return enter(sendPath(p, path, pathBytes));
  },
  finish: outcome,
};

export const pathReadlink: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    path: number,
    pathBytes: number,
    buffer: number,
    bytes: number,
    result: number,
  ) {
    const refused = refuse(p, fd, path, pathBytes);
    if (refused !== 0) return refused;
    if (!p.memory.holds(buffer, bytes) || !p.memory.holds(result, 4)) return Errno.fault;
    if (bytes === 0) return Errno.inval;
    const row = rowOf(p, fd);
    const count = Math.min(bytes >>> 0, pathBytesMax);
    p.call.begin(row.server, Ask.readLink, row.handle, count).receive(buffer, count);
    const errno = enter(sendPath(p, path, pathBytes));
    return errno === 0 ? linkRead(p, result) : errno;
  },
  finish(
    p: WasiProcess,
    _fd: number,
    _path: number,
    _pathBytes: number,
    _buffer: number,
    _bytes: number,
    result: number,
  ) {
    const errno = outcome(p);
    return errno === 0 ? linkRead(p, result) : errno;
  },
};

function linkRead(p: WasiProcess, result: number): number {
  p.memory.setU32(result, p.call.word(0));
  return Errno.success;
}
