// The simulated store. It keeps, for every blob, the operations since the last flush, so that a crash
// can fall between any two of them: what survives is the flushed part and a seeded number of the
// operations after it. An append is whole or gone, as the port promises. A disk outlives the
// simulation it was given to: that is how a restart after a crash is simulated.
import { assert } from "../../base/index.ts";
import type { Random } from "../../base/index.ts";
import { isBlobName, StoreStatus, type Store } from "../store.ts";

export interface DiskOptions {
  /** Room for the bytes of all blobs together. Unlimited unless given. */
  readonly capacityBytes?: number;
  /** Refuses one append in so many as full, at random. Never, unless given. */
  readonly fullOneIn?: number;
}

type Operation =
  | { readonly kind: "append"; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly sizeBytes: number }
  | { readonly kind: "remove" };

interface Blob {
  /** Undefined while there is none: removed, but not yet flushed. */
  bytes: GrowingBytes | undefined;
  history: Operation[];
  /** How many operations of the history are durable. */
  durableCount: number;
  /** Where the good bytes end, if something was damaged. */
  damagedAt: number;
}

export class SimDisk implements Store {
  readonly #blobs = new Map<string, Blob>();
  readonly #options: DiskOptions;
  #random: Random | undefined;

  constructor(options: DiskOptions = {}) {
    this.#options = options;
  }

  /** Called by the simulation that uses the disk: its faults are drawn from this stream. */
  drawFaultsFrom(random: Random): void {
    this.#random = random;
  }

  size(name: string): number {
    const blob = this.#blobs.get(name);
    if (blob?.bytes === undefined)
      return isBlobName(name) ? StoreStatus.missing : StoreStatus.invalid;
    return Math.min(blob.bytes.size, blob.damagedAt);
  }

  append(name: string, bytes: Uint8Array): StoreStatus {
    if (!isBlobName(name)) return StoreStatus.invalid;
    if (this.#isDamaged(name)) return StoreStatus.damaged;
    if (this.#isFull(bytes.length)) return StoreStatus.full;
    this.#apply(this.#blobNamed(name), { kind: "append", bytes: bytes.slice() });
    return StoreStatus.ok;
  }

  flush(name: string): StoreStatus {
    if (!isBlobName(name)) return StoreStatus.invalid;
    const blob = this.#blobs.get(name);
    if (blob === undefined) return StoreStatus.ok;
    if (blob.bytes === undefined) this.#blobs.delete(name);
    else if (blob.history.some((operation) => operation.kind !== "append")) {
      blob.history = [{ kind: "append", bytes: blob.bytes.view().slice() }];
    }
    blob.durableCount = blob.history.length;
    return StoreStatus.ok;
  }

  read(name: string, offset: number, target: Uint8Array): number {
    const size = this.size(name);
    if (size < 0) return size;
    if (!isOffset(offset)) return StoreStatus.invalid;
    if (offset >= size) return this.#isDamaged(name) ? StoreStatus.damaged : 0;
    const count = Math.min(target.length, size - offset);
    target.set(
      this.#blobNamed(name)
        .bytes?.view()
        .subarray(offset, offset + count) ?? [],
    );
    return count;
  }

  truncate(name: string, sizeBytes: number): StoreStatus {
    const size = this.size(name);
    if (size < 0) return size as StoreStatus;
    if (!isOffset(sizeBytes) || sizeBytes > size) return StoreStatus.invalid;
    const blob = this.#blobNamed(name);
    blob.damagedAt = Infinity;
    this.#apply(blob, { kind: "truncate", sizeBytes });
    return StoreStatus.ok;
  }

  remove(name: string): StoreStatus {
    const size = this.size(name);
    if (size < 0) return size as StoreStatus;
    this.#apply(this.#blobNamed(name), { kind: "remove" });
    return StoreStatus.ok;
  }

  list(): readonly string[] {
    const present = [...this.#blobs].filter(([, blob]) => blob.bytes !== undefined);
    return present.map(([name]) => name).toSorted();
  }

  /** Loses power: every blob falls back to its flushed part and some of what came after. */
  crash(random: Random): void {
    for (const [name, blob] of this.#blobs) {
      const kept = random.between(blob.durableCount, blob.history.length);
      const operations = blob.history.slice(0, kept);
      blob.history = [];
      blob.bytes = undefined;
      for (const operation of operations) this.#apply(blob, operation);
      blob.durableCount = kept;
      if (blob.bytes === undefined) this.#blobs.delete(name);
    }
  }

  /** Spoils the bytes of a blob from `offset` on, as a failing device would. */
  damage(name: string, offset: number): void {
    assert(offset >= 0 && offset < this.size(name), "damage falls inside the blob", offset);
    this.#blobNamed(name).damagedAt = offset;
  }

  #isDamaged(name: string): boolean {
    return (this.#blobs.get(name)?.damagedAt ?? Infinity) !== Infinity;
  }

  #isFull(moreBytes: number): boolean {
    const { capacityBytes = Infinity, fullOneIn = 0 } = this.#options;
    if (fullOneIn > 0 && this.#random?.chance(1, fullOneIn) === true) return true;
    let used = moreBytes;
    for (const blob of this.#blobs.values()) used += blob.bytes?.size ?? 0;
    return used > capacityBytes;
  }

  #blobNamed(name: string): Blob {
    let blob = this.#blobs.get(name);
    if (blob === undefined) {
      blob = { bytes: undefined, history: [], durableCount: 0, damagedAt: Infinity };
      this.#blobs.set(name, blob);
    }
    return blob;
  }

  #apply(blob: Blob, operation: Operation): void {
    blob.history.push(operation);
    if (operation.kind === "remove") {
      blob.bytes = undefined;
      blob.damagedAt = Infinity;
      return;
    }
    blob.bytes ??= new GrowingBytes();
    if (operation.kind === "append") blob.bytes.append(operation.bytes);
    else blob.bytes.size = operation.sizeBytes;
  }
}

function isOffset(offset: number): boolean {
  return Number.isSafeInteger(offset) && offset >= 0;
}

/** Bytes with room to grow, so that a long log is not copied at every append. */
class GrowingBytes {
  size = 0;
  #room = new Uint8Array(64);

  append(bytes: Uint8Array): void {
    const needed = this.size + bytes.length;
    if (needed > this.#room.length) {
      const wider = new Uint8Array(Math.max(needed, 2 * this.#room.length));
      wider.set(this.view());
      this.#room = wider;
    }
    this.#room.set(bytes, this.size);
    this.size = needed;
  }

  view(): Uint8Array {
    return this.#room.subarray(0, this.size);
  }
}
