// The store of images as one cell has it: the cell may be lost between any two operations, and the disk may be
// full. What a cell does that is lost reaches the disk no more.
import type { SimDisk } from "../../src/machine/sim/index.ts";
import { type Store, StoreStatus } from "../../src/machine/store.ts";

/** The cell was lost in the middle of something. */
export class CellLost extends Error {
  override readonly name = "CellLost";
}

export class CellStore implements Store {
  /** Operations until the cell is lost. */
  left = Infinity;
  readonly #disk: SimDisk;
  readonly #isFull: () => boolean;

  constructor(disk: SimDisk, isFull: () => boolean) {
    this.#disk = disk;
    this.#isFull = isFull;
  }

  size(name: string): number {
    return this.#disk.size(name);
  }

  append(name: string, bytes: Uint8Array): StoreStatus {
    this.#operate();
    return this.#isFull() ? StoreStatus.full : this.#disk.append(name, bytes);
  }

  flush(name: string): StoreStatus {
    this.#operate();
    return this.#disk.flush(name);
  }

  read(name: string, offset: number, target: Uint8Array): number {
    return this.#disk.read(name, offset, target);
  }

  truncate(name: string, sizeBytes: number): StoreStatus {
    this.#operate();
    return this.#disk.truncate(name, sizeBytes);
  }

  remove(name: string): StoreStatus {
    this.#operate();
    return this.#disk.remove(name);
  }

  list(): readonly string[] {
    return this.#disk.list();
  }

  #operate(): void {
    if (this.left-- <= 0) throw new CellLost("the cell was lost while it wrote an image");
  }
}
