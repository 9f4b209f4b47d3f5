// spawn(request, result): a child process of a module in the program's memory, with arguments, variables
// and some of its parent's descriptors. It is several messages: the child is made; its module is sent in
// parts; each descriptor's server opens it once more for the child; the child is started with the rows of
// its table. If any of that fails, the child is ended before it began.
//
// The request is ten words: address and bytes of the module; address, bytes and count of the arguments,
// strings that end in a zero, one after the other; the same of the variables; address and count of the
// descriptors, pairs of the number that the child is to have and the parent's.
//
// Between messages the phase and how far it has come are in `doneBytes`, the child's pid in `askedBytes`
// (with the errno to end with, once there is one), and the rows for the child in the scratch.
import { InitialSlot, leaveStack, portalBytesMax } from "../abi/index.ts";
import { Ask, Errno, ProcessAsk } from "../userlib/index.ts";
import { recordBytes, writeRecord } from "./descriptor-record.ts";
import type { Descriptor } from "./descriptor-table.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";
import { isShared } from "./processes.ts";

const requestBytes = 40;
const countMax = 65_536;
const killSignal = 9;

/** The words of the request. */
const Word = {
  code: 0,
  codeBytes: 1,
  args: 2,
  argBytes: 3,
  argCount: 4,
  env: 5,
  envBytes: 6,
  envCount: 7,
  descriptors: 8,
  descriptorCount: 9,
} as const;

const Phase = { create: 0, code: 1, give: 2, start: 3, abandon: 4 } as const;
const phaseUnit = 2 ** 40;
const errnoUnit = 256;

const encoder = new TextEncoder();

export const spawn: WasiFunction = {
  begin(p: WasiProcess, request: number, result: number) {
    const refused = check(p, request, result);
    if (refused !== 0) return refused;
    setPhase(p, Phase.create, 0);
    p.askedBytes = 0;
    p.call.begin(InitialSlot.processes, ProcessAsk.create);
    return goOn(p, request, result);
  },
  finish(p: WasiProcess, request: number, result: number) {
    const errno = outcome(p);
    return isOver(p, request, errno) ? conclude(p, result) : goOn(p, request, result);
  },
};

function word(p: WasiProcess, request: number, index: number): number {
  return p.memory.u32(request + index * 4);
}

function check(p: WasiProcess, request: number, result: number): number {
  if (!p.memory.holds(request, requestBytes) || !p.memory.holds(result, 4)) return Errno.fault;
  const descriptors = word(p, request, Word.descriptorCount);
  const counts = [word(p, request, Word.argCount), word(p, request, Word.envCount), descriptors];
  if (counts.some((count) => count > countMax)) return Errno.toobig;
  const bytes = word(p, request, Word.argBytes) + word(p, request, Word.envBytes);
  if (bytes + p.call.scratch().length > portalBytesMax) return Errno.toobig;
  const isInside =
    p.memory.holds(word(p, request, Word.code), word(p, request, Word.codeBytes)) &&
    p.memory.holds(word(p, request, Word.args), word(p, request, Word.argBytes)) &&
    p.memory.holds(word(p, request, Word.env), word(p, request, Word.envBytes)) &&
    p.memory.holds(word(p, request, Word.descriptors), descriptors * 8);
  return isInside ? checkRows(p, request, descriptors) : Errno.fault;
}

/** The rows fit in the scratch, and each of them is of something open. */
function checkRows(p: WasiProcess, request: number, count: number): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(p, request, i);
    if (row === undefined) return Errno.badf;
    bytes += bytesOf(row);
  }
  return bytes <= p.call.scratch().length ? Errno.success : Errno.toobig;
}

function rowAt(p: WasiProcess, request: number, index: number): Descriptor | undefined {
  return p.table.get(p.memory.u32(word(p, request, Word.descriptors) + index * 8 + 4));
}

function bytesOf({ preopen }: Descriptor): number {
  return recordBytes + (preopen === null ? 0 : encoder.encode(preopen).length);
}

function setPhase(p: WasiProcess, phase: number, progress: number): void {
  p.doneBytes = phase * phaseUnit + progress;
}

function phaseOf(p: WasiProcess): number {
  return Math.floor(p.doneBytes / phaseUnit);
}

function progressOf(p: WasiProcess): number {
  return p.doneBytes % phaseUnit;
}

function pidOf(p: WasiProcess): number {
  return Math.floor(p.askedBytes / errnoUnit);
}

/** Makes the message that is ready, and the next ones, until one waits or all are made. */
function goOn(p: WasiProcess, request: number, result: number): number {
  for (;;) {
    const errno = enter(p);
    if (errno === leaveStack) return leaveStack;
    if (isOver(p, request, errno)) return conclude(p, result);
  }
}

/** Takes in an answer, and builds the next message unless that was the last. */
function isOver(p: WasiProcess, request: number, errno: number): boolean {
  const phase = phaseOf(p);
  if (phase === Phase.abandon) return true;
  if (errno !== Errno.success) return fail(p, errno);
  if (phase === Phase.start) return true;
  if (phase === Phase.create) {
    p.askedBytes = p.call.word(0) * errnoUnit;
    setPhase(p, Phase.code, 0);
  } else if (phase === Phase.code) {
    const sent = Math.min(progressOf(p) + portalBytesMax, word(p, request, Word.codeBytes));
    setPhase(p, Phase.code, sent);
  } else {
    writeRow(p, request, progressOf(p), p.call.word(0));
    setPhase(p, Phase.give, progressOf(p) + 1);
  }
  beginNext(p, request);
  return false;
}

/** Ends the child that was made; false: there is one, and its end is the next message. */
function fail(p: WasiProcess, errno: number): boolean {
  const pid = pidOf(p);
  p.askedBytes = pid * errnoUnit + (errno === Errno.nosys ? Errno.notsup : errno);
  // A child whose start was refused is gone already.
  if (pid === 0 || phaseOf(p) === Phase.start) return true;
  setPhase(p, Phase.abandon, 0);
  p.call.begin(InitialSlot.processes, ProcessAsk.kill, pid, killSignal);
  return false;
}

function beginNext(p: WasiProcess, request: number): void {
  if (phaseOf(p) === Phase.code) {
    const sent = progressOf(p);
    const bytes = word(p, request, Word.codeBytes);
    if (sent < bytes) {
      p.call.begin(InitialSlot.processes, ProcessAsk.code, pidOf(p));
      p.call.send(word(p, request, Word.code) + sent, Math.min(bytes - sent, portalBytesMax));
      return;
    }
    setPhase(p, Phase.give, 0);
  }
  while (progressOf(p) < word(p, request, Word.descriptorCount)) {
    const row = rowAt(p, request, progressOf(p));
    if (row !== undefined && !isShared(row)) {
      p.call.begin(row.server, Ask.give, row.handle, pidOf(p));
      return;
    }
    writeRow(p, request, progressOf(p), row?.handle ?? 0);
    setPhase(p, Phase.give, progressOf(p) + 1);
  }
  beginStart(p, request);
}

/** Writes the row of a descriptor as the child gets it, after those before it. */
function writeRow(p: WasiProcess, request: number, index: number, handle: number): void {
  const row = rowAt(p, request, index);
  if (row === undefined) return;
  let at = 0;
  for (let i = 0; i < index; i++) at += bytesOf(rowAt(p, request, i) ?? row);
  const scratch = p.call.scratch();
  const path = row.preopen === null ? undefined : encoder.encode(row.preopen);
  writeRecord(new DataView(scratch.buffer, scratch.byteOffset + at, recordBytes), row, {
    fd: p.memory.u32(word(p, request, Word.descriptors) + index * 8),
    handle,
    preopenBytes: path?.length ?? -1,
  });
  if (path !== undefined) scratch.set(path, at + recordBytes);
}

function beginStart(p: WasiProcess, request: number): void {
  setPhase(p, Phase.start, 0);
  const count = word(p, request, Word.descriptorCount);
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += bytesOf(rowAt(p, request, i)!);
  const [args, env] = [word(p, request, Word.argCount), word(p, request, Word.envCount)];
  p.call.begin(InitialSlot.processes, ProcessAsk.start, pidOf(p), args, env, count);
  const { call } = p;
  if (args > 0) call.send(word(p, request, Word.args), word(p, request, Word.argBytes));
  if (env > 0) call.send(word(p, request, Word.env), word(p, request, Word.envBytes));
  if (bytes > 0) call.send(call.scratchAddress, bytes);
}

function conclude(p: WasiProcess, result: number): number {
  const errno = p.askedBytes % errnoUnit;
  if (errno === 0) p.memory.setU32(result, pidOf(p));
  return errno;
}
