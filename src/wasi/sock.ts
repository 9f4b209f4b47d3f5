// The functions on sockets. Listeners are there when the program starts; connections come from them.
// What is received and sent without flags is a read and a write. A receive that looks without taking,
// or waits for all it asked for, tells the server so, and goes on until its buffers are full.
import { leaveStack, Register } from "../abi/index.ts";
import { Access, Ask, Errno, FdFlag, ReceiveFlag } from "../userlib/index.ts";
import { addBuffers, check, conclude, fdRead, fdWrite } from "./fd-transfer.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";
import { connectionRow, isSocket } from "./sock-rows.ts";

const knownReceiveFlags = ReceiveFlag.peek | ReceiveFlag.waitAll;

/** Why a descriptor is no socket, or 0. */
function refuse(p: WasiProcess, fd: number): number {
  const row = p.table.get(fd);
  if (row === undefined) return Errno.badf;
  return isSocket(row) ? Errno.success : Errno.notsock;
}

export const sockAccept: WasiFunction = {
  begin(p: WasiProcess, fd: number, flags: number, result: number) {
    const refused = refuse(p, fd);
    if (refused !== 0) return refused;
    if ((flags & ~FdFlag.nonblock) !== 0) return Errno.inval;
    if (!p.memory.holds(result, 4)) return Errno.fault;
    if (!p.table.hasRoom) return Errno.mfile;
    const row = p.table.get(fd)!;
    // Another thread may close the listener meanwhile; the connection's server is the same.
    p.askedBytes = row.server;
    p.call.begin(row.server, Ask.accept, row.handle, row.flags);
    const errno = enter(p);
    return errno === 0 ? accepted(p, flags, result) : errno;
  },
  finish(p: WasiProcess, _fd: number, flags: number, result: number) {
    const errno = outcome(p);
    return errno === 0 ? accepted(p, flags, result) : errno;
  },
};

function accepted(p: WasiProcess, flags: number, result: number): number {
  const row = connectionRow(p.askedBytes, p.call.word(0), flags);
  p.memory.setU32(result, p.table.add(row));
  return Errno.success;
}

export const sockRecv: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    vectors: number,
    count: number,
    flags: number,
    result: number,
    outFlags: number,
  ) {
    const refused = refuse(p, fd);
    if (refused !== 0) return refused;
    if ((flags & ~knownReceiveFlags) !== 0) return Errno.inval;
    if (!p.memory.holds(outFlags, 2)) return Errno.fault;
    // Of a stream nothing is ever cut off, which is all that these flags could say.
    p.memory.setU16(outFlags, 0);
    if (flags === 0) return fdRead.begin(p, fd, vectors, count, result);
    const wrong = check(p, fd, Access.read, vectors, count, result);
    return wrong === 0 ? receive(p, fd, vectors, count, flags, result) : wrong;
  },
  finish(
    p: WasiProcess,
    fd: number,
    vectors: number,
    count: number,
    flags: number,
    result: number,
  ) {
    if (flags === 0) return fdRead.finish(p, fd, vectors, count, result);
    if (take(p, flags, outcome(p))) return conclude(p, result);
    return receive(p, fd, vectors, count, flags, result);
  },
};

/** Asks until all is there, nothing more comes or the thread has to wait. */
function receive(
  p: WasiProcess,
  fd: number,
  vectors: number,
  count: number,
  flags: number,
  result: number,
): number {
  for (;;) {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    p.call.begin(row.server, Ask.read, row.handle, 0, 0, 0, row.flags, flags);
    const asked = addBuffers(p, true, vectors, count);
    if (asked === 0) return conclude(p, result);
    p.call.caller.registers[Register.w3] = asked;
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (take(p, flags, errno)) return conclude(p, result);
  }
}

/** Takes in an answer. True if the call is over; a look without taking is one answer. */
function take(p: WasiProcess, flags: number, errno: number): boolean {
  if (errno !== 0) {
    p.askedBytes = p.doneBytes > 0 ? 0 : -errno;
    return true;
  }
  const moved = p.call.word(0);
  p.doneBytes += moved;
  p.askedBytes = 0;
  return moved === 0 || (flags & ReceiveFlag.peek) !== 0 || (flags & ReceiveFlag.waitAll) === 0;
}

export const sockSend: WasiFunction = {
  begin(p: WasiProcess, fd: number, vectors: number, count: number, flags: number, result: number) {
    const refused = refuse(p, fd);
    if (refused !== 0) return refused;
    // WASI defines no flags for sending.
    return flags === 0 ? fdWrite.begin(p, fd, vectors, count, result) : Errno.inval;
  },
  finish(
    p: WasiProcess,
    fd: number,
    vectors: number,
    count: number,
    _flags: number,
    result: number,
  ) {
    return fdWrite.finish(p, fd, vectors, count, result);
  },
};

export const sockShutdown: WasiFunction = {
  begin(p: WasiProcess, fd: number, how: number) {
    const refused = refuse(p, fd);
    if (refused !== 0) return refused;
    const row = p.table.get(fd)!;
    p.call.begin(row.server, Ask.shutdown, row.handle, how);
    return enter(p);
  },
  finish: outcome,
};
