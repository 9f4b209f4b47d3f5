// The `.debug_abbrev` section: what the entries of a unit are made of, by their codes.
import { Role, roleOf } from "./attribute.ts";
import { DebugReader } from "./debug-reader.ts";
import { Form, sizeOfForm } from "./form.ts";

export interface AttributeShape {
  readonly name: number;
  readonly form: number;
  readonly role: Role;
}

export interface Abbreviation {
  readonly attributes: readonly AttributeShape[];
  /** Bytes of an entry of which nothing matters here, if that is always the same. */
  readonly plainBytes: number | undefined;
}

/** The tables of a section, each read once. */
export class Abbreviations {
  readonly #section: Uint8Array;
  readonly #tables = new Map<number, ReadonlyMap<number, Abbreviation>>();
  #readBytes = 0;

  constructor(section: Uint8Array) {
    this.#section = section;
  }

  /** The table that begins at this offset. */
  tableAt(offset: number): ReadonlyMap<number, Abbreviation> {
    let table = this.#tables.get(offset);
    if (table === undefined) {
      const reader = new DebugReader(this.#section).at(offset);
      table = readTable(reader);
      this.#tables.set(offset, table);
      this.#readBytes += reader.position - offset;
      if (this.#readBytes > this.#section.length) reader.fail("tables of abbreviations overlap");
    }
    return table;
  }
}

function readTable(reader: DebugReader): Map<number, Abbreviation> {
  const table = new Map<number, Abbreviation>();
  for (let code = reader.unsigned(); code !== 0; code = reader.unsigned()) {
    reader.unsigned(); // the tag
    reader.u8(); // whether others are inside
    const attributes = readAttributes(reader);
    table.set(code, { attributes, plainBytes: plainBytes(attributes) });
  }
  return table;
}

function readAttributes(reader: DebugReader): AttributeShape[] {
  const attributes: AttributeShape[] = [];
  for (;;) {
    const name = reader.unsigned();
    const form = reader.unsigned();
    if (form === Form.implicitConstant) reader.signed();
    if (name === 0 && form === 0) return attributes;
    attributes.push({ name, form, role: roleOf(name, form) });
  }
}

function plainBytes(attributes: readonly AttributeShape[]): number | undefined {
  let total = 0;
  for (const { form, role } of attributes) {
    const size = role === Role.none ? sizeOfForm(form, 0) : undefined; // an address is not plain
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}
