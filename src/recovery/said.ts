// What a process says in a call: everything by which others could notice that it made it. Its digest is
// kept in the log, so that a replay is known to say the same (output suppression by comparison).
import { Descriptor, indirectStringsMax, Register, Syscall } from "../abi/index.ts";
import { joinBytes } from "../base/index.ts";
import { emptyDigest, mixBytes, mixWord } from "./digest.ts";
import type { ProcessMemory } from "./process-memory.ts";

/** Calls that nobody else notices: they need not wait until what was heard is stable. */
const silentCalls: ReadonlySet<number> = new Set([
  Syscall.objectIdentify,
  Syscall.objectGetState,
  Syscall.receive,
  Syscall.awaitReply,
  Syscall.saveReply,
  Syscall.threadYield,
  Syscall.threadSleep,
  Syscall.notificationWait,
  Syscall.notificationPoll,
  Syscall.futexWait,
  Syscall.regionRead,
  Syscall.memoryRead,
  Syscall.clockRead,
]);

/** Whether others can notice a call, so that it has to wait for output commit. */
export function isSaid(call: number): boolean {
  return !silentCalls.has(call);
}

const sendingCalls: ReadonlySet<number> = new Set([
  Syscall.send,
  Syscall.call,
  Syscall.reply,
  Syscall.replyAndReceive,
]);

/** The digest of the call in the registers, with the message that it sends. */
export function digestOf(registers: Int32Array, memory: ProcessMemory): number {
  let digest = emptyDigest;
  for (let i = Register.call; i < Register.status; i++) digest = mixWord(digest, registers[i]!);
  const descriptor = registers[Register.a1]!;
  if (descriptor === 0 || !sendingCalls.has(registers[Register.call]!)) return digest;
  return mixMessage(digest, descriptor, memory);
}

/** The contents of a message to be sent, wherever they lie. A bad descriptor is for the kernel to refuse. */
function mixMessage(digest: number, descriptor: number, memory: ProcessMemory): number {
  const field = (index: number): number => memory.wordAt(descriptor + index * 4);
  let mixed = digest;
  const add = (address: number, bytes: number): void => {
    const found = memory.bytesAt(address, bytes);
    if (found !== undefined) mixed = mixBytes(mixed, found);
  };
  add(field(Descriptor.wordAddress), field(Descriptor.wordCount) * 4);
  visitStrings(descriptor, memory, add);
  add(field(Descriptor.capabilityAddress), field(Descriptor.capabilityCount) * 4);
  return mixed;
}

/** The bytes of the message in the registers, as one stream: what its receiver's strings hold. */
export function bytesSaid(registers: Int32Array, memory: ProcessMemory): Uint8Array {
  const descriptor = registers[Register.a1]!;
  const parts: Uint8Array[] = [];
  if (descriptor !== 0) {
    visitStrings(descriptor, memory, (address, bytes) => {
      const found = memory.bytesAt(address, bytes);
      if (found !== undefined) parts.push(found);
    });
  }
  return joinBytes(parts);
}

/** Visits the strings that a descriptor sends, the direct one first. */
function visitStrings(
  descriptor: number,
  memory: ProcessMemory,
  visit: (address: number, bytes: number) => void,
): void {
  const field = (index: number): number => memory.wordAt(descriptor + index * 4);
  visit(field(Descriptor.directAddress), field(Descriptor.directBytes));
  const list = field(Descriptor.indirectAddress);
  const count = Math.min(field(Descriptor.indirectCount), indirectStringsMax);
  for (let i = 0; i < count; i++) {
    visit(memory.wordAt(list + i * 8), memory.wordAt(list + i * 8 + 4));
  }
}
