// Writes one function body with its checks, and with the instructions that became calls of helpers.
import { ByteReader, Opcode, Splicer, readOpcode, skipImmediates } from "../binary/index.ts";
import type { ByteWriter, Declarations, NoteMove } from "../binary/index.ts";
import {
  helperKey,
  isAtomicWaitOrNotify,
  isBulkOperation,
  readHelperUse,
  readWaitOffset,
} from "./fuel-scan.ts";
import type { BodyScan } from "./fuel-scan.ts";
import type { FuelPlan } from "./fuel-plan.ts";
import { addCounter, openStrip } from "./fuel-strip.ts";

export interface BodyEdit {
  readonly declarations: Declarations;
  readonly plan: FuelPlan;
  /** The instructions of one check, and where in them the branch stands. */
  readonly check: Uint8Array;
  readonly branchOffset: number;
  readonly checksEntry: boolean;
  readonly parameterCount: number;
  /** Told where in the new body instructions went, if anybody wants to know. */
  readonly noteMove: NoteMove | undefined;
}

/** Appends the edited body, without its size, to `out`; returns where in it the checks' branches stand. */
export function writeFuelBody(
  bytes: Uint8Array,
  body: BodyScan,
  out: ByteWriter,
  edit: BodyEdit,
): number[] {
  const reader = new ByteReader(bytes, body.start, body.end);
  const hasStrips = body.strips.length > 0;
  const counter = hasStrips ? addCounter(reader, out, edit.parameterCount) : 0;
  const writer = new FuelWriter(new Splicer(reader, out, edit.noteMove), body, edit, counter);
  writer.write();
  return writer.branches;
}

class FuelWriter {
  readonly branches: number[] = [];
  readonly #splicer: Splicer;
  readonly #body: BodyScan;
  readonly #edit: BodyEdit;
  readonly #counter: number;
  /** Constructs open in the loop that is counted in strips, itself included; zero outside. */
  #depthInStrip = 0;

  constructor(splicer: Splicer, body: BodyScan, edit: BodyEdit, counter: number) {
    this.#splicer = splicer;
    this.#body = body;
    this.#edit = edit;
    this.#counter = counter;
  }

  write(): void {
    const { reader } = this.#splicer;
    reader.position = this.#body.codeStart;
    if (this.#edit.checksEntry) this.#insertCheck();
    while (!reader.isAtEnd()) {
      const start = reader.position;
      const opcode = readOpcode(reader);
      if (this.#depthInStrip > 0) this.#copyInStrip(opcode);
      else this.#copy(opcode, start);
    }
    this.#splicer.flush();
  }

  #copy(opcode: number, start: number): void {
    const splicer = this.#splicer;
    if (opcode === Opcode.call || opcode === Opcode.returnCall || opcode === Opcode.refFunc) {
      splicer.mapIndex(this.#edit.plan.mapFunction);
    } else if (isBulkOperation(opcode)) {
      replaceBulkOperation(splicer, start, opcode, this.#edit);
    } else if (isAtomicWaitOrNotify(opcode)) {
      replaceWait(splicer, start, opcode, this.#edit);
    } else {
      skipImmediates(splicer.reader, opcode);
      if (opcode === Opcode.loop) this.#openLoop(start);
    }
  }

  #openLoop(start: number): void {
    if (!this.#body.strips.includes(start)) return this.#insertCheck();
    const { reader, out } = this.#splicer;
    this.#splicer.flush();
    const type = reader.bytes.subarray(start + 1, reader.position);
    this.branches.push(...openStrip(out, type, this.#counter, this.#edit.plan));
    this.#depthInStrip = 1;
  }

  /** Nothing is called there, but labels outside of the loop are one further away. */
  #copyInStrip(opcode: number): void {
    const { reader } = this.#splicer;
    switch (opcode) {
      case Opcode.branch:
      case Opcode.branchIf:
      case Opcode.branchOnNull:
      case Opcode.branchOnNonNull:
        return this.#copyLabel();
      case Opcode.branchTable:
        for (let left = reader.u32() + 1; left > 0; left--) this.#copyLabel();
        return;
      case Opcode.refFunc:
        return this.#splicer.mapIndex(this.#edit.plan.mapFunction);
      case Opcode.block:
      case Opcode.if:
        this.#depthInStrip++;
        return skipImmediates(reader, opcode);
      case Opcode.end:
        if (--this.#depthInStrip === 0) this.#closeStrip();
        return;
      default:
        skipImmediates(reader, opcode);
    }
  }

  #copyLabel(): void {
    const depth = this.#depthInStrip;
    this.#splicer.mapIndex((label) => (label < depth ? label : label + 1));
  }

  #closeStrip(): void {
    this.#splicer.flush();
    this.#splicer.out.u8(Opcode.end);
  }

  #insertCheck(): void {
    const { out } = this.#splicer;
    this.#splicer.flush();
    this.branches.push(out.length + this.#edit.branchOffset);
    out.raw(this.#edit.check);
  }
}

function replaceBulkOperation(
  splicer: Splicer,
  start: number,
  opcode: number,
  { declarations, plan }: BodyEdit,
): void {
  const use = readHelperUse(splicer.reader, opcode, declarations);
  const key = use && helperKey(use.opcode, use.first, use.second);
  const helper = key === undefined ? undefined : plan.helperIndices.get(key);
  if (helper !== undefined) splicer.replaceFrom(start).u8(Opcode.call).u32(helper);
}

// The operands stay where they are; the static offset becomes one more argument.
function replaceWait(
  splicer: Splicer,
  start: number,
  opcode: number,
  { declarations, plan }: BodyEdit,
): void {
  const offset = readWaitOffset(splicer.reader, declarations);
  const helper = plan.helperIndices.get(helperKey(opcode, 0, 0)) ?? 0;
  splicer
    .replaceFrom(start)
    .u8(0x41)
    .s32(offset | 0)
    .u8(Opcode.call)
    .u32(helper);
}
