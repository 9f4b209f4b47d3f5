// Capabilities: each page belongs to one space, each slot in use names a kind and rights that exist,
// counts of names per object and of slots per space are exact, and the derivation tree is a tree in
// which rights only shrink and a badge, once set, stays.
import { allRights, Kind, kindCount, pagesPerSpace, slotsPerPage } from "../../abi/index.ts";
import { assert, forEachRow, isLive } from "../../base/index.ts";
import { Capability, capabilityShift, Header, shiftOf, Space, spaceShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";

/** Names found, per kind and row: one array, with the place at which each kind begins. */
interface Names {
  /** Capabilities that hang from first ones, those included: all, if the derivation tree is one. */
  reached: number;
  readonly counts: Int32Array;
  readonly first: Int32Array;
}

export function verifyCapabilities(k: Kernel): void {
  const names = createNames(k);
  let pages = 0;
  let used = 0;
  forEachRow(k.tables[Kind.space], (space) => {
    const base = space << spaceShift;
    let slots = 0;
    const before = pages;
    for (let page = 0; page < pagesPerSpace; page++) {
      const row = k.spaces[base + Space.pages + page];
      if (row === 0) continue;
      pages++;
      assert(isLive(k.capabilityPages, row), "a page of a space is live", space, row);
      assert(k.capabilityPages.words[row * 2 + 1] === space, "a page knows its space", row, space);
      slots += verifyPage(k, row, names);
    }
    const pageCount = k.spaces[base + Space.pageCount];
    assert(pages - before === pageCount, "a space counts its pages", space, pageCount);
    const counted = k.spaces[base + Space.slotCount];
    assert(slots === counted, "a space counts its capabilities", slots, counted);
    used += slots;
  });
  assert(pages === k.capabilityPages.liveCount, "each page belongs to a space", pages);
  assert(
    names.reached === used,
    "each capability is reached from a first one",
    names.reached,
    used,
  );
  verifyNames(k, names);
}

function createNames(k: Kernel): Names {
  const first = new Int32Array(kindCount + 1);
  for (let kind = 0; kind < kindCount; kind++)
    first[kind + 1] = first[kind] + k.tables[kind].highWater;
  return { reached: 0, counts: new Int32Array(first[kindCount]), first };
}

/** The slots of one page. Answers how many are in use. */
function verifyPage(k: Kernel, page: number, names: Names): number {
  const words = k.capabilities;
  let used = 0;
  const end = ((page + 1) * slotsPerPage) << capabilityShift;
  for (
    let base = (page * slotsPerPage) << capabilityShift;
    base < end;
    base += 1 << capabilityShift
  ) {
    const header = words[base];
    if (header === 0) continue;
    used++;
    const kind = header & 0xff;
    const object = words[base + Capability.object];
    assert(kind > 0 && kind < kindCount, "a capability names a kind", base, kind);
    assert(header >>> 8 <= allRights, "rights are rights", base, header >>> 8);
    assert(
      object > 0 && object < k.tables[kind].highWater,
      "a capability names a row",
      kind,
      object,
    );
    const generation = k.tables[kind].words[(object << shiftOf[kind]) + Header.generation];
    if (generation === words[base + Capability.generation]) {
      assert((generation & 1) === 1, "what a good capability names is live", kind, object);
      names.counts[names.first[kind] + object]++;
    }
    verifyLinks(k, base);
    if (words[base + Capability.parent] === 0) names.reached += countTree(k, base);
  }
  return used;
}

function verifyLinks(k: Kernel, base: number): void {
  const words = k.capabilities;
  const own = base >> capabilityShift;
  const parent = words[base + Capability.parent] << capabilityShift;
  const next = words[base + Capability.nextSibling] << capabilityShift;
  const prev = words[base + Capability.prevSibling] << capabilityShift;
  const child = words[base + Capability.firstChild] << capabilityShift;
  if (child !== 0) {
    assert(words[child + Capability.parent] === own, "a first child knows its parent", own, child);
    assert(words[child + Capability.prevSibling] === 0, "a first child is first", own, child);
  }
  if (parent === 0) return;
  const header = words[base];
  const parentHeader = words[parent];
  assert((header & 0xff) === (parentHeader & 0xff), "a child has its parent's kind", own);
  assert((header & ~parentHeader) === 0, "rights only shrink", header, parentHeader);
  const isSame =
    words[base + Capability.object] === words[parent + Capability.object] &&
    words[base + Capability.generation] === words[parent + Capability.generation];
  assert(isSame, "a child names its parent's object", own, parent);
  const badge = words[parent + Capability.badge];
  assert(
    badge === 0 || badge === words[base + Capability.badge],
    "a badge is set once",
    own,
    badge,
  );
  if (prev === 0)
    assert(words[parent + Capability.firstChild] === own, "a parent knows its child", own);
  else assert(words[prev + Capability.nextSibling] === own, "siblings agree", own, prev);
  if (next !== 0) assert(words[next + Capability.prevSibling] === own, "siblings agree", own, next);
}

/** Walks a tree by its links alone, down first, then on, then up. */
function countTree(k: Kernel, root: number): number {
  const words = k.capabilities;
  const limit = words.length >> capabilityShift;
  let count = 1;
  let at = root;
  for (;;) {
    const child = words[at + Capability.firstChild];
    if (child !== 0) {
      at = child << capabilityShift;
    } else {
      while (at !== root && words[at + Capability.nextSibling] === 0) {
        at = words[at + Capability.parent] << capabilityShift;
        assert(words[at] !== 0, "the way up the derivation tree leads to its root", root, at);
      }
      if (at === root) return count;
      at = words[at + Capability.nextSibling] << capabilityShift;
    }
    count++;
    assert(count <= limit, "the derivation tree has no ring", at);
  }
}

/** Objects count their names; what lives by being named has one. */
function verifyNames(k: Kernel, names: Names): void {
  for (let kind = 1; kind < kindCount; kind++) {
    const table = k.tables[kind];
    for (let row = 1; row < table.highWater; row++) {
      if (!isLive(table, row)) continue;
      const count = table.words[(row << shiftOf[kind]) + Header.capabilityCount];
      const found = names.counts[names.first[kind] + row];
      assert(count === found, "an object counts its names", count, found);
    }
  }
}
