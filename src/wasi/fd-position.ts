// fd_seek, fd_tell, fd_readdir. A position is the descriptor's own, so that only a seek from the end
// asks the server, which alone knows how long the file is.
import { portalBytesMax } from "../abi/index.ts";
import { Ask, direntBytes, Errno, Filetype } from "../userlib/index.ts";
import { type Descriptor, isFile } from "./descriptor-table.ts";
import { enter, immediate, outcome, wordPair } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

const whenceSet = 0;
const whenceCurrent = 1;
const whenceEnd = 2;

/** Why a descriptor has no position, or 0. */
function refusePosition(row: Descriptor | undefined): number {
  if (row === undefined || row.filetype === Filetype.directory) return Errno.badf;
  return isFile(row) ? Errno.success : Errno.spipe;
}

export const fdSeek: WasiFunction = {
  begin(p: WasiProcess, fd: number, delta: bigint, whence: number, result: number) {
    const row = p.table.get(fd);
    const refused = refusePosition(row);
    if (refused !== 0 || row === undefined) return refused;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    if (whence === whenceSet) return moveTo(p, row, Number(delta), result);
    if (whence === whenceCurrent) return moveTo(p, row, row.offset + Number(delta), result);
    if (whence !== whenceEnd) return Errno.inval;
    p.call.begin(row.server, Ask.size, row.handle);
    const errno = enter(p);
    return errno === 0 ? seekFromEnd(p, row, delta, result) : errno;
  },
  finish(p: WasiProcess, fd: number, delta: bigint, _whence: number, result: number) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const errno = outcome(p);
    return errno === 0 ? seekFromEnd(p, row, delta, result) : errno;
  },
};

function seekFromEnd(p: WasiProcess, row: Descriptor, delta: bigint, result: number): number {
  return moveTo(p, row, wordPair(p, 0) + Number(delta), result);
}

function moveTo(p: WasiProcess, row: Descriptor, offset: number, result: number): number {
  if (offset < 0) return Errno.inval;
  if (!Number.isSafeInteger(offset)) return Errno.overflow;
  row.offset = offset;
  p.memory.setU64(result, offset);
  return Errno.success;
}

export const fdTell: WasiFunction = immediate((p: WasiProcess, fd: number, result: number) => {
  const row = p.table.get(fd);
  const refused = refusePosition(row);
  if (refused !== 0 || row === undefined) return refused;
  if (!p.memory.holds(result, 8)) return Errno.fault;
  p.memory.setU64(result, row.offset);
  return Errno.success;
});

export const fdReaddir: WasiFunction = {
  begin(p: WasiProcess, fd: number, buffer: number, bytes: number, cookie: bigint, result: number) {
    p.doneBytes = 0;
    if (!p.memory.holds(buffer, bytes) || !p.memory.holds(result, 4)) return Errno.fault;
    return list(p, fd, buffer, bytes >>> 0, cookie, result);
  },
  finish(
    p: WasiProcess,
    fd: number,
    buffer: number,
    bytes: number,
    cookie: bigint,
    result: number,
  ) {
    const errno = outcome(p);
    if (errno !== 0) return errno;
    if (takeListing(p, buffer, bytes >>> 0)) return concludeListing(p, result);
    return list(p, fd, buffer, bytes >>> 0, cookie, result);
  },
};

/** Asks for entries until the buffer is full, which tells the program that there are more, or all came. */
function list(
  p: WasiProcess,
  fd: number,
  buffer: number,
  bytes: number,
  cookie: bigint,
  result: number,
): number {
  for (;;) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if (row.filetype !== Filetype.directory) return Errno.notdir;
    const next = p.doneBytes === 0 ? cookie : lastCookie(p, buffer);
    const [low, high] = [Number(BigInt.asIntN(32, next)), Number(BigInt.asIntN(32, next >> 32n))];
    p.askedBytes = Math.min(bytes - p.doneBytes, portalBytesMax);
    p.call.begin(row.server, Ask.readDirectory, row.handle, low, high, p.askedBytes);
    if (p.askedBytes > 0) p.call.receive(buffer + p.doneBytes, p.askedBytes);
    const errno = enter(p);
    if (errno !== 0) return errno;
    if (takeListing(p, buffer, bytes)) return concludeListing(p, result);
  }
}

/** Takes in one answer. False if it was cut off by the size of a message, and the next must be asked. */
function takeListing(p: WasiProcess, buffer: number, bytes: number): boolean {
  const end = p.doneBytes + p.call.word(0);
  if (p.call.word(0) < p.askedBytes || end === bytes) {
    p.doneBytes = end;
    return true;
  }
  p.doneBytes = 0;
  for (;;) {
    if (p.doneBytes + direntBytes > end) return false;
    const next = entryEnd(p, buffer, p.doneBytes);
    if (next > end) return false;
    p.doneBytes = next;
  }
}

function entryEnd(p: WasiProcess, buffer: number, offset: number): number {
  return offset + direntBytes + p.memory.u32(buffer + offset + 16);
}

/** The cookie of the last of the entries that are in the buffer already. */
function lastCookie(p: WasiProcess, buffer: number): bigint {
  let last = 0;
  for (let at = 0; at < p.doneBytes; at = entryEnd(p, buffer, at)) last = at;
  return p.memory.u64(buffer + last);
}

function concludeListing(p: WasiProcess, result: number): number {
  p.memory.setU32(result, p.doneBytes);
  return Errno.success;
}
