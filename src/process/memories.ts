// The memories of one core: of spaces (a linear memory, or a buffer for services), their communication
// areas, and regions, behind the numbers that the kernel knows them by. Views of a linear memory are
// taken anew whenever it may have grown. Nothing here throws for an address: the kernel has checked it,
// and what a program changed since then reads as zero and writes nowhere.
import {
  annexAddress,
  annexBytes,
  communicationAddress,
  communicationBytes,
  isRegionHandle,
} from "../abi/index.ts";
import { MemoryCopier, noPlace } from "./memory-copier.ts";
import { createPairCache } from "./pair-cache.ts";
import type { Delivery, Memories } from "./process.ts";

// Copies of imported constants, which the engine folds only when they are a module's own.
const areaAddress = communicationAddress;
const annexStart = annexAddress;
const nowhere = noPlace;

/** What a space's memory is: a program's linear memory, or plain bytes. */
export type MemorySource = WebAssembly.Memory | ArrayBuffer;

interface Entry {
  readonly source: MemorySource;
  words: Int32Array;
  bytes: Uint8Array;
}

export class SpaceMemories implements Memories {
  readonly #spaces: (Entry | undefined)[] = [];
  readonly #areas: (Entry | undefined)[] = [];
  /** Of those spaces that have so many threads. */
  readonly #annexes: (Entry | undefined)[] = [];
  readonly #regions = new Map<number, Entry>();
  readonly #copier = new MemoryCopier();
  readonly #pairs = createPairCache();
  /** As of `Memories`; a closure, into which the engine compiles what it closes over. */
  deliver: Delivery = this.#openDelivery();

  /** Gives a space its memory; unless it has no use for one, it has a communication area then, too. */
  attach(space: number, source: MemorySource, hasArea = true): void {
    this.#pairs.clear();
    this.#spaces[space] = entryOf(source);
    if (hasArea) this.area(space);
  }

  /** The communication area of a space as words; made when it is first asked for. */
  area(space: number): Int32Array {
    const entry = (this.#areas[space] ??= entryOf(new ArrayBuffer(communicationBytes)));
    return entry.words;
  }

  /** The pages below the communication area as words; made when they are first asked for. */
  annex(space: number): Int32Array {
    const entry = (this.#annexes[space] ??= entryOf(new ArrayBuffer(annexBytes)));
    return entry.words;
  }

  hasAnnex(space: number): boolean {
    return this.#annexes[space] !== undefined;
  }

  /** The bytes of a space's memory now. */
  bytes(space: number): Uint8Array {
    const entry = this.#spaces[space];
    if (entry === undefined) throw new RangeError(`space ${space} has no memory`);
    return refreshed(entry).bytes;
  }

  /** The memory of a space as words: up to a word, if it goes that far now. */
  wordsUpTo(space: number, end: number): Int32Array {
    const entry = this.#spaces[space];
    if (entry === undefined) throw new RangeError(`space ${space} has no memory`);
    return end <= entry.words.length ? entry.words : refreshed(entry).words;
  }

  contains(handle: number, address: number, bytes: number): boolean {
    const end = address + bytes;
    if (address >= areaAddress && !isRegionHandle(handle)) {
      return this.#areas[handle] !== undefined && end <= areaAddress + communicationBytes;
    }
    if (this.#isInAnnex(handle, address)) return end <= areaAddress;
    const entry = this.#entry(handle);
    if (entry === undefined) return false;
    return end <= entry.bytes.length || end <= refreshed(entry).bytes.length;
  }

  load(handle: number, address: number): number {
    const at = address >>> 0;
    if (at >= areaAddress) {
      return (this.#areas[handle]?.words[(at - areaAddress) >>> 2] ?? 0) | 0;
    }
    if (this.#isInAnnex(handle, at)) return this.annex(handle)[(at - annexAddress) >>> 2]!;
    const entry = this.#entry(handle);
    if (entry === undefined) return 0;
    const word = entry.words[at >>> 2];
    return word ?? refreshed(entry).words[at >>> 2] ?? 0;
  }

  store(handle: number, address: number, value: number): void {
    const at = address >>> 0;
    if (at >= areaAddress) {
      const area = this.#areas[handle];
      if (area !== undefined) area.words[(at - areaAddress) >>> 2] = value;
      return;
    }
    if (this.#isInAnnex(handle, at)) {
      this.annex(handle)[(at - annexAddress) >>> 2] = value;
      return;
    }
    const entry = this.#entry(handle);
    if (entry === undefined) return;
    // A memory that has grown leaves an empty view, or one that is good for what it covers.
    const isCovered = at >>> 2 < entry.words.length;
    (isCovered ? entry : refreshed(entry)).words[at >>> 2] = value;
  }

  words(space: number, isArea: boolean): Int32Array | undefined {
    const entry = isArea ? this.#areas[space] : this.#spaces[space];
    if (entry === undefined) return undefined;
    const { words } = entry;
    return words.length > 0 ? words : refreshed(entry).words;
  }

  #openDelivery(): Delivery {
    const { find } = this.#pairs;
    const { deliver } = this.#copier;
    return (from, fromDescriptor, to, toDescriptor) => {
      const place = find(from, to);
      return place !== nowhere && deliver(place, toDescriptor, fromDescriptor) !== 0;
    };
  }

  copy(from: number, fromAddress: number, to: number, toAddress: number, bytes: number): void {
    // Addresses from 0 up to 2 GiB, as signed words, are of the memories and not of their areas.
    const place = (fromAddress | toAddress) >= 0 ? this.#pairs.find(from, to) : nowhere;
    if (place !== nowhere) this.#copier.copy(place, toAddress, fromAddress, bytes);
    else this.#copyAnywhere(from, fromAddress, to, toAddress, bytes);
  }

  #copyAnywhere(
    from: number,
    fromAddress: number,
    to: number,
    toAddress: number,
    bytes: number,
  ): void {
    const source = this.#at(from, fromAddress >>> 0);
    const target = this.#at(to, toAddress >>> 0);
    if (source === undefined || target === undefined) return;
    const sourceAt = this.#offsetIn(source, fromAddress >>> 0, from);
    const targetAt = this.#offsetIn(target, toAddress >>> 0, to);
    const place = this.#copier.placeOf(source.source, target.source);
    if (place !== noPlace) {
      this.#remember(from, to, place);
      this.#copier.copy(place, targetAt, sourceAt, bytes);
      return;
    }
    const part = refreshed(source).bytes.subarray(sourceAt, sourceAt + bytes);
    refreshed(target).bytes.set(part, targetAt);
  }

  /** Spaces only: a region's memory is its own. */
  #remember(from: number, to: number, place: number): void {
    if (!isRegionHandle(from) && !isRegionHandle(to)) this.#pairs.remember(from, to, place);
  }

  createRegion(handle: number, bytes: number): boolean {
    try {
      this.#regions.set(handle, entryOf(new ArrayBuffer((bytes + 3) & ~3)));
      return true;
    } catch {
      return false;
    }
  }

  release(handle: number): void {
    if (isRegionHandle(handle)) {
      this.#regions.delete(handle);
      return;
    }
    const source = this.#spaces[handle]?.source;
    if (source !== undefined) this.#copier.forget(source);
    this.#pairs.clear();
    this.#spaces[handle] = undefined;
    this.#areas[handle] = undefined;
    this.#annexes[handle] = undefined;
  }

  #entry(handle: number): Entry | undefined {
    return isRegionHandle(handle) ? this.#regions.get(handle) : this.#spaces[handle];
  }

  #at(handle: number, address: number): Entry | undefined {
    const isArea = address >= areaAddress && !isRegionHandle(handle);
    if (isArea) return this.#areas[handle];
    return this.#isInAnnex(handle, address) ? this.#annexes[handle] : this.#entry(handle);
  }

  #isInAnnex(handle: number, address: number): boolean {
    return address >= annexStart && address < areaAddress && this.#annexes[handle] !== undefined;
  }

  #offsetIn(entry: Entry, address: number, handle: number): number {
    if (entry === this.#areas[handle]) return address - areaAddress;
    return entry === this.#annexes[handle] ? address - annexAddress : address;
  }
}

function entryOf(source: MemorySource): Entry {
  return { source, ...viewsOf(source) };
}

function viewsOf(source: MemorySource): { words: Int32Array; bytes: Uint8Array } {
  const buffer = source instanceof ArrayBuffer ? source : source.buffer;
  return {
    words: new Int32Array(buffer, 0, buffer.byteLength >>> 2),
    bytes: new Uint8Array(buffer),
  };
}

/** A memory that has grown has another buffer: views of the old one are empty, or too short if shared. */
function refreshed(entry: Entry): Entry {
  const { source } = entry;
  if (source instanceof ArrayBuffer || source.buffer === entry.bytes.buffer) return entry;
  const { words, bytes } = viewsOf(source);
  entry.words = words;
  entry.bytes = bytes;
  return entry;
}
