// A file tree made of two: one below that never changes, and one above that takes every change. What is
// not above is seen from below; a file is copied up when it is first to be changed, a directory with all
// that is in it when it is renamed, and what is removed is hidden. Names of one file below part ways
// when one of them is copied up.
import type { FileTree } from "./file-tree.ts";
import { OverlayDirectory } from "./overlay-directory.ts";
import { Identities } from "./overlay-identity.ts";
import { OverlayNode } from "./overlay-node.ts";
import { readOnly } from "./read-only.ts";

/** What is below can be any tree; what is above belongs to this overlay alone while it is served. */
export function overlay(lower: FileTree, upper: FileTree): FileTree {
  // Read-only, so that no mistake of ours can change what is below.
  const parts = { upper: upper.root(), lower: readOnly(lower).root() };
  const node = new OverlayNode(parts, new Identities());
  return { root: () => new OverlayDirectory(node.retain()), nowNs: () => upper.nowNs() };
}
