// Copies a window of bytes while replacing small pieces of it. The reader moves over the input;
// what was passed over is copied in long stretches, and only the edits cost more than a memory
// copy.
import { Opcode, readOpcode, skipImmediates } from "./instruction.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

export type IndexMap = (index: number) => number;

/** Is told where in the output the input goes on from an offset. */
export type NoteMove = (from: number, to: number) => void;

export class Splicer {
  readonly reader: ByteReader;
  readonly out: ByteWriter;
  readonly #noteMove: NoteMove | undefined;
  #copiedTo: number;

  constructor(reader: ByteReader, out: ByteWriter, noteMove?: NoteMove) {
    this.reader = reader;
    this.out = out;
    this.#noteMove = noteMove;
    this.#copiedTo = reader.position;
  }

  /** Copies everything up to the reader's position. */
  flush(): void {
    this.#copyTo(this.reader.position);
  }

  /** Leaves out the input from `start` to the reader's position; the caller writes in its place. */
  replaceFrom(start: number): ByteWriter {
    this.#copyTo(start);
    this.#copiedTo = this.reader.position;
    return this.out;
  }

  /** Reads an index and writes it mapped. */
  mapIndex(map: IndexMap): void {
    const start = this.reader.position;
    const index = this.reader.u32();
    const mapped = map(index);
    if (mapped !== index) this.replaceFrom(start).u32(mapped);
  }

  /** A constant expression up to and including its end, with function indices mapped. */
  mapConstantExpression(mapFunction: IndexMap): void {
    for (;;) {
      const opcode = readOpcode(this.reader);
      if (opcode === Opcode.refFunc) this.mapIndex(mapFunction);
      else skipImmediates(this.reader, opcode);
      if (opcode === Opcode.end) return;
    }
  }

  #copyTo(position: number): void {
    this.#noteMove?.(this.#copiedTo, this.out.length);
    this.out.range(this.reader.bytes, this.#copiedTo, position);
    this.#copiedTo = position;
  }
}
