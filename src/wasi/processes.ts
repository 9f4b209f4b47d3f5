// The functions of `shoal_process`, beside WASI's: pipes, more numbers for what is open, and the calls of
// the process server. Each is one message but spawn, which has a file of its own.
import { InitialSlot } from "../abi/index.ts";
import { Access, Ask, askAgain, Errno, FdFlag, Filetype, ProcessAsk } from "../userlib/index.ts";
import { type Descriptor, openedRow } from "./descriptor-table.ts";
import { readRecord, recordBytes, writeRecord } from "./descriptor-record.ts";
import { enter, immediate, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

/** A function whose message's answer is dealt with by `conclude`, at once or after a wait. */
function oneMessage(
  begin: WasiFunction["begin"],
  conclude: (p: WasiProcess, errno: number, ...args: never[]) => number,
): WasiFunction {
  const concluded = conclude as (p: WasiProcess, errno: number, ...args: unknown[]) => number;
  const beginAnew: WasiFunction["begin"] = (p, ...args) => {
    const errno = begin(p, ...args);
    return errno === 0 ? concluded(p, errno, ...args) : errno;
  };
  return {
    begin: beginAnew,
    finish(p, ...args) {
      const errno = outcome(p);
      return errno === askAgain ? beginAnew(p, ...args) : concluded(p, errno, ...args);
    },
  };
}

/** pipe(flags, result): two words, the descriptors to read from and to write to. */
export const pipe: WasiFunction = oneMessage(
  (p: WasiProcess, flags: number, result: number) => {
    if (!p.memory.holds(result, 8)) return Errno.fault;
    if ((flags & ~FdFlag.nonblock) !== 0) return Errno.inval;
    if (!p.table.hasRoom) return Errno.mfile;
    p.call.begin(InitialSlot.pipes, Ask.pipe);
    return enter(p);
  },
  (p: WasiProcess, errno: number, flags: number, result: number) => {
    if (errno !== 0) return errno;
    const [read, write] = [p.call.word(0), p.call.word(1)];
    p.memory.setU32(result, p.table.add(pipeRow(read, Access.read, flags)));
    p.memory.setU32(result + 4, p.table.add(pipeRow(write, Access.write, flags)));
    return Errno.success;
  },
);

function pipeRow(handle: number, access: number, flags: number): Descriptor {
  return { ...openedRow(InitialSlot.pipes, handle, Filetype.unknown, access), flags };
}

/** Whether a handle is the same for every client: those of a console's streams are. */
export function isShared({ server }: Descriptor): boolean {
  return server === InitialSlot.console;
}

/** dup(fd, result): another number for what is open, with its own position and flags from here on. */
export const dup: WasiFunction = oneMessage(
  (p: WasiProcess, fd: number, result: number) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if (!p.memory.holds(result, 4)) return Errno.fault;
    if (!p.table.hasRoom) return Errno.mfile;
    if (isShared(row)) return Errno.success;
    p.call.begin(row.server, Ask.give, row.handle, 0);
    return enter(p);
  },
  (p: WasiProcess, errno: number, fd: number, result: number) => {
    if (errno !== 0) return errno === Errno.nosys ? Errno.notsup : errno;
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const handle = isShared(row) ? row.handle : p.call.word(0);
    p.memory.setU32(result, p.table.add({ ...row, handle }));
    return Errno.success;
  },
);

/**
 * give(fd, pid, record): what is open, opened once more for another process, and the row for it, which the
 * caller is to send there by whatever way they have.
 */
export const give: WasiFunction = oneMessage(
  (p: WasiProcess, fd: number, pid: number, record: number) => {
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    if (!p.memory.holds(record, recordBytes)) return Errno.fault;
    if (pid === 0) return Errno.inval;
    if (isShared(row)) return Errno.success;
    p.call.begin(row.server, Ask.give, row.handle, pid);
    return enter(p);
  },
  (p: WasiProcess, errno: number, fd: number, _pid: number, record: number) => {
    if (errno !== 0) return errno === Errno.nosys ? Errno.notsup : errno;
    const row = p.table.get(fd);
    if (row === undefined) return Errno.badf;
    const handle = isShared(row) ? row.handle : p.call.word(0);
    const bytes = new Uint8Array(recordBytes);
    writeRecord(new DataView(bytes.buffer), row, { fd: 0, handle, preopenBytes: -1 });
    p.memory.setBytes(record, bytes);
    return Errno.success;
  },
);

/** take(record, result): a number for what another process gave. */
export const take: WasiFunction = immediate((p: WasiProcess, record: number, result: number) => {
  if (!p.memory.holds(record, recordBytes) || !p.memory.holds(result, 4)) return Errno.fault;
  if (!p.table.hasRoom) return Errno.mfile;
  const words = new DataView(new ArrayBuffer(recordBytes));
  for (let at = 0; at < recordBytes; at += 4) words.setUint32(at, p.memory.u32(record + at), true);
  p.memory.setU32(result, p.table.add(readRecord(words)));
  return Errno.success;
});

/** self(result): three words, the pid, the parent's and the group. */
export const self: WasiFunction = oneMessage(
  (p: WasiProcess, result: number) => {
    if (!p.memory.holds(result, 12)) return Errno.fault;
    p.call.begin(InitialSlot.processes, ProcessAsk.self);
    // The name comes along, and is not wanted.
    p.call.receive(p.call.scratchAddress, p.call.scratch().length);
    return enter(p);
  },
  (p: WasiProcess, errno: number, result: number) => writeWords(p, errno, result),
);

/** wait(pid, flags, result): three words, the child that ended, its code and its fault's reason. */
export const wait: WasiFunction = oneMessage(
  (p: WasiProcess, pid: number, flags: number, result: number) => {
    if (!p.memory.holds(result, 12)) return Errno.fault;
    if (flags >>> 0 > 1) return Errno.inval;
    p.call.begin(InitialSlot.processes, ProcessAsk.wait, pid, flags);
    return enter(p);
  },
  (p: WasiProcess, errno: number, _pid: number, _flags: number, result: number) =>
    writeWords(p, errno, result),
);

/** kill(pid, signal): ends a child, or a child's child. */
export const kill: WasiFunction = oneMessage(
  (p: WasiProcess, pid: number, signal: number) => {
    p.call.begin(InitialSlot.processes, ProcessAsk.kill, pid, signal);
    return enter(p);
  },
  (_p: WasiProcess, errno: number) => errno,
);

/** Three words of the answer. */
function writeWords(p: WasiProcess, errno: number, result: number): number {
  if (errno !== 0) return errno;
  for (let i = 0; i < 3; i++) p.memory.setU32(result + i * 4, p.call.word(i));
  return Errno.success;
}
