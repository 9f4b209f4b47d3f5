// Reads the lists of one unit of version 5 and writes them for code that moved. What is said of addresses
// that are in no function stays as it is: it is of functions that were left out.
import type { ByteWriter } from "../../binary/index.ts";
import type { DebugReader } from "./debug-reader.ts";
import { fixedBytes } from "./debug-reader.ts";
import type { ListContext } from "./entry-lists.ts";
import type { UnitScan } from "./unit-scan.ts";

type EntryKind =
  | "end"
  | "baseIndex"
  | "startEndIndex"
  | "startLengthIndex"
  | "offsets"
  | "default"
  | "base"
  | "startEnd"
  | "startLength";

export interface EntryKinds {
  /** By the code that an entry begins with. */
  readonly byCode: readonly EntryKind[];
  /** Entries have the expression of a location behind them. */
  readonly haveLocations: boolean;
}

const indexed: readonly EntryKind[] = [
  "end",
  "baseIndex",
  "startEndIndex",
  "startLengthIndex",
  "offsets",
];
const direct: readonly EntryKind[] = ["base", "startEnd", "startLength"];

export const rangeKinds: EntryKinds = { byCode: [...indexed, ...direct], haveLocations: false };
export const locationKinds: EntryKinds = {
  byCode: [...indexed, "default", ...direct],
  haveLocations: true,
};

const withoutLocation: ReadonlySet<EntryKind> = new Set(["end", "baseIndex", "base"]);

export class EntryListWriter {
  readonly #reader: DebugReader;
  readonly #out: ByteWriter;
  readonly #unit: UnitScan;
  readonly #context: ListContext;
  readonly #unitBase: number;
  #base: number;

  constructor(reader: DebugReader, out: ByteWriter, unit: UnitScan, context: ListContext) {
    this.#reader = reader;
    this.#out = out;
    this.#unit = unit;
    this.#context = context;
    this.#unitBase = context.addresses.resolve(unit.base, unit);
    this.#base = this.#unitBase;
  }

  /** One list, to its end. */
  writeList(): void {
    this.#base = this.#unitBase;
    while (this.#writeEntry() !== "end");
  }

  #writeEntry(): EntryKind {
    const reader = this.#reader;
    const { byCode, haveLocations } = this.#context.kinds;
    const code = reader.u8();
    const kind = byCode[code] ?? reader.fail(`an entry of a list has the unknown kind ${code}`);
    this.#out.u8(code);
    this.#writeAddresses(kind);
    if (haveLocations && !withoutLocation.has(kind)) {
      const start = reader.position;
      reader.skip(reader.unsigned());
      this.#out.range(reader.bytes, start, reader.position);
    }
    return kind;
  }

  #writeAddresses(kind: EntryKind): void {
    switch (kind) {
      case "baseIndex":
        this.#base = this.#index();
        return;
      case "startEndIndex":
        this.#index();
        this.#index();
        return;
      case "startLengthIndex":
        return this.#length(this.#index());
      case "offsets":
        return this.#offsets();
      case "base":
        this.#base = this.#address();
        return;
      case "startEnd":
        this.#address();
        this.#address();
        return;
      case "startLength":
        return this.#length(this.#address());
      case "default":
      case "end":
    }
  }

  /** Copies which address is meant, and answers the address as it was. */
  #index(): number {
    const index = this.#reader.unsigned();
    this.#out.u32(index);
    return this.#context.addresses.resolve({ index }, this.#unit);
  }

  #address(): number {
    const { addressBytes } = this.#unit.header;
    const start = this.#reader.position;
    const address = this.#reader.fixed(addressBytes);
    const moved = this.#context.moves.map(address);
    if (moved === undefined) this.#out.range(this.#reader.bytes, start, start + addressBytes);
    else this.#out.raw(fixedBytes(moved, addressBytes));
    return address;
  }

  #length(start: number): void {
    const length = this.#reader.unsigned();
    const { moves } = this.#context;
    const low = moves.map(start);
    const high = moves.map(start + length);
    this.#out.u32(low === undefined || high === undefined ? length : high - low);
  }

  #offsets(): void {
    const begin = this.#reader.unsigned();
    const end = this.#reader.unsigned();
    const { moves } = this.#context;
    const base = moves.map(this.#base) ?? this.#base;
    const low = moves.map(this.#base + begin);
    const high = moves.map(this.#base + end);
    const isThere = low !== undefined && high !== undefined;
    if (isThere && low < base) this.#reader.fail("a list goes back behind its base");
    this.#out.u32(isThere ? low - base : begin).u32(isThere ? high - base : end);
  }
}
