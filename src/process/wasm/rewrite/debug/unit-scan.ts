// Finds everything in a unit that speaks of places in the code: addresses, lengths of code, and references
// to lists and line programs, whose own places may change.
import type { Abbreviation, Abbreviations, AttributeShape } from "./abbreviation.ts";
import { lowAddress, Role } from "./attribute.ts";
import type { DebugReader } from "./debug-reader.ts";
import { Form, readNumber, sizeOfForm, skipForm } from "./form.ts";
import { readUnitHeader, type UnitHeader } from "./unit-header.ts";

/** An address as an attribute has it: itself, or which one of the `.debug_addr` section. */
export type AddressValue = { readonly address: number } | { readonly index: number };

/** Something to be written anew where it stands. */
export interface Site {
  readonly role: Role;
  readonly at: number;
  readonly form: number;
  /** The number that stands there. */
  readonly value: number;
  /** For a length: the address that it is counted from. */
  readonly low?: AddressValue;
}

export interface UnitScan {
  readonly header: UnitHeader;
  readonly sites: readonly Site[];
  /** The low address of the unit itself, from which its lists count; zero unless it says so. */
  readonly base: AddressValue;
  readonly addressBase: number | undefined;
}

/** Reads the unit that begins here; the reader is behind it then. */
export function scanUnit(
  reader: DebugReader,
  abbreviations: Abbreviations,
  isTypes: boolean,
): UnitScan {
  const header = readUnitHeader(reader, isTypes);
  const scanner = new UnitScanner(reader, header);
  const table = abbreviations.tableAt(header.abbreviationsAt);
  while (reader.position < header.end) scanner.readEntry(table);
  reader.at(header.end);
  const { sites, base } = scanner;
  const addressBase = sites.find(({ role }) => role === Role.addressBase)?.value;
  return { header, sites, base: base ?? { address: 0 }, addressBase };
}

class UnitScanner {
  readonly sites: Site[] = [];
  base: AddressValue | undefined;
  readonly #reader: DebugReader;
  readonly #header: UnitHeader;
  #isFirst = true;

  constructor(reader: DebugReader, header: UnitHeader) {
    this.#reader = reader;
    this.#header = header;
  }

  readEntry(table: ReadonlyMap<number, Abbreviation>): void {
    const reader = this.#reader;
    const code = reader.unsigned();
    if (code === 0) return; // the end of those inside an entry
    const abbreviation = table.get(code) ?? reader.fail(`there is no abbreviation ${code}`);
    if (abbreviation.plainBytes === undefined) this.#readAttributes(abbreviation);
    else reader.skip(abbreviation.plainBytes);
    this.#isFirst = false;
  }

  #readAttributes({ attributes }: Abbreviation): void {
    let low: AddressValue | undefined;
    let length: Site | undefined;
    for (const shape of attributes) {
      const site = this.#readAttribute(shape);
      if (site?.role === Role.length) length = site;
      else if (site !== undefined) this.sites.push(site);
      if (site !== undefined && shape.name === lowAddress) low = addressOf(site);
    }
    if (length !== undefined && low !== undefined) this.sites.push({ ...length, low });
    if (this.#isFirst) this.base = low;
  }

  #readAttribute({ form, role }: AttributeShape): Site | undefined {
    const reader = this.#reader;
    const { addressBytes } = this.#header;
    const at = reader.position;
    if (role === Role.none) {
      skipForm(reader, form, addressBytes);
      return undefined;
    }
    if (role === Role.unknown || form === Form.implicitConstant) {
      reader.fail("an attribute points to what nobody knows");
    }
    const size = sizeOfForm(form, addressBytes);
    const value = size === undefined ? readNumber(reader, form) : reader.fixed(size);
    return { role, at, form, value };
  }
}

function addressOf({ role, value }: Site): AddressValue {
  return role === Role.addressIndex ? { index: value } : { address: value };
}
