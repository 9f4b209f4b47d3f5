// Finds the instructions of a body that become calls of added functions, or references to them.
import { type ByteReader, Opcode, readOpcode, skipImmediates } from "../binary/index.ts";
import { type Additions, isDrop } from "./additions.ts";
import { readSegmentUse, segmentKey } from "./code-scan.ts";
import type { Edit } from "./edit.ts";

/** `reader` stands at the code of the body. */
export function findReplacements(reader: ByteReader, additions: Additions): Edit[] {
  const edits: Edit[] = [];
  while (!reader.isAtEnd()) {
    const start = reader.position;
    const opcode = readOpcode(reader);
    let functionIndex: number | undefined;
    if (opcode === Opcode.refFunc) {
      functionIndex = additions.trampolines.get(reader.u32());
    } else if (isDrop(opcode)) {
      const key = segmentKey(readSegmentUse(reader, opcode));
      functionIndex = additions.segments.get(key)?.functionIndex;
    } else {
      skipImmediates(reader, opcode);
    }
    if (functionIndex === undefined) continue;
    const isReference = opcode === Opcode.refFunc;
    edits.push({ kind: "replace", start, end: reader.position, functionIndex, isReference });
  }
  return edits;
}
