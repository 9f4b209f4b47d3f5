// The functions on two paths, or on a path and the target of a link: one message, as those on one path.
import { Ask, Errno, pathBytesMax, scratchBytes } from "../userlib/index.ts";
import { refuse, rowOf, sendPath } from "./path-message.ts";
import { enter, outcome } from "./process.ts";
import type { WasiFunction, WasiProcess } from "./process.ts";

export const pathSymlink: WasiFunction = {
  begin(
    p: WasiProcess,
    target: number,
    targetBytes: number,
    fd: number,
    path: number,
    pathBytes: number,
  ) {
    const refused = refuse(p, fd, path, pathBytes);
    if (refused !== 0) return refused;
    if (!p.memory.holds(target, targetBytes)) return Errno.fault;
    if (targetBytes >>> 0 > pathBytesMax) return Errno.nametoolong;
    const row = rowOf(p, fd);
    p.call.begin(row.server, Ask.symlink, row.handle, targetBytes);
    return enter(sendTwo(p, target, targetBytes, path, pathBytes));
  },
  finish: outcome,
};

export const pathLink: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    lookup: number,
    path: number,
    pathBytes: number,
    otherFd: number,
    otherPath: number,
    otherBytes: number,
  ) {
    return onTwoPaths(p, Ask.link, [fd, path, pathBytes], [otherFd, otherPath, otherBytes], lookup);
  },
  finish: outcome,
};

export const pathRename: WasiFunction = {
  begin(
    p: WasiProcess,
    fd: number,
    path: number,
    pathBytes: number,
    otherFd: number,
    otherPath: number,
    otherBytes: number,
  ) {
    return onTwoPaths(p, Ask.rename, [fd, path, pathBytes], [otherFd, otherPath, otherBytes], 0);
  },
  finish: outcome,
};

/** A descriptor, and address and length of a path from it. */
type GuestPath = readonly [fd: number, path: number, pathBytes: number];

function onTwoPaths(
  p: WasiProcess,
  label: number,
  from: GuestPath,
  to: GuestPath,
  lookup: number,
): number {
  const refused = refuse(p, ...from) || refuse(p, ...to);
  if (refused !== 0) return refused;
  const [row, other] = [rowOf(p, from[0]), rowOf(p, to[0])];
  if (row.server !== other.server) return Errno.xdev;
  p.call.begin(row.server, label, row.handle, other.handle, from[2], lookup);
  return enter(sendTwo(p, from[1], from[2], to[1], to[2]));
}

/**
 * Sends two byte strings as one where they fit side by side into the scratch: a message of one string is
 * copied on the kernel's fast path, which costs less than putting them there.
 */
function sendTwo(
  p: WasiProcess,
  first: number,
  firstBytes: number,
  second: number,
  secondBytes: number,
): WasiProcess {
  const bytes = (firstBytes >>> 0) + (secondBytes >>> 0);
  if (bytes > scratchBytes) return sendPath(sendPath(p, first, firstBytes), second, secondBytes);
  const scratch = p.call.scratch();
  p.memory.copyTo(scratch, 0, first, firstBytes >>> 0);
  p.memory.copyTo(scratch, firstBytes >>> 0, second, secondBytes >>> 0);
  return sendPath(p, p.call.scratchAddress, bytes);
}
