// The functions on a descriptor that neither move data nor a position: what it is, its flags and
// times, its size, making it durable, closing and renumbering it.
import {
  Access,
  Ask,
  Errno,
  filestatBytes,
  FilestatOffset,
  Filetype,
  TimeFlag,
} from "../userlib/index.ts";
import { type Descriptor, isFile } from "./descriptor-table.ts";
import { enter, highWord, immediate, lowWord, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const fdstatBytes = 24;
const knownFlags = 31;
const adviceCount = 6;

/** A function that is one message, and needs nothing from its answer but the errno. */
function oneMessage(begin: WasiFunction["begin"]): WasiFunction {
  return { begin, finish: outcome };
}

/** Why a file cannot be changed through this descriptor, or 0. */
function refuseChange(row: Descriptor): number {
  if (row.filetype === Filetype.directory) return Errno.badf;
  if (!isFile(row)) return Errno.inval;
  return (row.access & Access.write) === 0 ? Errno.badf : Errno.success;
}

export const fdAdvise: WasiFunction = immediate(
  (p: WasiProcess, fd: number, offset: bigint, bytes: bigint, advice: number) => {
    const row = p.table.get(fd);
    if (row === undefined || row.filetype === Filetype.directory) return Errno.badf;
    if (!isFile(row)) return Errno.spipe;
    const isSane = offset >= 0n && bytes >= 0n && advice >>> 0 < adviceCount;
    return isSane ? Errno.success : Errno.inval;
  },
);

export const fdAllocate: WasiFunction = oneMessage(
  (p: WasiProcess, fd: number, offset: bigint, bytes: bigint) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const refused = refuseChange(row);
    if (refused !== 0) return refused === Errno.inval ? Errno.spipe : refused;
    if (offset < 0n || bytes <= 0n) return Errno.inval;
    const [at, count] = [Number(offset), Number(bytes)];
    if (!Number.isSafeInteger(at + count)) return Errno.fbig;
    const words = [lowWord(at), highWord(at), lowWord(count), highWord(count)] as const;
    p.call.begin(row.server, Ask.allocate, row.handle, ...words);
    return enter(p);
  },
);

export const fdClose: WasiFunction = {
  begin(p: WasiProcess, fd: number) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    p.call.begin(row.server, Ask.close, row.handle);
    const errno = enter(p);
    return errno < 0 ? errno : closed(p, fd, errno);
  },
  finish(p: WasiProcess, fd: number) {
    return closed(p, fd, outcome(p));
  },
};

/** Whatever the server said, the number is free again, as POSIX has it on Linux. */
function closed(p: WasiProcess, fd: number, errno: number): number {
  p.table.remove(fd);
  return errno;
}

export const fdRenumber: WasiFunction = {
  begin(p: WasiProcess, from: number, to: number) {
    const target = p.table.get(to);
    if (p.table.get(from) === undefined || target === undefined) return Errno.badf;
    if (from === to) return Errno.success;
    p.call.begin(target.server, Ask.close, target.handle);
    const errno = enter(p);
    return errno < 0 ? errno : renumbered(p, from, to);
  },
  finish(p: WasiProcess, from: number, to: number) {
    return renumbered(p, from, to);
  },
};

function renumbered(p: WasiProcess, from: number, to: number): number {
  const row = p.table.get(from);
  if (row === undefined) return Errno.badf;
  p.table.rows[to] = row;
  p.table.remove(from);
  return Errno.success;
}

function syncs(isDataOnly: number): WasiFunction {
  return oneMessage((p: WasiProcess, fd: number) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    p.call.begin(row.server, Ask.sync, row.handle, isDataOnly);
    return enter(p);
  });
}

export const fdSync: WasiFunction = syncs(0);
export const fdDatasync: WasiFunction = syncs(1);

export const fdFdstatGet: WasiFunction = immediate((p: WasiProcess, fd: number, result: number) => {
  const row = p.table.get(fd);
  if (row === undefined) return Errno.badf;
  if (!p.memory.holds(result, fdstatBytes)) return Errno.fault;
  p.memory.setWords(result, row.filetype | (row.flags << 16), 0);
  p.memory.setWords(result + 8, row.rights, 0);
  p.memory.setWords(result + 16, row.inheriting, 0);
  return Errno.success;
});

export const fdFdstatSetFlags: WasiFunction = immediate(
  (p: WasiProcess, fd: number, flags: number) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if ((flags & ~knownFlags) !== 0) return Errno.inval;
    row.flags = flags;
    return Errno.success;
  },
);

/** Rights can only shrink, and only what is reported changes. */
export const fdFdstatSetRights: WasiFunction = immediate(
  (p: WasiProcess, fd: number, rights: bigint, inheriting: bigint) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const isMore =
      (rights & ~BigInt(row.rights)) !== 0n || (inheriting & ~BigInt(row.inheriting)) !== 0n;
    if (isMore) return Errno.notcapable;
    row.rights = Number(rights);
    row.inheriting = Number(inheriting);
    return Errno.success;
  },
);

export const fdFilestatGet: WasiFunction = {
  begin(p: WasiProcess, fd: number, result: number) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if (!p.memory.holds(result, filestatBytes)) return Errno.fault;
    p.call.begin(row.server, Ask.stat, row.handle).receive(result, filestatBytes);
    const errno = enter(p);
    return errno < 0 ? errno : statted(p, fd, result, errno);
  },
  finish(p: WasiProcess, fd: number, result: number) {
    return statted(p, fd, result, outcome(p));
  },
};

/** The type a stream reports is the one that its descriptor has reported from the start. */
function statted(p: WasiProcess, fd: number, result: number, errno: number): number {
  const row = p.table.get(fd);
  if (errno !== 0 || row === undefined) return errno;
  p.memory.setU8(result + FilestatOffset.type, row.filetype);
  return errno;
}

export const fdFilestatSetSize: WasiFunction = oneMessage(
  (p: WasiProcess, fd: number, size: bigint) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    // ftruncate answers EINVAL where close to everything else answers EBADF: no file, or no write access.
    if (refuseChange(row) !== 0) return Errno.inval;
    if (size < 0n) return Errno.inval;
    const bytes = Number(size);
    if (!Number.isSafeInteger(bytes)) return Errno.fbig;
    p.call.begin(row.server, Ask.setSize, row.handle, lowWord(bytes), highWord(bytes));
    return enter(p);
  },
);

export const fdFilestatSetTimes: WasiFunction = oneMessage(
  (p: WasiProcess, fd: number, accessed: bigint, modified: bigint, which: number) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if (!areTimeFlags(which)) return Errno.inval;
    const times = timeWords(accessed, modified);
    p.call.begin(row.server, Ask.setTimes, row.handle, ...times, which);
    return enter(p);
  },
);

/** A time may be given or be now, not both. */
export function areTimeFlags(which: number): boolean {
  const access = TimeFlag.access | TimeFlag.accessNow;
  const modification = TimeFlag.modification | TimeFlag.modificationNow;
  const isBoth = (which & access) === access || (which & modification) === modification;
  return !isBoth && (which & ~(access | modification)) === 0;
}

export function timeWords(
  accessed: bigint,
  modified: bigint,
): readonly [number, number, number, number] {
  return [wordOf(accessed), wordOf(accessed >> 32n), wordOf(modified), wordOf(modified >> 32n)];
}

function wordOf(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
