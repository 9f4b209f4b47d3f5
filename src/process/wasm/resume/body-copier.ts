// Copies parts of a body into a continuation. The edits of the rewriter are made in the copy too;
// labels are counted anew, since other constructs lie around it; and what a function of the program's
// module may name by number, and this one not, is reached through the table of functions.
import { ByteReader, type ByteWriter, type NoteMove, Opcode } from "../binary/index.ts";
import { readOpcode, skipImmediates } from "../binary/index.ts";
import {
  type BodyCapture,
  type CaptureSource,
  type Edit,
  readSegmentUse,
  type TypeList,
  type ValueCode,
  writeCallNumber,
  writeClear,
  writeHandlerClause,
  writeKeep,
} from "../rewrite/index.ts";
import { TableAccess } from "./table-access.ts";

/** Labels around the body: the function, the landing pad, and the handler that the body is in. */
const padLevel = 1;
const bodyLevel = 2;

const tail = Opcode.returnCallIndirect;

export interface CopyContext {
  readonly source: CaptureSource;
  readonly types: TypeList;
  readonly noteMove?: NoteMove | undefined;
}

export class BodyCopier {
  readonly out: ByteWriter;
  readonly access: TableAccess;
  readonly #source: CaptureSource;
  readonly #types: TypeList;
  readonly #reader: ByteReader;
  readonly #callLocal: number;
  readonly #localTypes: readonly ValueCode[];
  /** Told where in the copy the input goes on from an offset, if anybody wants to know. */
  readonly #noteMove: NoteMove | undefined;
  readonly #edits: readonly Edit[];
  #nextEdit = 0;
  /** Input from here to the reader is to be copied as it is. */
  #copiedTo = 0;
  /** The level in the copy of each construct open in the original, the function first. */
  readonly #labels: number[] = [bodyLevel];
  /** The level of the innermost construct open in the copy. */
  #level = bodyLevel;

  constructor(capture: BodyCapture, out: ByteWriter, { source, types, noteMove }: CopyContext) {
    this.#source = source;
    this.#types = types;
    this.#noteMove = noteMove;
    this.out = out;
    this.#reader = new ByteReader(source.bytes, capture.scan.codeStart, capture.scan.end);
    this.#callLocal = capture.frame.callLocal;
    this.#localTypes = capture.frame.locals;
    // References and drops are translated where they stand, as here nothing has a number.
    this.#edits = capture.edits.filter(({ kind }) => kind !== "replace");
    this.access = new TableAccess(source, types);
  }

  /** Goes on reading here; what was to be inserted in front of it, after an earlier instruction, is. */
  moveBehind(offset: number): void {
    this.#moveTo(offset);
    this.#nextEdit = this.#edits.findIndex(({ start }) => start >= offset);
    if (this.#nextEdit < 0) this.#nextEdit = this.#edits.length;
  }

  #moveTo(offset: number): void {
    this.#reader.position = offset;
    this.#copiedTo = offset;
  }

  /** What is written next stands for the instruction here. */
  noteHere(start: number): void {
    this.#noteMove?.(start, this.out.length);
  }

  /** A construct of the original was opened in the copy. */
  open(): void {
    this.#labels.push(++this.#level);
  }

  close(): void {
    this.#labels.pop();
    this.#level--;
  }

  /** A construct was opened in the copy that the original does not have. */
  openUnnamed(): void {
    this.#level++;
  }

  closeUnnamed(): void {
    this.#level--;
  }

  /** Opens the handler that stands here, with no parameters and these results. */
  openHandler(start: number, results: readonly ValueCode[]): void {
    this.moveBehind(start);
    // Edits in front of the handler are older than the call that is entered.
    while (this.#edits[this.#nextEdit]?.start === start) this.#nextEdit++;
    this.#reader.skip(1);
    this.#skipBlockType();
    this.#copiedTo = this.#reader.position;
    this.out.u8(Opcode.tryTable);
    this.#types.writeBlockType(this.out, results);
    this.#copyClauses();
    this.open();
    this.#flush();
  }

  /** Copies to the end of the construct that is open, which is not written; an `else` arm is left out. */
  copyRest(): void {
    let depth = 0;
    for (;;) {
      this.#insertEdits();
      const start = this.#reader.position;
      const opcode = readOpcode(this.#reader);
      if (depth === 0 && (opcode === Opcode.end || opcode === Opcode.else)) {
        this.#flush(start);
        if (opcode === Opcode.else) this.#skipArm();
        this.moveBehind(this.#reader.position);
        return;
      }
      depth += this.#copyInstruction(opcode, start);
    }
  }

  /** Copies the construct that begins here, to its end. */
  copyWhole(start: number): void {
    this.moveBehind(start);
    while (this.#edits[this.#nextEdit]?.start === start) this.#nextEdit++;
    let depth = 0;
    do {
      if (depth > 0) this.#insertEdits();
      const at = this.#reader.position;
      depth += this.#copyInstruction(readOpcode(this.#reader), at);
    } while (depth > 0);
    this.#flush();
    this.moveBehind(this.#reader.position);
  }

  /** How much deeper the nesting is after it. */
  #copyInstruction(opcode: number, start: number): number {
    switch (opcode) {
      case Opcode.block:
      case Opcode.loop:
      case Opcode.if:
        skipImmediates(this.#reader, opcode);
        this.open();
        return 1;
      case Opcode.tryTable:
        this.#skipBlockType();
        this.#copyClauses();
        this.open();
        return 1;
      case Opcode.end:
        this.close();
        return -1;
      default:
        this.#copyFlat(opcode, start);
        return 0;
    }
  }

  #copyFlat(opcode: number, start: number): void {
    switch (opcode) {
      case Opcode.branch:
      case Opcode.branchIf:
      case Opcode.branchOnNull:
      case Opcode.branchOnNonNull:
        return this.#copyLabel();
      case Opcode.branchTable:
        for (let left = this.#reader.u32() + 1; left > 0; left--) this.#copyLabel();
        return;
      case Opcode.call:
        this.#replaceIndex(start, (index) => this.access.writeCall(this.out, index));
        return;
      case Opcode.returnCall:
        this.#replaceIndex(start, (index) => this.access.writeCall(this.out, index, tail));
        return;
      case Opcode.refFunc:
        this.#replaceIndex(start, (index) => this.access.writeReference(this.out, index));
        return;
      case Opcode.memoryInit:
      case Opcode.tableInit:
      case Opcode.dataDrop:
      case Opcode.elementDrop:
        return this.#replaceSegment(start, opcode);
      default:
        skipImmediates(this.#reader, opcode);
    }
  }

  #insertEdits(): void {
    for (;;) {
      const edit = this.#edits[this.#nextEdit];
      if (edit?.start !== this.#reader.position || edit.kind === "handler") return;
      this.#nextEdit++;
      this.#flush();
      if (edit.kind === "keep") writeKeep(this.out, edit);
      if (edit.kind === "call") writeCallNumber(this.out, edit.callNumber, this.#callLocal);
      if (edit.kind === "clear") writeClear(this.out, edit, this.#localTypes);
    }
  }

  #flush(end = this.#reader.position): void {
    this.#noteMove?.(this.#copiedTo, this.out.length);
    this.out.range(this.#reader.bytes, this.#copiedTo, end);
    this.#copiedTo = this.#reader.position;
  }

  #copyLabel(): void {
    this.#flush();
    const depth = this.#reader.u32();
    this.#copiedTo = this.#reader.position;
    this.out.u32(this.#level - (this.#labels.at(-1 - depth) ?? 0));
  }

  #copyClauses(): void {
    this.#flush();
    const edit = this.#edits[this.#nextEdit];
    const countStart = this.#reader.position;
    const count = this.#reader.u32();
    this.#copiedTo = this.#reader.position;
    if (edit?.kind === "handler" && edit.start === countStart) {
      this.#nextEdit++;
      const { unwindTag } = this.#source.additions;
      writeHandlerClause(this.out, edit, unwindTag, this.#level - padLevel);
    } else {
      this.out.u32(count);
    }
    for (let left = count; left > 0; left--) {
      if (this.#reader.u8() < 2) this.#reader.u32();
      this.#copyLabel();
    }
  }

  #skipBlockType(): void {
    skipImmediates(this.#reader, Opcode.block);
  }

  /** The other arm of an `if`: to the `end` that closes both. */
  #skipArm(): void {
    for (let depth = 1; depth > 0;) {
      const opcode = readOpcode(this.#reader);
      skipImmediates(this.#reader, opcode);
      if (opcode === Opcode.end) depth--;
      else if (opensConstruct(opcode)) depth++;
    }
  }

  #replaceFrom(start: number): void {
    this.#noteMove?.(this.#copiedTo, this.out.length);
    this.out.range(this.#reader.bytes, this.#copiedTo, start);
    this.#copiedTo = this.#reader.position;
  }

  /** In place of an instruction with the index of a function. */
  #replaceIndex(start: number, write: (index: number) => void): void {
    const index = this.#reader.u32();
    this.#replaceFrom(start);
    write(index);
  }

  #replaceSegment(start: number, opcode: number): void {
    const use = readSegmentUse(this.#reader, opcode);
    this.#replaceFrom(start);
    this.access.writeSegmentUse(this.out, use);
  }
}

function opensConstruct(opcode: number): boolean {
  return (
    opcode === Opcode.block ||
    opcode === Opcode.loop ||
    opcode === Opcode.if ||
    opcode === Opcode.tryTable
  );
}
