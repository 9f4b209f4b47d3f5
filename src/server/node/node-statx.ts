// What statx of Linux writes, as file servers say it. It is laid out alike on every architecture.
import type { FileStat } from "../files/index.ts";
import { filetypeOfMode, type StatLayout } from "./node-stat.ts";

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

export const statxLayout: StatLayout = { fileStat, filetype, size };

function fileStat(view: DataView, at: number): FileStat {
  return {
    device: deviceAt(view, at),
    inode: view.getBigUint64(at + Statx.inode, true),
    filetype: filetype(view, at),
    links: BigInt(view.getUint32(at + Statx.links, true)),
    size: view.getBigUint64(at + Statx.size, true),
    accessed: timeAt(view, at + Statx.accessed),
    modified: timeAt(view, at + Statx.modified),
    changed: timeAt(view, at + Statx.changed),
  };
}

function filetype(view: DataView, at: number): number {
  return filetypeOfMode(view.getUint16(at + Statx.mode, true));
}

function size(view: DataView, at: number): number {
  return Number(view.getBigUint64(at + Statx.size, true));
}

function timeAt(view: DataView, at: number): bigint {
  const seconds = view.getBigInt64(at, true);
  const ns = view.getUint32(at + 8, true);
  return BigInt.asUintN(64, seconds * nsPerSecond + BigInt(ns));
}

/** One number of two, as `stat` of the C library makes it. */
function deviceAt(view: DataView, at: number): bigint {
  const major = view.getUint32(at + Statx.deviceMajor, true);
  const minor = view.getUint32(at + Statx.deviceMinor, true);
  const low = ((major & 0xfff) << 8) | (minor & 0xff);
  const high = (BigInt(major >>> 12) << 44n) | (BigInt(minor >>> 8) << 20n);
  return high | BigInt(low);
}
