// fd_read, fd_pread, fd_write, fd_pwrite: the hot functions. The program's buffers are the strings of
// the message, by address, so that the kernel copies each byte once, between the program's memory and
// the server's. A message has room for `indirectStringsMax` buffers and `portalBytesMax` bytes: more is
// a loop, except that a stream is read once, and written once if it may not wait.
//
// Nothing here allocates. Progress is in `doneBytes` and `askedBytes` of the process.
import { indirectStringsMax, leaveStack, portalBytesMax, Register } from "../abi/index.ts";
import { Access, Ask, askAgain, Errno, FdFlag, Filetype } from "../userlib/index.ts";
import { type Descriptor, isFile } from "./descriptor-table.ts";
import { enter, highWord, lowWord, outcome, wordPair } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

/** Most that one message writes to a stream: what it has no room for would be copied again. */
const streamWriteBytesMax = 65_536;

const vectorBytes = 8;
const vectorCountMax = 1024;
/** Stands for the position that the descriptor keeps. */
const ownPosition = -1;

export const fdRead: WasiFunction = {
  begin(p: WasiProcess, fd: number, vectors: number, count: number, result: number) {
    if (isSimple(p, fd, Access.read, vectors, count, result)) {
      return readOne(p, fd, vectors, ownPosition, result);
    }
    const refused = check(p, fd, Access.read, vectors, count, result);
    return refused === 0 ? read(p, fd, vectors, count, ownPosition, result) : refused;
  },
  finish(p: WasiProcess, fd: number, vectors: number, count: number, result: number) {
    const isOver = advance(p, true, fd, ownPosition, outcome(p));
    return isOver ? conclude(p, result) : read(p, fd, vectors, count, ownPosition, result);
  },
};

export const fdWrite: WasiFunction = {
  begin(p: WasiProcess, fd: number, vectors: number, count: number, result: number) {
    if (isSimple(p, fd, Access.write, vectors, count, result)) {
      return writeOne(p, fd, vectors, ownPosition, result);
    }
    const refused = check(p, fd, Access.write, vectors, count, result);
    return refused === 0 ? write(p, fd, vectors, count, ownPosition, result) : refused;
  },
  finish(p: WasiProcess, fd: number, vectors: number, count: number, result: number) {
    const isOver = advance(p, false, fd, ownPosition, outcome(p));
    return isOver ? conclude(p, result) : write(p, fd, vectors, count, ownPosition, result);
  },
};

export const fdPread: WasiFunction = {
  begin(p: WasiProcess, fd: number, vectors: number, count: number, at: bigint, result: number) {
    const offset = Number(at);
    const isSane = offset >= 0 && offset <= Number.MAX_SAFE_INTEGER;
    if (isSane && isSimple(p, fd, Access.read, vectors, count, result)) {
      return readOne(p, fd, vectors, offset, result);
    }
    const refused = checkAt(p, fd, Access.read, vectors, count, offset, result);
    return refused === 0 ? read(p, fd, vectors, count, offset, result) : refused;
  },
  finish(p: WasiProcess, fd: number, vectors: number, count: number, at: bigint, result: number) {
    const offset = Number(at);
    const isOver = advance(p, true, fd, offset, outcome(p));
    return isOver ? conclude(p, result) : read(p, fd, vectors, count, offset, result);
  },
};

export const fdPwrite: WasiFunction = {
  begin(p: WasiProcess, fd: number, vectors: number, count: number, at: bigint, result: number) {
    const offset = Number(at);
    const isSane = offset >= 0 && offset <= Number.MAX_SAFE_INTEGER;
    if (isSane && isSimple(p, fd, Access.write, vectors, count, result)) {
      return writeOne(p, fd, vectors, offset, result);
    }
    const refused = checkAt(p, fd, Access.write, vectors, count, offset, result);
    return refused === 0 ? write(p, fd, vectors, count, offset, result) : refused;
  },
  finish(p: WasiProcess, fd: number, vectors: number, count: number, at: bigint, result: number) {
    const offset = Number(at);
    const isOver = advance(p, false, fd, offset, outcome(p));
    return isOver ? conclude(p, result) : write(p, fd, vectors, count, offset, result);
  },
};

/**
 * Whether a call is what nearly all are: it can be made, is for a file, and has one buffer that one message
 * carries. It is looked at once then, and not once by each of the steps below.
 */
function isSimple(
  p: WasiProcess,
  fd: number,
  access: number,
  vectors: number,
  count: number,
  result: number,
): boolean {
  const row = p.table.get(fd);
  if (count !== 1 || row === undefined || !isFile(row) || (row.access & access) === 0) return false;
  const { memory } = p;
  if (!memory.holds(vectors, vectorBytes) || !memory.holds(result, 4)) return false;
  const bytes = memory.u32(vectors + 4);
  p.doneBytes = 0;
  p.askedBytes = bytes;
  return bytes > 0 && bytes <= portalBytesMax && memory.holds(memory.u32(vectors), bytes);
}

function readOne(p: WasiProcess, fd: number, vectors: number, at: number, result: number): number {
  const row = p.table.get(fd)!;
  const from = at === ownPosition ? row.offset : at;
  const bytes = p.askedBytes;
  p.call.begin(row.server, Ask.read, row.handle, lowWord(from), highWord(from), bytes, row.flags);
  p.call.receive(p.memory.u32(vectors), bytes);
  return oneOver(p, true, fd, vectors, at, result, enter(p));
}

function writeOne(p: WasiProcess, fd: number, vectors: number, at: number, result: number): number {
  const row = p.table.get(fd)!;
  const isOwn = at === ownPosition;
  const from = isOwn ? row.offset : at;
  const flags = isOwn ? row.flags : row.flags & ~FdFlag.append;
  p.call.begin(row.server, Ask.write, row.handle, lowWord(from), highWord(from), flags);
  p.call.send(p.memory.u32(vectors), p.askedBytes);
  return oneOver(p, false, fd, vectors, at, result, enter(p));
}

/** The message of a simple call is over, or waits: what was moved is all that is to be moved. */
function oneOver(
  p: WasiProcess,
  isRead: boolean,
  fd: number,
  vectors: number,
  at: number,
  result: number,
  errno: number,
): number {
  if (errno === leaveStack) return leaveStack;
  if (errno === askAgain) {
    return isRead ? read(p, fd, vectors, 1, at, result) : write(p, fd, vectors, 1, at, result);
  }
  if (errno !== 0) return errno;
  const moved = p.call.word(0);
  p.doneBytes = moved;
  if (at === ownPosition) {
    const row = p.table.get(fd)!;
    row.offset = isRead ? row.offset + moved : wordPair(p, 1);
  }
  p.memory.setU32(result, moved);
  return Errno.success;
}

/** Everything that can be refused before the first message. */
export function check(
  p: WasiProcess,
  fd: number,
  access: number,
  vectors: number,
  count: number,
  result: number,
): number {
  p.doneBytes = 0;
  p.askedBytes = 0;
  const row = p.table.get(fd);
  if (row === undefined) return Errno.badf;
  if (row.filetype === Filetype.directory) {
    return access === Access.read ? Errno.isdir : Errno.badf;
  }
  if ((row.access & access) === 0) return Errno.badf;
  if (count >>> 0 > vectorCountMax) return Errno.inval;
  if (!p.memory.holds(vectors, count * vectorBytes) || !p.memory.holds(result, 4)) {
    return Errno.fault;
  }
  return checkBuffers(p, vectors, count);
}

function checkBuffers(p: WasiProcess, vectors: number, count: number): number {
  let bytes = 0;
  for (let at = vectors; at < vectors + count * vectorBytes; at += vectorBytes) {
    const size = p.memory.u32(at + 4);
    if (!p.memory.holds(p.memory.u32(at), size)) return Errno.fault;
    bytes += size;
  }
  return bytes > 0x7fff_ffff ? Errno.inval : Errno.success;
}

function checkAt(
  p: WasiProcess,
  fd: number,
  access: number,
  vectors: number,
  count: number,
  offset: number,
  result: number,
): number {
  const refused = check(p, fd, access, vectors, count, result);
  if (refused !== 0) return refused;
  if (!isFile(p.table.get(fd)!)) return Errno.spipe;
  return offset < 0 || offset > Number.MAX_SAFE_INTEGER ? Errno.inval : Errno.success;
}

/** Reads until the buffers are full, the file ends or the thread has to wait. */
function read(
  p: WasiProcess,
  fd: number,
  vectors: number,
  count: number,
  at: number,
  result: number,
): number {
  for (;;) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const from = at === ownPosition ? row.offset : at + p.doneBytes;
    p.call.begin(row.server, Ask.read, row.handle, lowWord(from), highWord(from), 0, row.flags);
    const asked = addBuffers(p, true, vectors, count);
    if (asked === 0) return conclude(p, result);
    p.call.caller.registers[Register.w3] = asked;
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (advance(p, true, fd, at, errno)) return conclude(p, result);
  }
}

function write(
  p: WasiProcess,
  fd: number,
  vectors: number,
  count: number,
  at: number,
  result: number,
): number {
  for (;;) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const from = at === ownPosition ? row.offset : at + p.doneBytes;
    // A write at a place of its own goes there even if the descriptor appends.
    const flags = at === ownPosition ? row.flags : row.flags & ~FdFlag.append;
    p.call.begin(row.server, Ask.write, row.handle, lowWord(from), highWord(from), flags);
    const bytesMax = isFile(row) ? portalBytesMax : streamWriteBytesMax;
    if (addBuffers(p, false, vectors, count, bytesMax) === 0) return conclude(p, result);
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (advance(p, false, fd, at, errno)) return conclude(p, result);
  }
}

/** Adds what is left of the program's buffers to the message, as far as it fits. Answers its bytes. */
export function addBuffers(
  p: WasiProcess,
  isRead: boolean,
  vectors: number,
  count: number,
  bytesMax: number = portalBytesMax,
): number {
  let skip = p.doneBytes;
  let total = 0;
  let strings = 0;
  for (let i = 0; i < count && strings < indirectStringsMax && total < bytesMax; i++) {
    const address = p.memory.u32(vectors + i * vectorBytes);
    const size = p.memory.u32(vectors + i * vectorBytes + 4);
    if (size <= skip) {
      skip -= size;
      continue;
    }
    const bytes = Math.min(size - skip, bytesMax - total);
    if (isRead) p.call.receive(address + skip, bytes);
    else p.call.send(address + skip, bytes);
    skip = 0;
    total += bytes;
    strings++;
  }
  p.askedBytes = total;
  return total;
}

/** Takes in an answer. True if the call is over, with its errno left in `askedBytes` as -errno. */
function advance(p: WasiProcess, isRead: boolean, fd: number, at: number, errno: number): boolean {
  if (errno !== 0) {
    if (errno === askAgain) return false;
    // What was moved before the error counts; the error comes again with the next call.
    p.askedBytes = p.doneBytes > 0 ? 0 : -errno;
    return true;
  }
  const moved = p.call.word(0);
  const row = p.table.get(fd);
  if (row !== undefined && at === ownPosition && isFile(row)) {
    row.offset = isRead ? row.offset + moved : wordPair(p, 1);
  }
  p.doneBytes += moved;
  const isOver = row === undefined || moved === 0 || !goesOn(row, isRead, moved < p.askedBytes);
  if (isOver) p.askedBytes = 0;
  return isOver;
}

/**
 * Whether the buffers that are left are moved by another message: on a file as long as all was moved, and
 * to a stream until all was, unless the program asked not to wait for that. A read of a stream is answered
 * with what there is.
 */
function goesOn(row: Descriptor, isRead: boolean, isShort: boolean): boolean {
  if (isFile(row)) return !isShort;
  return !isRead && (row.flags & FdFlag.nonblock) === 0;
}

export function conclude(p: WasiProcess, result: number): number {
  if (p.askedBytes < 0) return -p.askedBytes;
  p.memory.setU32(result, p.doneBytes);
  return Errno.success;
}
