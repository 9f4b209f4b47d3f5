// What a process heard in a call besides its result registers: the bytes that the kernel wrote to its
// memory. Which those are follows from the call and from its descriptor; every call that writes is
// listed here, and a test compares the list with what a kernel does write.
import {
  Descriptor,
  descriptorBytes,
  indirectStringsMax,
  Register,
  Status,
  Syscall,
} from "../abi/index.ts";
import type { ProcessMemory } from "./process-memory.ts";

/** Gets the ranges that the kernel wrote, in an order in which they can be written again. */
export type HeardVisitor = (address: number, bytes: number) => void;

const receivingCalls: ReadonlySet<number> = new Set([
  Syscall.call,
  Syscall.receive,
  Syscall.replyAndReceive,
  Syscall.awaitReply,
]);

/** Whether a call may end with a message from somebody. */
export function isReceiving(call: number): boolean {
  return receivingCalls.has(call);
}

/** Strings that the descriptor of a call offers room for: to be asked before the call is made. */
export function offeredStrings(asked: Int32Array, memory: ProcessMemory): number {
  const descriptor = asked[Register.a2]!;
  if (descriptor === 0 || !isReceiving(asked[Register.call]!)) return 0;
  const count = memory.wordAt(descriptor + Descriptor.indirectCount * 4);
  return Math.max(0, Math.min(count, indirectStringsMax));
}

/**
 * Visits what the kernel wrote in a call that is over. `asked`: the registers as the call was made;
 * `answered`: as they are now; `strings`: see `offeredStrings`.
 */
export function visitHeard(
  asked: Int32Array,
  answered: Int32Array,
  strings: number,
  memory: ProcessMemory,
  visit: HeardVisitor,
): void {
  if (answered[Register.status] !== Status.ok) return;
  const call = asked[Register.call]!;
  const address = asked[Register.a2]!;
  if (isReceiving(call)) {
    if (address !== 0) visitMessage(address, strings, memory, visit);
  } else if (call === Syscall.regionRead || call === Syscall.memoryRead) {
    visit(address, asked[Register.a3]!);
  } else if (call === Syscall.objectGetState) {
    visit(asked[Register.a1]!, answered[Register.w0]! * 4);
  }
}

/** The descriptor says what came; the words, strings and regions that it names follow. */
function visitMessage(
  descriptor: number,
  strings: number,
  memory: ProcessMemory,
  visit: HeardVisitor,
): void {
  const field = (index: number): number => memory.wordAt(descriptor + index * 4);
  visit(descriptor, descriptorBytes);
  visitSome(field(Descriptor.wordAddress), field(Descriptor.wordCount) * 4, visit);
  visitSome(field(Descriptor.directAddress), field(Descriptor.directBytes), visit);
  const list = field(Descriptor.indirectAddress);
  visitSome(list, strings * 8, visit);
  for (let i = 0; i < strings; i++) {
    visitSome(memory.wordAt(list + i * 8), memory.wordAt(list + i * 8 + 4), visit);
  }
  visitSome(field(Descriptor.regionAddress), field(Descriptor.regionCount) * 8, visit);
}

function visitSome(address: number, bytes: number, visit: HeardVisitor): void {
  if (bytes > 0) visit(address, bytes);
}
