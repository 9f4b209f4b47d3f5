// Lists of every kind of entry, most of which no compiler writes for WebAssembly today.
import { describe, expect, it } from "vitest";
import { ByteWriter, readBinary, SectionId } from "../../binary/index.ts";
import { AddressTable } from "./address-table.ts";
import { CodeMoves } from "./code-moves.ts";
import { fixedBytes } from "./debug-reader.ts";
import { locationKinds, rangeKinds } from "./entry-list-writer.ts";
import { relocateLists } from "./entry-lists.ts";
import type { UnitScan } from "./unit-scan.ts";

/** A function at 3 to 203 goes to 503 to 703. */
function moves(): CodeMoves {
  const code = new ByteWriter().u32(1).sized(new Uint8Array(200)).finish();
  const module = new ByteWriter().raw([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const binary = readBinary(module.u8(SectionId.code).sized(code).finish());
  const moved = new CodeMoves(binary, code, () => undefined);
  const right = moved.map.bind(moved);
  return Object.assign(moved, {
    map: (address: number) => {
      const same = right(address);
      return same === undefined ? undefined : same + 500;
    },
  });
}

const addresses = [10, 20, 0xffffffff];
const addressSection = Uint8Array.from(addresses.flatMap((one) => [...fixedBytes(one, 4)]));

const unit: UnitScan = {
  header: { end: 0, version: 5, addressBytes: 4, abbreviationsAt: 0, entriesStart: 0 },
  sites: [],
  base: { address: 3 },
  addressBase: 0,
};

function sectionOf(offsets: readonly number[], lists: readonly number[]): Uint8Array {
  const body = [5, 0, 4, 0, ...fixedBytes(offsets.length, 4)];
  for (const offset of offsets) body.push(...fixedBytes(offset, 4));
  body.push(...lists);
  return Uint8Array.from([...fixedBytes(body.length, 4), ...body]);
}

function relocated(section: Uint8Array, kinds = rangeKinds) {
  const table = new AddressTable(addressSection);
  const context = { moves: moves(), addresses: table, kinds };
  const { bytes, places } = relocateLists(section, [{ offset: 12, unit }], context);
  return { bytes: [...bytes], places, addresses: [...(table.relocated(moves()) ?? [])] };
}

const at = (address: number): number[] => [...fixedBytes(address, 4)];

describe("lists of ranges", () => {
  it("are moved entry by entry", () => {
    const lists = [4, 5, 9, 6, ...at(20), ...at(30), 7, ...at(20), 9, 5, ...at(10), 4, 1, 2, 0];
    const moved = [4, 5, 9, 6, ...at(520), ...at(530), 7, ...at(520), 9, 5, ...at(510), 4, 1, 2, 0];
    expect(relocated(sectionOf([], lists)).bytes).toEqual([...sectionOf([], moved)]);
  });

  it("take addresses from their table, where those of code are moved and no others", () => {
    const lists = [1, 0, 4, 1, 2, 3, 1, 9, 0];
    const { bytes, addresses: table } = relocated(sectionOf([], lists));
    expect(bytes).toEqual([...sectionOf([], lists)]);
    expect(table).toEqual([...at(510), ...at(520), ...at(0xffffffff)]);
  });

  it("leave alone what is of functions that are not there", () => {
    const lists = [6, ...at(0xfffffffe), ...at(0xfffffffe), 3, 2, 9, 7, ...at(900), 3, 0];
    expect(relocated(sectionOf([], lists)).bytes).toEqual([...sectionOf([], lists)]);
  });

  it("are found where they went", () => {
    const section = sectionOf([8, 12], [4, 5, 9, 0, 4, 6, 9, 0]);
    const { places } = relocated(section);
    expect([...places]).toEqual([
      [12, 12],
      [20, 20],
      [24, 24],
    ]);
  });

  it.each([
    ["of an unknown kind", sectionOf([], [9, 0])],
    ["without an end", sectionOf([], [4, 5, 9])],
    ["inside of another", sectionOf([5], [4, 5, 9, 0])],
  ])("%s are refused", (_, section) => {
    expect(() => relocated(section)).toThrow(/cannot be run/);
  });
});

describe("lists of locations", () => {
  it("keep their expressions", () => {
    const location = [2, 0xed, 0];
    const lists = [5, ...location, 4, 5, 9, ...location, 7, ...at(20), ...at(30), ...location, 0];
    const moved = [5, ...location, 4, 5, 9, ...location, 7, ...at(520), ...at(530), ...location, 0];
    const { bytes } = relocated(sectionOf([], lists), locationKinds);
    expect(bytes).toEqual([...sectionOf([], moved)]);
  });
});
