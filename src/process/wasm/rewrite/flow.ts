// The control flow of a body as a list of what matters for liveness: uses of locals, calls, branches and
// constructs. Everything else in a body is left out, so that it can be walked backwards, which the code
// itself cannot.
import { type ByteReader, Opcode, readOpcode, skipImmediates } from "../binary/index.ts";

export const Flow = {
  get: 0,
  set: 1,
  /** A call out of which the stack may be taken, and one that can only throw. */
  capturedCall: 2,
  call: 3,
  /** The construct begins; `argument` is the place of its end. */
  block: 4,
  loop: 5,
  if: 6,
  handler: 7,
  else: 8,
  /** `argument` is the place of the construct's beginning. */
  end: 9,
  branch: 10,
  branchIf: 11,
  /** `argument` is an index into `tables`. */
  branchTable: 12,
  leave: 13,
  throw: 14,
} as const;

export interface BodyFlow {
  readonly kinds: readonly number[];
  readonly arguments: readonly number[];
  /** Labels of a branch table, and of the clauses of a handler by the place of its beginning. */
  readonly tables: readonly (readonly number[])[];
  readonly handlers: ReadonlyMap<number, readonly number[]>;
}

const kindsByOpcode: Readonly<Record<number, number>> = {
  0x00: Flow.leave,
  [Opcode.return]: Flow.leave,
  [Opcode.returnCall]: Flow.leave,
  [Opcode.returnCallIndirect]: Flow.leave,
  [Opcode.returnCallRef]: Flow.leave,
  [Opcode.throw]: Flow.throw,
  [Opcode.throwRef]: Flow.throw,
  [Opcode.callIndirect]: Flow.capturedCall,
  [Opcode.callRef]: Flow.capturedCall,
  [Opcode.block]: Flow.block,
  [Opcode.loop]: Flow.loop,
  [Opcode.if]: Flow.if,
  [Opcode.tryTable]: Flow.handler,
  [Opcode.else]: Flow.else,
  [Opcode.end]: Flow.end,
  [Opcode.branch]: Flow.branch,
  [Opcode.branchIf]: Flow.branchIf,
  [Opcode.branchOnNull]: Flow.branchIf,
  [Opcode.branchOnNonNull]: Flow.branchIf,
  [Opcode.branchTable]: Flow.branchTable,
  [Opcode.localGet]: Flow.get,
  [Opcode.localSet]: Flow.set,
  [Opcode.localTee]: Flow.set,
  [Opcode.call]: Flow.call,
};

/** `reader` stands at the code; `unwinds` says of each function whether it may be captured in. */
export function readFlow(reader: ByteReader, unwinds: Uint8Array): BodyFlow {
  const kinds: number[] = [Flow.block];
  const values: number[] = [0];
  const tables: number[][] = [];
  const handlers = new Map<number, number[]>();
  const open = [0];
  while (!reader.isAtEnd()) {
    const opcode = readOpcode(reader);
    let kind = kindsByOpcode[opcode];
    let argument = 0;
    switch (kind) {
      case Flow.get:
      case Flow.set:
      case Flow.branch:
      case Flow.branchIf:
        argument = reader.u32();
        break;
      case Flow.call:
        if (unwinds[reader.u32()] === 1) kind = Flow.capturedCall;
        break;
      case Flow.branchTable:
        argument = tables.push(readLabels(reader)) - 1;
        break;
      case Flow.handler:
        skipImmediates(reader, Opcode.block);
        handlers.set(kinds.length, readClauses(reader));
        open.push(kinds.length);
        break;
      case Flow.block:
      case Flow.loop:
      case Flow.if:
        skipImmediates(reader, opcode);
        open.push(kinds.length);
        break;
      case Flow.end:
        argument = open.pop() ?? 0;
        values[argument] = kinds.length;
        break;
      default:
        skipImmediates(reader, opcode);
        if (kind === undefined) continue;
    }
    kinds.push(kind as number);
    values.push(argument);
  }
  return { kinds, arguments: values, tables, handlers };
}

function readLabels(reader: ByteReader): number[] {
  const labels: number[] = [];
  for (let left = reader.u32() + 1; left > 0; left--) labels.push(reader.u32());
  return labels;
}

function readClauses(reader: ByteReader): number[] {
  const labels: number[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    if (reader.u8() < 2) reader.u32();
    labels.push(reader.u32());
  }
  return labels;
}
