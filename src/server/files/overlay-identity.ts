// Inode numbers of an overlay: one space of numbers for two trees. The lowest bit says from which of them
// a number is; a file that is copied up keeps its number, for as long as the server runs.
import type { FileStat } from "./file-tree.ts";

/** The device of everything in an overlay, whatever devices the trees are on. */
const overlayDevice = 1n;

export class Identities {
  /** Numbers of files copied up, by the upper inode. */
  readonly #copied = new Map<bigint, bigint>();

  /** A stat of one of the trees, as programs see it. */
  of(stat: FileStat, isUpper: boolean): FileStat {
    const own = (stat.inode << 1n) | (isUpper ? 1n : 0n);
    const inode = (isUpper ? this.#copied.get(stat.inode) : undefined) ?? own;
    return { ...stat, device: overlayDevice, inode: BigInt.asUintN(64, inode) };
  }

  /** The stat of a directory that is in both: what changes is above, its number is from below. */
  merged(above: FileStat, below: FileStat): FileStat {
    return { ...this.of(above, true), inode: this.of(below, false).inode };
  }

  /** An upper file takes over the number of the lower one that it is a copy of. */
  copied(upper: FileStat, lower: FileStat): void {
    this.#copied.set(upper.inode, lower.inode << 1n);
  }

  /** A name of an upper file goes; with the last one its inode may be used for another. */
  unlinked({ inode, links }: FileStat): void {
    if (links <= 1n) this.#copied.delete(inode);
  }
}
