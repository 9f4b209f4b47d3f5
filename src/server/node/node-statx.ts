// What statx of Linux writes, as file servers say it. It is laid out alike on every architecture.
import { filestatBytes } from "../../userlib/index.ts";
import type { FileStat } from "../files/index.ts";
import { filetypeOfMode } from "./node-stat.ts";

const nsPerSecond = 1_000_000_000n;

/** Fields of a statx, in bytes. A time is 64 bits of seconds and 32 of nanoseconds. */
const Statx = {
  links: 16,
  mode: 28,
  inode: 32,
  size: 40,
  accessed: 64,
  changed: 96,
  modified: 112,
  deviceMajor: 136,
  deviceMinor: 140,
} as const;

/** What a statx says that stands at the beginning of a view. */
export function fileStatAt(view: DataView): FileStat {
  return {
    device: deviceAt(view),
    inode: view.getBigUint64(Statx.inode, true),
    filetype: filetypeOfMode(view.getUint16(Statx.mode, true)),
    links: BigInt(view.getUint32(Statx.links, true)),
    size: view.getBigUint64(Statx.size, true),
    accessed: timeAt(view, Statx.accessed),
    modified: timeAt(view, Statx.modified),
    changed: timeAt(view, Statx.changed),
  };
}

function timeAt(view: DataView, at: number): bigint {
  const seconds = view.getBigInt64(at, true);
  const ns = view.getUint32(at + 8, true);
  return BigInt.asUintN(64, seconds * nsPerSecond + BigInt(ns));
}

/** One number of two, as `stat` of the C library makes it. */
function deviceAt(view: DataView): bigint {
  const major = view.getUint32(Statx.deviceMajor, true);
  const minor = view.getUint32(Statx.deviceMinor, true);
  const low = ((major & 0xfff) << 8) | (minor & 0xff);
  const high = (BigInt(major >>> 12) << 44n) | (BigInt(minor >>> 8) << 20n);
  return high | BigInt(low);
}

/** Words of a filestat. */
const filestatWords = filestatBytes >> 2;

/** The type of what the words of a statx tell of. */
export function statxFiletype(statx: Uint32Array): number {
  return filetypeOfMode(statx[Statx.mode >> 2]! & 0xffff);
}

/** Their size, exact below 2^53. */
export function sizeAt(statx: Uint32Array): number {
  return statx[Statx.size >> 2]! + statx[(Statx.size >> 2) + 1]! * 2 ** 32;
}

/**
 * The same as a filestat of WASI, word by word: 64-bit numbers as BigInts would cost more than the call of the
 * system. Both begin at the first word.
 */
export function writeFilestatWords(statx: Uint32Array, out: Uint32Array): void {
  for (let i = 0; i < filestatWords; i++) out[i] = 0;
  const major = statx[Statx.deviceMajor >> 2]!;
  const minor = statx[Statx.deviceMinor >> 2]!;
  out[0] = ((major & 0xfff) << 8) | (minor & 0xff) | ((minor >>> 8) << 20);
  out[1] = (minor >>> 20) | ((major >>> 12) << 12);
  out[2] = statx[Statx.inode >> 2]!;
  out[3] = statx[(Statx.inode >> 2) + 1]!;
  out[4] = statxFiletype(statx);
  out[6] = statx[Statx.links >> 2]!;
  out[8] = statx[Statx.size >> 2]!;
  out[9] = statx[(Statx.size >> 2) + 1]!;
  writeTime(statx, Statx.accessed >> 2, out, 10);
  writeTime(statx, Statx.modified >> 2, out, 12);
  writeTime(statx, Statx.changed >> 2, out, 14);
}

/** Seconds and nanoseconds as nanoseconds, all of 64 bits, in numbers that stay below 2^53. */
function writeTime(statx: Uint32Array, at: number, out: Uint32Array, to: number): void {
  const seconds = statx[at]!;
  const upper = (seconds >>> 16) * 1e9;
  const low = (seconds & 0xffff) * 1e9 + statx[at + 2]! + (upper % 65_536) * 65_536;
  out[to] = low;
  out[to + 1] =
    Math.floor(low / 2 ** 32) + Math.floor(upper / 65_536) + Math.imul(statx[at + 1]!, 1e9);
}
