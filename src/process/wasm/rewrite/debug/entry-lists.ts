// The `.debug_rnglists` and `.debug_loclists` sections of version 5: lists of entries of several kinds,
// most with LEB128 numbers, so that they change their size. They are written anew, one contribution after
// the other, and it is told where lists and contributions went.
import { ByteWriter } from "../../binary/index.ts";
import type { AddressTable } from "./address-table.ts";
import type { CodeMoves } from "./code-moves.ts";
import { DebugReader, fixedBytes } from "./debug-reader.ts";
import { type EntryKinds, EntryListWriter } from "./entry-list-writer.ts";
import type { UnitScan } from "./unit-scan.ts";

/** A place that a unit refers to: the beginning of a list or of a contribution's offsets. */
export interface ListReference {
  readonly offset: number;
  readonly unit: UnitScan;
}

export interface RelocatedLists {
  readonly bytes: Uint8Array;
  /** Where each list and each contribution's table of offsets went. */
  readonly places: ReadonlyMap<number, number>;
}

export interface ListContext {
  readonly moves: CodeMoves;
  readonly addresses: AddressTable;
  readonly kinds: EntryKinds;
}

/** `references`: all that units refer to in the section. */
export function relocateLists(
  section: Uint8Array,
  references: readonly ListReference[],
  context: ListContext,
): RelocatedLists {
  const sorted = references.toSorted((one, other) => one.offset - other.offset);
  const reader = new DebugReader(section);
  const out = new ByteWriter(section.length * 2);
  const places = new Map<number, number>();
  let next = 0;
  while (!reader.isAtEnd()) {
    const start = reader.position;
    const end = reader.unitEnd();
    while (next < sorted.length && sorted[next].offset < start) next++;
    const reference = sorted[next];
    // Nobody refers to what has no unit, so that it is left out changes nothing.
    if (reference !== undefined && reference.offset < end) {
      writeContribution(new DebugReader(section, start, end), out, reference.unit, {
        ...context,
        places,
      });
    }
    reader.at(end);
  }
  return { bytes: out.finish(), places };
}

function writeContribution(
  reader: DebugReader,
  out: ByteWriter,
  unit: UnitScan,
  { places, ...context }: ListContext & { places: Map<number, number> },
): void {
  const start = reader.position;
  reader.skip(4);
  if (reader.u16() !== 5) reader.fail("a unit of lists has an unknown version");
  reader.addressSize();
  reader.noSegments();
  const offsets = readOffsets(reader);
  const listsStart = offsets.at + 4 * offsets.values.length;
  reader.at(listsStart);
  const lists = new ByteWriter(reader.end - listsStart + 256);
  const moved = new Map<number, number>();
  const writer = new EntryListWriter(reader, lists, unit, context);
  while (!reader.isAtEnd()) {
    moved.set(reader.position, lists.length);
    writer.writeList();
  }
  const newOrigin = out.length + (offsets.at - start);
  const newLists = newOrigin + (listsStart - offsets.at);
  places.set(offsets.at, newOrigin);
  for (const [from, to] of moved) places.set(from, newLists + to);
  out.raw(fixedBytes(listsStart - start - 4 + lists.length, 4));
  out.range(reader.bytes, start + 4, offsets.at);
  for (const value of offsets.values) {
    const place = moved.get(offsets.at + value) ?? reader.fail("a list begins inside of another");
    out.raw(fixedBytes(place + listsStart - offsets.at, 4));
  }
  out.raw(lists.view());
}

/** Offsets of lists, counted from where the first stands. */
function readOffsets(reader: DebugReader): { at: number; values: number[] } {
  const count = reader.word();
  if (count * 4 > reader.end - reader.position) reader.fail("there are fewer lists than it says");
  const at = reader.position;
  return { at, values: Array.from({ length: count }, () => reader.word()) };
}
