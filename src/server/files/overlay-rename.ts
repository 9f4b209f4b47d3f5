// Renaming in an overlay. What moves is copied up first, a directory with all that is in it; then the name
// that it had is hidden below, and what is above is renamed. Done in this order, a server that is killed
// in between leaves every file under the old name or the new one.
import { Errno, Filetype } from "../../userlib/index.ts";
import { copyUp, copyUpAll } from "./overlay-copy-up.ts";
import { type Found, isReserved, type OverlayNode } from "./overlay-node.ts";

export function rename(node: OverlayNode, name: string, to: OverlayNode, toName: string): number {
  const found = node.find(name);
  if (typeof found === "number") return found;
  if (to.isRemoved) return Errno.noent;
  const target = to.find(toName);
  if (typeof target === "number" && target !== Errno.noent) return target;
  if (isReserved(toName)) return Errno.inval;
  const replaced = typeof target === "number" ? undefined : target;
  if (replaced !== undefined && isSame(found, replaced)) return Errno.success;
  const isDirectory = found.stat.filetype === Filetype.directory;
  const refused = isDirectory
    ? prepareDirectory(node, name, to, toName, replaced)
    : prepareFile(node, name, found, to, toName, replaced);
  return refused === 0 ? move(node, name, to, toName, replaced) : refused;
}

function isSame(one: Found, other: Found): boolean {
  const isInode = one.stat.inode === other.stat.inode && one.stat.device === other.stat.device;
  return one.isUpper === other.isUpper && isInode;
}

function prepareFile(
  node: OverlayNode,
  name: string,
  found: Found,
  to: OverlayNode,
  toName: string,
  replaced: Found | undefined,
): number {
  if (replaced?.stat.filetype !== Filetype.directory) return copyUp(node, name, found);
  // Of two reasons, Linux gives that the target is above the source before that it is a directory.
  return withChild(to, toName, (child) => (node.isWithin(child) ? Errno.notempty : Errno.isdir));
}

function prepareDirectory(
  node: OverlayNode,
  name: string,
  to: OverlayNode,
  toName: string,
  replaced: Found | undefined,
): number {
  return withChild(node, name, (child) => {
    if (to.isWithin(child)) return Errno.inval;
    const refused = refuseReplacing(to, toName, replaced) || copyUpAll(child);
    // What is below under the new name must not shine through.
    return refused === 0 ? to.hide(toName) : refused;
  });
}

/** Why a directory cannot take a name that something else has, or 0. */
function refuseReplacing(to: OverlayNode, toName: string, replaced: Found | undefined): number {
  if (replaced === undefined) return Errno.success;
  if (replaced.stat.filetype !== Filetype.directory) return Errno.notdir;
  return withChild(to, toName, (child) =>
    child.names().size === 0 ? Errno.success : Errno.notempty,
  );
}

/** Renames what is above by now. */
function move(
  node: OverlayNode,
  name: string,
  to: OverlayNode,
  toName: string,
  replaced: Found | undefined,
): number {
  const [above, toAbove] = [node.above(), to.above()];
  if (typeof above === "number") return above;
  if (typeof toAbove === "number") return toAbove;
  const hidden = node.hide(name);
  if (hidden !== 0) return hidden;
  if (replaced?.stat.filetype === Filetype.directory) {
    withChild(to, toName, (child) => child.clearMarks());
  }
  const refused = above.rename(name, toAbove, toName);
  if (refused !== 0) return refused;
  to.forget(toName);
  if (replaced?.isUpper === true) node.identities.unlinked(replaced.stat);
  node.moveChild(name, to, toName);
  return Errno.success;
}

function withChild(node: OverlayNode, name: string, act: (child: OverlayNode) => number): number {
  const child = node.child(name);
  if (typeof child === "number") return child;
  try {
    return act(child);
  } finally {
    child.release();
  }
}
