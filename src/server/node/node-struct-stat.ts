// What fstat of Linux writes, as file servers say it. Unlike a statx it is laid out by the processor: on
// those two that Node runs on, only two fields differ.
import { filetypeOfMode, type StatLayout } from "./node-stat.ts";

const nsPerSecond = 1_000_000_000n;

/** Fields that stand alike, in bytes. A time is 64 bits of seconds and 64 of nanoseconds. */
const Stat = { device: 0, inode: 8, size: 48, accessed: 72, modified: 88, changed: 104 } as const;

/** By processor; undefined for one that is laid out otherwise. */
export function structStatOf(arch: string): StatLayout | undefined {
  if (arch === "x64") return structStat(24, (view, at) => view.getBigUint64(at + 16, true));
  if (arch === "arm64") return structStat(16, (view, at) => BigInt(view.getUint32(at + 20, true)));
  return undefined;
}

function structStat(mode: number, links: (view: DataView, at: number) => bigint): StatLayout {
  const filetype = (view: DataView, at: number): number =>
    filetypeOfMode(view.getUint32(at + mode, true));
  return {
    fileStat: (view, at) => ({
      device: view.getBigUint64(at + Stat.device, true),
      inode: view.getBigUint64(at + Stat.inode, true),
      filetype: filetype(view, at),
      links: links(view, at),
      size: view.getBigUint64(at + Stat.size, true),
      accessed: timeAt(view, at + Stat.accessed),
      modified: timeAt(view, at + Stat.modified),
      changed: timeAt(view, at + Stat.changed),
    }),
    filetype,
    size: (view, at) => Number(view.getBigUint64(at + Stat.size, true)),
  };
}

function timeAt(view: DataView, at: number): bigint {
  const seconds = view.getBigInt64(at, true);
  return BigInt.asUintN(64, seconds * nsPerSecond + view.getBigInt64(at + 8, true));
}
