// The records of a message log. A call record holds what a process heard in one kernel call: a header,
// the registers as the call left them, and each range of memory that the kernel wrote. A mark sets a
// request aside; an end says that the process is over.
//
//   call     [kind | call << 8, digest of what was said, 16 registers, ranges, then per range:
//             address, bytes, the bytes in whole words]
//   poison   [kind, number of the record that brought the request, reason of the fault]
//   exit     [kind, exit code]
import { Register, registerCount } from "../abi/index.ts";
import type { ProcessMemory } from "./process-memory.ts";

export const RecordKind = { call: 1, poison: 2, exit: 3 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

const at = { digest: 1, registers: 2, rangeCount: 2 + registerCount, ranges: 3 + registerCount };

/** Words of a call record without ranges. */
export const shortRecordWords = at.ranges;

/** Builds call records in a buffer of its own, which grows as it must. */
export class RecordWriter {
  words = new Int32Array(256);
  length = 0;

  /** Starts the record of a call that is over. */
  begin(call: number, digest: number, registers: Int32Array): void {
    const { words } = this;
    words[0] = RecordKind.call | (call << 8);
    words[at.digest] = digest;
    for (let i = 0; i < registerCount; i++) words[at.registers + i] = registers[i]!;
    words[at.rangeCount] = 0;
    this.length = at.ranges;
  }

  /** Adds a range of the process's memory as it is now. A range that is not there is left out. */
  add(memory: ProcessMemory, address: number, bytes: number): void {
    const found = memory.bytesAt(address, bytes);
    if (found === undefined) return;
    const end = this.length + 2 + ((bytes + 3) >>> 2);
    if (end > this.words.length) this.#grow(end);
    const { words } = this;
    words[this.length] = address;
    words[this.length + 1] = bytes;
    words[end - 1] = 0;
    new Uint8Array(words.buffer).set(found, (this.length + 2) * 4);
    words[at.rangeCount]!++;
    this.length = end;
  }

  #grow(words: number): void {
    const grown = new Int32Array(Math.max(words, this.words.length * 2));
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }
}

export function kindOf(record: Int32Array): number {
  return record[0]! & 0xff;
}

export function callOf(record: Int32Array): number {
  return record[0]! >>> 8;
}

export function digestIn(record: Int32Array): number {
  return record[at.digest]!;
}

/** A register as the call left it. */
export function registerIn(record: Int32Array, register: number): number {
  return record[at.registers + register]!;
}

export function statusIn(record: Int32Array): number {
  return registerIn(record, Register.status);
}

/** Gives a process what a call record holds: its registers, and the bytes in its memory. */
export function applyRecord(
  record: Int32Array,
  registers: Int32Array,
  memory: ProcessMemory,
): void {
  for (let i = 0; i < registerCount; i++) registers[i] = record[at.registers + i]!;
  let word = at.ranges;
  for (let i = 0; i < record[at.rangeCount]!; i++) {
    const address = record[word]!;
    const bytes = record[word + 1]!;
    const from = new Uint8Array(record.buffer, record.byteOffset + (word + 2) * 4, bytes);
    memory.bytesAt(address, bytes)?.set(from);
    word += 2 + ((bytes + 3) >>> 2);
  }
}

/** Where a call record says that the kernel wrote, and how much. */
export function rangesOf(record: Int32Array): { address: number; bytes: number }[] {
  let word = at.ranges;
  return Array.from({ length: record[at.rangeCount]! }, () => {
    const range = { address: record[word]! >>> 0, bytes: record[word + 1]! };
    word += 2 + ((range.bytes + 3) >>> 2);
    return range;
  });
}

export function poisonRecord(request: number, reason: number): Int32Array {
  return Int32Array.of(RecordKind.poison, request, reason);
}

export function exitRecord(code: number): Int32Array {
  return Int32Array.of(RecordKind.exit, code);
}
