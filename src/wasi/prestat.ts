// fd_prestat_get and fd_prestat_dir_name: how a program finds what it was granted. It asks descriptor
// after descriptor from 3 on, until one is bad.
import { Errno } from "../userlib/index.ts";
import { immediate } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";
import { isListener } from "./sock-rows.ts";

const encoder = new TextEncoder();

const directoryTag = 0;
const otherTag = 1;

function preopenOf(p: WasiProcess, fd: number): Uint8Array | undefined {
  const path = p.table.get(fd)?.preopen ?? null;
  return path === null ? undefined : encoder.encode(path);
}

/** What was granted but is no directory has a tag that libraries pass over, instead of ending their search. */
function isGrantedListener(p: WasiProcess, fd: number): boolean {
  const row = p.table.get(fd);
  return row !== undefined && isListener(row);
}

export const fdPrestatGet: WasiFunction = immediate(
  (p: WasiProcess, fd: number, result: number) => {
    const path = preopenOf(p, fd);
    if (path === undefined && !isGrantedListener(p, fd)) return Errno.badf;
    if (!p.memory.holds(result, 8)) return Errno.fault;
    p.memory.setWords(result, path === undefined ? otherTag : directoryTag, path?.length ?? 0);
    return Errno.success;
  },
);

export const fdPrestatDirName: WasiFunction = immediate(
  (p: WasiProcess, fd: number, buffer: number, bytes: number) => {
    const path = preopenOf(p, fd);
    if (path === undefined) return Errno.badf;
    if (!p.memory.holds(buffer, bytes)) return Errno.fault;
    if (path.length > bytes >>> 0) return Errno.nametoolong;
    p.memory.setBytes(buffer, path);
    return Errno.success;
  },
);
