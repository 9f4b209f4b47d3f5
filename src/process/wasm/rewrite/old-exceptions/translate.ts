// Programs with the exception handling of before `try_table`, which an engine does not accept beside the
// current one, translated to it. Types are added behind those of the program; nothing is renumbered.
import {
  appendEntries,
  bodyReaders,
  ByteWriter,
  readValueType,
  SectionId,
  sectionReader,
  writeBinary,
} from "../../binary/index.ts";
import type { ByteReader, Declarations, WasmBinary } from "../../binary/index.ts";
import { CodeMoves, hasLines, relocateDebug } from "../debug/index.ts";
import { OffsetMap } from "../offset-map.ts";
import { readLocalGroups, writeLocalGroups } from "../local-groups.ts";
import { moduleTypes } from "../module-types.ts";
import { TypeList } from "../type-list.ts";
import { Value } from "../value-code.ts";
import { type BodyContext, BodyTranslator } from "./body-translator.ts";
import { planTries } from "./try-plan.ts";

export function translateOldExceptions(
  binary: WasmBinary,
  declarations: Declarations,
): Uint8Array<ArrayBuffer> {
  const module = moduleTypes(declarations);
  const types = new TypeList(declarations.types.length);
  const bodies: Uint8Array[] = [];
  const isDebug = hasLines(binary);
  const offsets: OffsetMap[] = [];
  for (const reader of bodyReaders(binary)) {
    const index = module.importedFunctionCount + bodies.length;
    const type = module.types[module.functions[index]] ?? reader.fail("a function has no type");
    const body = new ByteWriter(reader.end - reader.position + 64);
    const moved = isDebug ? new OffsetMap(reader.position) : undefined;
    if (moved !== undefined) offsets.push(moved);
    translateBody(reader, body, { module, types, type, noteMove: moved?.noteMove.bind(moved) });
    bodies.push(new ByteWriter(body.length + 8).sized(body.view()).finish());
  }
  const code = new ByteWriter(binary.bytes.length).u32(bodies.length);
  for (const body of bodies) code.raw(body);
  const sections = new Map([
    [SectionId.type, appendEntries(sectionReader(binary, SectionId.type), types.entries)],
    [SectionId.code, code.finish()],
  ]);
  const moves = (): CodeMoves => new CodeMoves(binary, code.view(), (at) => offsets[at]);
  const customSections = relocateDebug(binary, moves);
  return writeBinary(binary, { sections, customSections });
}

function translateBody(
  reader: ByteReader,
  out: ByteWriter,
  context: Pick<BodyContext, "module" | "types" | "type" | "noteMove">,
): void {
  const { type } = context;
  const start = reader.position;
  const localCount = type.parameters.length + countLocals(reader);
  const codeStart = reader.position;
  const plan = planTries(reader);
  if (plan.tries.length === 0) {
    out.range(reader.bytes, start, reader.end);
    return;
  }
  const kept = plan.tries.filter(({ isRethrown }) => isRethrown).map(() => Value.exnref);
  const groups = readLocalGroups(reader.bytes, { start, codeStart });
  writeLocalGroups(out, groups, kept);
  reader.position = codeStart;
  new BodyTranslator(reader, out, {
    ...context,
    plan,
    firstLocal: localCount,
  }).translate();
}

/** How many locals the declarations make; the reader is behind them then. */
function countLocals(reader: ByteReader): number {
  let count = 0;
  for (let groups = reader.u32(); groups > 0; groups--) {
    count += reader.u32();
    readValueType(reader);
  }
  return count;
}
