// What Node says of a file, as file servers say it.
import { type BigIntStats, lstatSync } from "node:fs";
import { Errno, Filetype } from "../../userlib/index.ts";
import type { FileStat } from "../files/index.ts";
import { attemptObject } from "./node-errno.ts";

/** How a call of Linux lays out what it says of a file, from some byte of a buffer on. */
export interface StatLayout {
  fileStat(view: DataView, at: number): FileStat;
  filetype(view: DataView, at: number): number;
  size(view: DataView, at: number): number;
}

/** By the bits of a mode that say what a file is. */
const filetypes: Readonly<Record<number, number>> = {
  0x2000: Filetype.characterDevice,
  0x4000: Filetype.directory,
  0x6000: Filetype.blockDevice,
  0x8000: Filetype.regularFile,
  0xa000: Filetype.symbolicLink,
  0xc000: Filetype.socketStream,
};

export function filetypeOfMode(mode: number): number {
  return filetypes[mode & 0xf000] ?? Filetype.unknown;
}

export function fileStatOf(stat: BigIntStats): FileStat {
  return {
    device: BigInt.asUintN(64, stat.dev),
    inode: BigInt.asUintN(64, stat.ino),
    filetype: filetypeOfMode(Number(stat.mode)),
    links: stat.nlink,
    size: stat.size,
    accessed: BigInt.asUintN(64, stat.atimeNs),
    modified: BigInt.asUintN(64, stat.mtimeNs),
    changed: BigInt.asUintN(64, stat.ctimeNs),
  };
}

export function lstat(path: string | Buffer): FileStat | number {
  const stat = attemptObject(
    () => lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? "none",
  );
  if (stat === "none") return Errno.noent;
  return typeof stat === "number" || typeof stat === "string" ? Number(stat) : fileStatOf(stat);
}
