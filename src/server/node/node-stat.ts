// What Node says of a file, as file servers say it.
import { type BigIntStats, lstatSync } from "node:fs";
import { Errno, Filetype } from "../../userlib/index.ts";
import type { FileStat } from "../files/index.ts";
import { attemptObject } from "./node-errno.ts";

/** By the bits of a mode that say what a file is. */
const filetypes: readonly number[] = Array.from({ length: 16 }, (_, bits) => {
  if (bits === 0x2) return Filetype.characterDevice;
  if (bits === 0x4) return Filetype.directory;
  if (bits === 0x6) return Filetype.blockDevice;
  if (bits === 0x8) return Filetype.regularFile;
  if (bits === 0xa) return Filetype.symbolicLink;
  return bits === 0xc ? Filetype.socketStream : Filetype.unknown;
});

export function filetypeOfMode(mode: number): number {
  return filetypes[(mode >>> 12) & 0xf]!;
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
