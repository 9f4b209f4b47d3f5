// Copying up: making something that is only below one that is above as well. A file is written under a
// draft name and renamed when all of it is there, so that a server that is killed leaves no half of one.
import { Errno, Filetype } from "../../userlib/index.ts";
import { copyFile, keepingTimes } from "./overlay-copy.ts";
import { type Found, hiddenPrefix, type OverlayNode } from "./overlay-node.ts";

/** Reserved, as all names are that begin so. */
const draftName = `${hiddenPrefix}${hiddenPrefix}draft`;

/** Makes a file or link that is only below one that is above as well; open handles follow it. */
export function copyUp(
  node: OverlayNode,
  name: string,
  { isUpper, stat }: Found,
  isEmpty = false,
): number {
  if (isUpper) return Errno.success;
  const upper = node.above();
  if (typeof upper === "number") return upper;
  const { lower } = node;
  if (lower === undefined) return Errno.noent;
  return keepingTimes(upper, () => {
    upper.unlink(draftName);
    const refused = copyFile({ from: lower, name, stat, to: upper, draft: draftName, isEmpty });
    const moved = refused === 0 ? upper.rename(draftName, upper, name) : refused;
    if (moved !== 0) upper.unlink(draftName);
    else node.copied(name, upper, stat);
    return moved;
  });
}

/** Copies up a directory with all that is in it. */
export function copyUpAll(node: OverlayNode): number {
  const upper = node.above();
  if (typeof upper === "number") return upper;
  const stat = upper.stat();
  for (const name of node.names()) {
    const refused = copyUpOne(node, name);
    if (refused !== 0) return refused;
  }
  return typeof stat === "number" ? stat : upper.setTimes(stat);
}

function copyUpOne(node: OverlayNode, name: string): number {
  const found = node.find(name);
  // Gone since it was listed.
  if (typeof found === "number") return Errno.success;
  if (found.stat.filetype !== Filetype.directory) {
    return copyUp(node, name, found);
  }
  const child = node.child(name);
  if (typeof child === "number") return child;
  try {
    return copyUpAll(child);
  } finally {
    child.release();
  }
}
