// What a program may see of the host's files: trees, each under a name, and the file tree behind each.
import type { Machine } from "../machine/machine.ts";
import {
  type FileTree,
  HostDirectory,
  MemoryFiles,
  overlay,
  readOnly,
} from "../server/files/index.ts";
import { NodeFiles } from "../server/node/index.ts";

/** A tree that the program may see, and the name under which it does. */
export interface Grant {
  readonly guest: string;
  /** The host's directory, or undefined for an empty tree in memory. */
  readonly host: string | undefined;
  readonly isReadOnly: boolean;
  /** Where changes go instead of into the host's directory: memory, or another directory. */
  readonly changes?: "memory" | { readonly host: string } | undefined;
}

export function treeOf(machine: Machine, { host, isReadOnly, changes }: Grant): FileTree {
  const inMemory = (): FileTree => new MemoryFiles({ nowNs: () => machine.realtimeNs() });
  const onHost = (path: string): FileTree => new HostDirectory(new NodeFiles(), path);
  const tree = host === undefined ? inMemory() : onHost(host);
  if (changes === undefined) return isReadOnly ? readOnly(tree) : tree;
  return overlay(tree, changes === "memory" ? inMemory() : onHost(changes.host));
}
