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
  /** The offset where one inserts what is to happen before a call, or at the beginning of a loop's turn. */
  readonly offsets: readonly number[];
  /** Labels of a branch table, and of the clauses of a handler by the place of its beginning. */
  readonly tables: readonly (readonly number[])[];
  readonly handlers: ReadonlyMap<number, readonly number[]>;
}

/** Uses of locals that are not in the code yet, each by the offset of the instruction behind it. */
export interface AddedUses {
  /** Locals that are set. */
  readonly sets: ReadonlyMap<number, readonly number[]>;
  /** Locals that the frame needs which is saved in the call there. */
  readonly needs: ReadonlyMap<number, readonly number[]>;
}

const noUses: AddedUses = { sets: new Map(), needs: new Map() };

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
export function readFlow(
  reader: ByteReader,
  unwinds: Uint8Array,
  { sets, needs }: AddedUses = noUses,
): BodyFlow {
  const flow = new FlowWriter();
  while (!reader.isAtEnd()) {
    const start = reader.position;
    for (const local of sets.get(start) ?? []) flow.add(Flow.set, local, start);
    readInstruction(reader, unwinds, flow);
    // Behind the call, so that they are needed in it and, unless the body reads them, not later.
    for (const local of needs.get(start) ?? []) flow.add(Flow.get, local, start);
  }
  return flow;
}

class FlowWriter implements BodyFlow {
  readonly kinds: number[] = [Flow.block];
  readonly arguments: number[] = [0];
  readonly offsets: number[] = [0];
  readonly tables: number[][] = [];
  readonly handlers = new Map<number, number[]>();
  readonly #open = [0];

  add(kind: number, argument: number, offset: number): void {
    this.kinds.push(kind);
    this.arguments.push(argument);
    this.offsets.push(offset);
  }

  open(kind: number, offset: number): void {
    this.#open.push(this.kinds.length);
    this.add(kind, 0, offset);
  }

  close(offset: number): void {
    const start = this.#open.pop() ?? 0;
    this.arguments[start] = this.kinds.length;
    this.add(Flow.end, start, offset);
  }
}

function readInstruction(reader: ByteReader, unwinds: Uint8Array, flow: FlowWriter): void {
  const start = reader.position;
  const opcode = readOpcode(reader);
  const kind = kindsByOpcode[opcode];
  switch (kind) {
    case undefined:
      return skipImmediates(reader, opcode);
    case Flow.get:
    case Flow.set:
    case Flow.branch:
    case Flow.branchIf:
      return flow.add(kind, reader.u32(), start);
    case Flow.call:
      return flow.add(unwinds[reader.u32()] === 1 ? Flow.capturedCall : kind, 0, start);
    case Flow.branchTable:
      return flow.add(kind, flow.tables.push(readLabels(reader)) - 1, start);
    case Flow.handler:
      skipImmediates(reader, Opcode.block);
      flow.handlers.set(flow.kinds.length, readClauses(reader));
      return flow.open(kind, start);
    case Flow.block:
    case Flow.loop:
    case Flow.if:
      skipImmediates(reader, opcode);
      return flow.open(kind, reader.position);
    case Flow.end:
      return flow.close(start);
    default:
      skipImmediates(reader, opcode);
      flow.add(kind, 0, start);
  }
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
