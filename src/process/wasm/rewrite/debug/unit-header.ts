// The header of one unit of the `.debug_info` or `.debug_types` section, versions 4 and 5.
import type { DebugReader } from "./debug-reader.ts";

export interface UnitHeader {
  /** Behind its last entry. */
  readonly end: number;
  readonly version: number;
  readonly addressBytes: number;
  readonly abbreviationsAt: number;
  /** Offset of its first entry. */
  readonly entriesStart: number;
}

/** Bytes between the header and the entries, by the type of a unit of version 5. */
const extraBytes: Readonly<Record<number, number>> = {
  1: 0, // compilation
  2: 12, // types: a signature and an offset
  3: 0, // partial
  4: 8, // skeleton: an identifier
  5: 8,
  6: 12,
};

/** `isTypes`: in the section that version 4 has for types alone. */
export function readUnitHeader(reader: DebugReader, isTypes: boolean): UnitHeader {
  const start = reader.position;
  const end = reader.unitEnd();
  const version = reader.u16();
  if (version !== 4 && version !== 5) reader.fail(`a unit has version ${version}`, start + 4);
  const header = version === 4 ? readVersion4(reader, isTypes) : readVersion5(reader);
  return { end, version, entriesStart: reader.position, ...header };
}

type Layout = Pick<UnitHeader, "addressBytes" | "abbreviationsAt">;

function readVersion4(reader: DebugReader, isTypes: boolean): Layout {
  const abbreviationsAt = reader.word();
  const addressBytes = reader.addressSize();
  if (isTypes) reader.skip(12);
  return { addressBytes, abbreviationsAt };
}

function readVersion5(reader: DebugReader): Layout {
  const type = reader.u8();
  const addressBytes = reader.addressSize();
  const abbreviationsAt = reader.word();
  const extra = extraBytes[type] ?? reader.fail(`a unit has the unknown type ${type}`);
  reader.skip(extra);
  return { addressBytes, abbreviationsAt };
}
