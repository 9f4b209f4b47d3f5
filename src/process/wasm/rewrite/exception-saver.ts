// The function that saves an exception held as a value. Nothing outside of WebAssembly may hold one,
// so it is thrown once more, through a handler with a clause for each tag the module knows: which
// clause caught it is the tag, and what the clause received is the payload.
//
//   block $unknown
//     block $tag0 (result ...)
//       block $null
//         local.get 0  ref.is_null  br_if $null
//         try_table (catch 0 $tag0) ... (catch_all $unknown)
//           local.get 0  throw_ref
//         end
//         unreachable
//       end
//       ... save the number for null, return
//     end
//     ... save the tag, then the payload from the last value to the first, return
//   end
//   ... save the number for unknown
import { ByteWriter, Opcode } from "../binary/index.ts";
import { type Additions, saveParameters } from "./additions.ts";
import type { AddedFunction } from "./added-functions.ts";
import { SaveKind, saveKindOf } from "./frame-layout.ts";
import type { ModuleTypes } from "./module-types.ts";
import type { ValueCode } from "./value-code.ts";

/** What stands for an exception in a saved frame, before its payload. */
export const SavedException = {
  null: -1,
  /** Of a tag that the module does not know. */
  unknown: -2,
  /** Of a tag whose payload cannot be saved. */
  unsavable: -3,
} as const;

const emptyBlock = 0x40;
const referenceIsNull = 0xd1;
const unreachable = 0x00;
const catchTag = 0;
const catchAll = 2;

export function saveException(additions: Additions, module: ModuleTypes): AddedFunction {
  const payloads = payloadsOf(module);
  const out = new ByteWriter(256).u32(0);
  out.u8(Opcode.block).u8(emptyBlock);
  for (const payload of payloads.toReversed()) {
    out.u8(Opcode.block);
    additions.types.writeBlockType(out, payload);
  }
  writeThrow(out, payloads.length);
  const save = (value: number): void => writeSaveNumber(out, additions, value);
  save(SavedException.null);
  out.u8(Opcode.return);
  payloads.forEach((payload, tag) => {
    out.u8(Opcode.end);
    const kinds = payload.map(saveKindOf);
    save(kinds.includes(undefined) ? SavedException.unsavable : tag);
    for (const kind of kinds.toReversed()) {
      if (kinds.includes(undefined)) out.u8(0x1a);
      else out.u8(Opcode.call).u32(additions.firstSave + (kind ?? 0));
    }
    out.u8(Opcode.return);
  });
  out.u8(Opcode.end);
  save(SavedException.unknown);
  const type = additions.types.index(saveParameters[SaveKind.exception], []);
  return { name: "shoal.save_exception", type, body: out.u8(Opcode.end).finish() };
}

/** Payload types of the module's own tags. */
export function payloadsOf(module: ModuleTypes): (readonly ValueCode[])[] {
  return module.tags.map((type) => module.types[type]?.parameters ?? []);
}

// Depths are counted outside of the handler: $null is 0, the tags follow, $unknown is outermost.
function writeThrow(out: ByteWriter, tagCount: number): void {
  out.u8(Opcode.block).u8(emptyBlock);
  out.u8(Opcode.localGet).u32(0).u8(referenceIsNull).u8(Opcode.branchIf).u32(0);
  out
    .u8(Opcode.tryTable)
    .u8(emptyBlock)
    .u32(tagCount + 1);
  for (let tag = 0; tag < tagCount; tag++)
    out
      .u8(catchTag)
      .u32(tag)
      .u32(tag + 1);
  out.u8(catchAll).u32(tagCount + 1);
  out.u8(Opcode.localGet).u32(0).u8(Opcode.throwRef);
  out.u8(Opcode.end).u8(unreachable).u8(Opcode.end);
}

function writeSaveNumber(out: ByteWriter, additions: Additions, value: number): void {
  out.u8(Opcode.i32Const).s32(value);
  out.u8(Opcode.call).u32(additions.firstSave + SaveKind.i32);
}
