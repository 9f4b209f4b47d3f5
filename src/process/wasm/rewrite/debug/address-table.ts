// The `.debug_addr` section, which units of version 5 take their addresses from. Addresses of data stand
// beside those of code, and only who uses one knows which it is; so those are noted that code is said to be
// at, and they alone are moved.
import type { CodeMoves } from "./code-moves.ts";
import { DebugReader, writeFixed } from "./debug-reader.ts";
import type { AddressValue, UnitScan } from "./unit-scan.ts";

export class AddressTable {
  readonly #section: Uint8Array | undefined;
  /** Offsets of addresses of code, and their sizes. */
  readonly #ofCode = new Map<number, number>();

  constructor(section: Uint8Array | undefined) {
    this.#section = section;
  }

  /** An address of code as it was. */
  resolve(value: AddressValue, unit: UnitScan): number {
    return "address" in value ? value.address : this.#read(value.index, unit);
  }

  #read(index: number, { addressBase, header }: UnitScan): number {
    const reader = new DebugReader(this.#section ?? new Uint8Array());
    const base = addressBase ?? reader.fail("a unit has no base for its addresses");
    const at = base + index * header.addressBytes;
    this.#ofCode.set(at, header.addressBytes);
    return reader.at(at).fixed(header.addressBytes);
  }

  /** The section with the addresses noted moved. */
  relocated(moves: CodeMoves): Uint8Array | undefined {
    const section = this.#section?.slice();
    if (section === undefined) return undefined;
    const reader = new DebugReader(section);
    for (const [at, size] of this.#ofCode) {
      const moved = moves.map(reader.at(at).fixed(size));
      if (moved !== undefined) writeFixed(section, at, moved, size);
    }
    return section;
  }
}
