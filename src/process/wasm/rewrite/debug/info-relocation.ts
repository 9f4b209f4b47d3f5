// Moves what the entries of `.debug_info` and `.debug_types` say of places in the code, and the sections
// that they refer to. Entries keep their size and place, so that references between them stay right.
import { Abbreviations } from "./abbreviation.ts";
import { AddressTable } from "./address-table.ts";
import { Role } from "./attribute.ts";
import type { CodeMoves } from "./code-moves.ts";
import { DebugReader, writeFixed } from "./debug-reader.ts";
import { locationKinds, rangeKinds } from "./entry-list-writer.ts";
import { type ListReference, relocateLists } from "./entry-lists.ts";
import { sizeOfForm } from "./form.ts";
import { PairLists, relocateRangeTable } from "./pair-lists.ts";
import { scanUnit, type Site, type UnitScan } from "./unit-scan.ts";

export type DebugSections = ReadonlyMap<string, Uint8Array>;

const unitSections = [".debug_info", ".debug_types"] as const;

/**
 * The sections that change, beside the line table, whose units went to `lineUnits`.
 *
 * @throws InvalidModuleError for sections that are malformed or not understood
 */
export function relocateInfo(
  sections: DebugSections,
  moves: CodeMoves,
  lineUnits: ReadonlyMap<number, number>,
): Map<string, Uint8Array> {
  const abbreviations = new Abbreviations(sections.get(".debug_abbrev") ?? new Uint8Array());
  const scans = new Map(
    unitSections.map((name) => {
      const section = sections.get(name) ?? new Uint8Array();
      return [name, scanAll(section, abbreviations, name === ".debug_types")];
    }),
  );
  const relocation = new InfoRelocation(sections, moves, lineUnits);
  relocation.moveLists([...scans.values()].flat());
  for (const [name, units] of scans) relocation.moveUnits(name, units);
  relocation.moveRest();
  return relocation.changed;
}

function scanAll(section: Uint8Array, abbreviations: Abbreviations, isTypes: boolean): UnitScan[] {
  const reader = new DebugReader(section);
  const units: UnitScan[] = [];
  while (!reader.isAtEnd()) units.push(scanUnit(reader, abbreviations, isTypes));
  return units;
}

class InfoRelocation {
  readonly changed = new Map<string, Uint8Array>();
  readonly #sections: DebugSections;
  readonly #moves: CodeMoves;
  readonly #lineUnits: ReadonlyMap<number, number>;
  readonly #addresses: AddressTable;
  /** Where lists of version 5 went, by the role of what refers to them. */
  readonly #places = new Map<Role, ReadonlyMap<number, number>>();

  constructor(sections: DebugSections, moves: CodeMoves, lineUnits: ReadonlyMap<number, number>) {
    this.#sections = sections;
    this.#moves = moves;
    this.#lineUnits = lineUnits;
    this.#addresses = new AddressTable(sections.get(".debug_addr"));
  }

  moveLists(units: readonly UnitScan[]): void {
    this.#movePairs(".debug_ranges", Role.rangeList, units);
    this.#movePairs(".debug_loc", Role.locationList, units);
    this.#moveEntries(".debug_rnglists", [Role.rangeList, Role.rangeListsBase], units);
    this.#moveEntries(".debug_loclists", [Role.locationList, Role.locationListsBase], units);
  }

  #movePairs(name: string, role: Role, units: readonly UnitScan[]): void {
    const section = this.#sections.get(name);
    if (section === undefined) return;
    const kind = role === Role.rangeList ? "ranges" : "locations";
    const lists = new PairLists(section, kind, this.#moves);
    for (const unit of units.filter(({ header }) => header.version === 4)) {
      const base = this.#addresses.resolve(unit.base, unit);
      for (const site of unit.sites) {
        if (site.role === role) lists.relocate(site.value, base, unit.header.addressBytes);
      }
    }
    this.changed.set(name, lists.bytes);
  }

  #moveEntries(name: string, roles: readonly Role[], units: readonly UnitScan[]): void {
    const section = this.#sections.get(name);
    if (section === undefined) return;
    const references: ListReference[] = units
      .filter(({ header }) => header.version === 5)
      .flatMap((unit) => {
        const sites = unit.sites.filter(({ role }) => roles.includes(role));
        return sites.map(({ value }) => ({ offset: value, unit }));
      });
    const kinds = roles.includes(Role.rangeList) ? rangeKinds : locationKinds;
    const context = { moves: this.#moves, addresses: this.#addresses, kinds };
    const { bytes, places } = relocateLists(section, references, context);
    this.changed.set(name, bytes);
    for (const role of roles) this.#places.set(role, places);
  }

  moveUnits(name: string, units: readonly UnitScan[]): void {
    const section = this.#sections.get(name)?.slice();
    if (section === undefined) return;
    for (const unit of units) {
      for (const site of unit.sites) this.#moveSite(section, site, unit);
    }
    this.changed.set(name, section);
  }

  #moveSite(section: Uint8Array, site: Site, unit: UnitScan): void {
    const moved = this.#movedValue(site, unit);
    if (moved === undefined) return;
    const size = sizeOfForm(site.form, unit.header.addressBytes);
    const hasRoom = size !== undefined && moved < 256 ** size;
    if (hasRoom) writeFixed(section, site.at, moved, size);
    else new DebugReader(section).fail("a length has no room to grow", site.at);
  }

  /** Undefined for what stays as it is. */
  #movedValue(site: Site, unit: UnitScan): number | undefined {
    const { role, value } = site;
    switch (role) {
      case Role.address:
        return this.#moves.map(value);
      case Role.addressIndex:
        this.#addresses.resolve({ index: value }, unit); // it is noted as one of code
        return undefined;
      case Role.length:
        return this.#movedLength(site, unit);
      case Role.lineUnit:
        return this.#place(this.#lineUnits, site);
      case Role.rangeList:
      case Role.locationList:
        return unit.header.version === 4 ? undefined : this.#place(this.#places.get(role), site);
      case Role.rangeListsBase:
      case Role.locationListsBase:
        return this.#place(this.#places.get(role), site);
      case Role.none:
      case Role.addressBase:
      case Role.unknown:
        return undefined;
    }
  }

  #movedLength({ low, value }: Site, unit: UnitScan): number | undefined {
    if (low === undefined) return undefined;
    const start = this.#addresses.resolve(low, unit);
    const newStart = this.#moves.map(start);
    const newEnd = this.#moves.map(start + value);
    if (newStart === undefined || newEnd === undefined) return undefined;
    return newEnd - newStart;
  }

  #place(places: ReadonlyMap<number, number> | undefined, { value, at }: Site): number {
    const place = places?.get(value);
    return place ?? new DebugReader(new Uint8Array()).fail("it refers to what is not there", at);
  }

  moveRest(): void {
    const addresses = this.#addresses.relocated(this.#moves);
    if (addresses !== undefined) this.changed.set(".debug_addr", addresses);
    const ranges = this.#sections.get(".debug_aranges");
    if (ranges !== undefined) {
      this.changed.set(".debug_aranges", relocateRangeTable(ranges, this.#moves));
    }
  }
}
