// What the functions on paths share: checking a path of the program, and sending it.
import { Errno, Filetype, pathBytesMax } from "../userlib/index.ts";
import type { Descriptor } from "./descriptor-table.ts";
import type { WasiProcess } from "./process.ts";

/** Why a path cannot be walked from this descriptor, or 0. */
export function refuse(p: WasiProcess, fd: number, path: number, pathBytes: number): number {
  const row = p.table.get(fd);
  if (row === undefined) return Errno.badf;
  if (row.filetype !== Filetype.directory) return Errno.notdir;
  if (!p.memory.holds(path, pathBytes)) return Errno.fault;
  return pathBytes >>> 0 > pathBytesMax ? Errno.nametoolong : Errno.success;
}

export function rowOf(p: WasiProcess, fd: number): Descriptor {
  // Called only after `refuse` has found the row.
  return p.table.get(fd)!;
}

export function sendPath(p: WasiProcess, path: number, pathBytes: number): WasiProcess {
  if (pathBytes !== 0) p.call.send(path, pathBytes);
  return p;
}
