// Writes one function body with its checks, and with the instructions that became calls of helpers.
import { ByteReader, Opcode, Splicer, readOpcode, skipImmediates } from "../binary/index.ts";
import type { ByteWriter, Declarations } from "../binary/index.ts";
import {
  helperKey,
  isAtomicWaitOrNotify,
  isBulkOperation,
  readHelperUse,
  readWaitOffset,
} from "./fuel-scan.ts";
import type { BodyScan } from "./fuel-scan.ts";
import type { FuelPlan } from "./fuel-plan.ts";

export interface BodyEdit {
  readonly declarations: Declarations;
  readonly plan: FuelPlan;
  /** The instructions of one check. */
  readonly check: Uint8Array;
  readonly checksEntry: boolean;
}

/** Appends the edited body, without its size, to `out`; returns where in it the checks stand. */
export function writeFuelBody(
  bytes: Uint8Array,
  body: BodyScan,
  out: ByteWriter,
  edit: BodyEdit,
): number[] {
  const checks: number[] = [];
  const splicer = new Splicer(new ByteReader(bytes, body.start, body.end), out);
  const { reader } = splicer;
  reader.position = body.codeStart;
  if (edit.checksEntry) checks.push(insertCheck(splicer, edit.check));
  while (!reader.isAtEnd()) {
    const start = reader.position;
    const opcode = readOpcode(reader);
    if (opcode === Opcode.call || opcode === Opcode.returnCall || opcode === Opcode.refFunc) {
      splicer.mapIndex(edit.plan.mapFunction);
    } else if (isBulkOperation(opcode)) {
      replaceBulkOperation(splicer, start, opcode, edit);
    } else if (isAtomicWaitOrNotify(opcode)) {
      replaceWait(splicer, start, opcode, edit);
    } else {
      skipImmediates(reader, opcode);
      if (opcode === Opcode.loop) checks.push(insertCheck(splicer, edit.check));
    }
  }
  splicer.flush();
  return checks;
}

function insertCheck(splicer: Splicer, check: Uint8Array): number {
  splicer.flush();
  const position = splicer.out.length;
  splicer.out.raw(check);
  return position;
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
