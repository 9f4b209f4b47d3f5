// A module that saves the changing globals of a program in a frame store, and loads them from it. It is
// WebAssembly, like the store, since JavaScript would not keep the bits of every number.
import { ByteWriter, Opcode } from "../binary/index.ts";
import {
  type CaptureSource,
  saveKindOf,
  saveParameters,
  TypeList,
  Value,
  type ValueCode,
  writeValueCode,
} from "../rewrite/index.ts";
import { saveNames, takerResults, takers } from "./frame-store-module.ts";
import { takerOf, writeTake } from "./take.ts";

/** The bytes of the module for the globals with these indices. */
export function globalsModule(
  { module }: CaptureSource,
  indices: readonly number[],
): Uint8Array<ArrayBuffer> {
  const types = new TypeList(0);
  // Those behind the program's own remember dropped segments.
  const valueOf = (index: number): ValueCode => module.globals[index]?.value ?? Value.i32;
  const imports = new ByteWriter(1024).u32(takers.length + saveNames.length + indices.length);
  takers.forEach((name, at) => {
    imports
      .name("store")
      .name(name)
      .u8(0)
      .u32(types.index([], [takerResults[at]]));
  });
  saveNames.forEach((name, kind) => {
    imports.name("store").name(name).u8(0).u32(types.index(saveParameters[kind], []));
  });
  for (const index of indices) {
    imports.name("global").name(`${index}`).u8(3);
    writeValueCode(imports, valueOf(index));
    imports.u8(1);
  }
  const save = new ByteWriter(256).u8(0);
  const load = new ByteWriter(256).u8(0);
  indices.forEach((index, at) => {
    const kind = saveKindOf(valueOf(index));
    if (kind === undefined) throw new Error(`Global ${index} cannot be saved.`);
    save
      .u8(Opcode.globalGet)
      .u32(at)
      .u8(Opcode.call)
      .u32(takers.length + kind);
    writeTake(load, valueOf(index), takerOf(valueOf(index)));
    load.u8(Opcode.globalSet).u32(at);
  });
  const bodies = [save.u8(Opcode.end), load.u8(Opcode.end)];
  const type = types.index([], []);
  const first = takers.length + saveNames.length;
  return assemble(types, imports, type, first, bodies);
}

function assemble(
  types: TypeList,
  imports: ByteWriter,
  type: number,
  first: number,
  bodies: readonly ByteWriter[],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(2048).raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  const typeSection = new ByteWriter(256).u32(types.entries.length);
  for (const entry of types.entries) typeSection.raw(entry);
  out.u8(1).sized(typeSection.view());
  out.u8(2).sized(imports.view());
  out.u8(3).sized(new ByteWriter(16).u32(2).u32(type).u32(type).view());
  const exports = new ByteWriter(64).u32(2);
  exports
    .name("save")
    .u8(0)
    .u32(first)
    .name("load")
    .u8(0)
    .u32(first + 1);
  out.u8(7).sized(exports.view());
  const code = new ByteWriter(1024).u32(bodies.length);
  for (const body of bodies) code.sized(body.view());
  return out.u8(10).sized(code.view()).finish();
}
