// A WebAssembly module at the level of sections: where each begins and ends, and how to write the
// module again with some of them replaced. What is not replaced is copied byte for byte. Sizes,
// order and repetition are checked here, so later readers may trust the frame, never its contents.
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { InvalidModuleError } from "./invalid-module-error.ts";

/** Section numbers of the binary format. */
export const SectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

// The order in which sections must stand, which is not the order of their numbers.
const sectionOrder = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const headerBytes = 8;

export interface Section {
  readonly id: number;
  /** Offset of the section's own number. */
  readonly start: number;
  /** Offset of its contents; for a custom section, of what follows the name. */
  readonly bodyStart: number;
  readonly end: number;
  /** Only for custom sections; empty when the name cannot be decoded. */
  readonly customName: string;
}

export interface WasmBinary {
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
}

/**
 * What to change: a body, or null to leave the section out. What is not named stays as it is; a custom
 * section that is not there is put at the end.
 */
export interface SectionEdits {
  readonly sections: ReadonlyMap<number, Uint8Array | null>;
  readonly customSections?: ReadonlyMap<string, Uint8Array | null>;
  /** A custom section to put in front of the code, where metadata about it has to stand. */
  readonly beforeCode?: { readonly name: string; readonly body: Uint8Array };
}

/** Splits a module into sections. */
export function readBinary(bytes: Uint8Array): WasmBinary {
  checkHeader(bytes);
  const reader = new ByteReader(bytes, headerBytes);
  const sections: Section[] = [];
  let lastRank = -1;
  while (!reader.isAtEnd()) {
    const section = readSection(reader);
    sections.push(section);
    if (section.id === SectionId.custom) continue;
    const rank = sectionOrder.indexOf(section.id);
    if (rank < 0) reader.fail(`section number ${section.id} is unknown`, section.start);
    if (rank <= lastRank) {
      reader.fail(`section ${section.id} is repeated or out of order`, section.start);
    }
    lastRank = rank;
  }
  return { bytes, sections };
}

function readSection(reader: ByteReader): Section {
  const start = reader.position;
  const id = reader.u8();
  const sizeBytes = reader.u32();
  const bodyStart = reader.position;
  reader.skip(sizeBytes);
  const end = reader.position;
  if (id !== SectionId.custom) return { id, start, bodyStart, end, customName: "" };
  const inner = new ByteReader(reader.bytes, bodyStart, end);
  const encodedName = inner.take(inner.u32());
  const customName = new TextDecoder().decode(encodedName);
  return { id, start, bodyStart: inner.position, end, customName };
}

export function findSection(binary: WasmBinary, id: number): Section | undefined {
  return binary.sections.find((section) => section.id === id);
}

export function findCustomSection(binary: WasmBinary, name: string): Section | undefined {
  return binary.sections.find((one) => one.id === SectionId.custom && one.customName === name);
}

/** Custom sections with offsets into the code: when it moves they are wrong, which is worse than none. */
export function speaksOfOffsets(customName: string): boolean {
  return (
    customName.startsWith(".debug_") ||
    customName.startsWith("metadata.code.") ||
    customName.startsWith("reloc.") ||
    customName === "linking" ||
    customName === "sourceMappingURL" ||
    customName === "external_debug_info"
  );
}

/** A reader over a section's contents, or undefined when the module has no such section. */
export function sectionReader(binary: WasmBinary, id: number): ByteReader | undefined {
  const section = findSection(binary, id);
  return section && new ByteReader(binary.bytes, section.bodyStart, section.end);
}

/** Writes the module again; a replaced section that was absent is put where it belongs. */
export function writeBinary(binary: WasmBinary, edits: SectionEdits): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(estimateBytes(binary, edits));
  out.range(binary.bytes, 0, headerBytes);
  const pending = new Map(edits.sections);
  for (const section of binary.sections) {
    if (section.id === SectionId.custom) {
      writeCustomSection(out, binary.bytes, section, edits.customSections);
      continue;
    }
    writeMissingSections(out, pending, binary, sectionOrder.indexOf(section.id));
    if (section.id === SectionId.code && edits.beforeCode !== undefined) {
      writeCustom(out, edits.beforeCode.name, edits.beforeCode.body);
    }
    const body = pending.get(section.id);
    if (body === undefined) out.range(binary.bytes, section.start, section.end);
    else if (body !== null) out.u8(section.id).sized(body);
    pending.delete(section.id);
  }
  writeMissingSections(out, pending, binary, sectionOrder.length);
  for (const [name, body] of edits.customSections ?? []) {
    const isThere = findCustomSection(binary, name) !== undefined;
    if (!isThere && body !== null) writeCustom(out, name, body);
  }
  return out.finish();
}

function writeMissingSections(
  out: ByteWriter,
  pending: Map<number, Uint8Array | null>,
  binary: WasmBinary,
  beforeRank: number,
): void {
  if (pending.size === 0) return;
  for (const id of sectionOrder.slice(0, beforeRank)) {
    const body = pending.get(id);
    if (body === undefined || findSection(binary, id) !== undefined) continue;
    if (body !== null) out.u8(id).sized(body);
    pending.delete(id);
  }
}

function writeCustomSection(
  out: ByteWriter,
  bytes: Uint8Array,
  section: Section,
  edits: ReadonlyMap<string, Uint8Array | null> | undefined,
): void {
  const body = edits?.get(section.customName);
  if (body === undefined) {
    out.range(bytes, section.start, section.end);
  } else if (body !== null) {
    writeCustom(out, section.customName, body);
  }
}

function writeCustom(out: ByteWriter, name: string, body: Uint8Array): void {
  const contents = new ByteWriter(body.length + 64).name(name).raw(body);
  out.u8(SectionId.custom).sized(contents.view());
}

function estimateBytes(binary: WasmBinary, edits: SectionEdits): number {
  let total = binary.bytes.length + 1024;
  for (const body of edits.sections.values()) total += body?.length ?? 0;
  return total;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

// Only the two outcomes that matter are spelled out by the format; the rest is what people really
// hand to a loader by mistake, named so that they see it at once.
function checkHeader(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new InvalidModuleError("the file is empty", 0);
  if (!startsWith(bytes, [0x00, 0x61, 0x73, 0x6d])) refuseForeignFile(bytes);
  if (bytes.length < headerBytes) {
    throw new InvalidModuleError("the file ends inside its header", bytes.length);
  }
  if (startsWith(bytes.subarray(4), [1, 0, 0, 0])) return;
  if (bytes[6] === 1 && bytes[7] === 0) {
    throw new InvalidModuleError(
      "it is a WebAssembly component, not a core module",
      4,
      "Build for wasm32-wasip1, or take the core module out of the component.",
    );
  }
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  throw new InvalidModuleError(
    `its binary format has version ${version}`,
    4,
    "Only version 1 exists today; build the program with a current toolchain.",
  );
}

function refuseForeignFile(bytes: Uint8Array): never {
  const [what, advice] = foreignKind(bytes);
  throw new InvalidModuleError(what, 0, advice);
}

function foreignKind(bytes: Uint8Array): [string, string | undefined] {
  if (startsWith(bytes, [0x1f, 0x8b])) return ["it is a gzip archive", "Unpack it first: gunzip."];
  if (startsWith(bytes, [0x50, 0x4b])) return ["it is a zip archive", "Unpack it first: unzip."];
  if (startsWith(bytes, [0x7f, 0x45, 0x4c, 0x46])) {
    return ["it is a native ELF program", "Compile the program for wasm32-wasip1 instead."];
  }
  if (startsWith(bytes, [0x23, 0x21])) {
    return ["it is a script", "Run its interpreter, built as WebAssembly, on it."];
  }
  if (/^\s*(\(|;;)/.test(new TextDecoder().decode(bytes.subarray(0, 256)))) {
    return ["it is WebAssembly text", "Assemble it first, for example with wat2wasm."];
  }
  return ["it does not begin with the WebAssembly magic number", undefined];
}
