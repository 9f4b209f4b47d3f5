// A file tree that cannot be changed, made of any other. What would be refused anyway is refused with
// its own errno first, as a file system mounted read-only does; the rest with EROFS.
import { Access, ClientStateError, Errno } from "../../userlib/index.ts";
import type {
  FileStat,
  FileTree,
  ListedEntry,
  OpenDirectory,
  OpenedNode,
  OpenFile,
  OpenRequest,
} from "./file-tree.ts";

export function readOnly(tree: FileTree): FileTree {
  const own = { root: () => new ReadOnlyDirectory(tree.root()), nowNs: () => tree.nowNs() };
  if (tree.exportNodes === undefined || tree.importNodes === undefined) return own;
  return {
    ...own,
    exportNodes: (opened) => tree.exportNodes!(opened.map(innerOf)),
    importNodes: (state) =>
      tree.importNodes!(state).map(({ node, access }) => ({ node: wrapped(node), access })),
  };
}

/** What was opened for writing below was opened for reading only. */
function innerOf({ node, access }: OpenedNode): OpenedNode {
  if (node instanceof ReadOnlyDirectory || node instanceof ReadOnlyFile) {
    return { node: node.inner, access };
  }
  throw new ClientStateError("Something is open in the tree that is not of the tree.");
}

function wrapped(node: OpenDirectory | OpenFile): OpenDirectory | OpenFile {
  return node.kind === "directory" ? new ReadOnlyDirectory(node) : new ReadOnlyFile(node);
}

function readOnlyNode<Found extends OpenDirectory | OpenFile>(
  node: Found | number,
): OpenDirectory | OpenFile | number {
  return typeof node === "number" ? node : wrapped(node);
}

class ReadOnlyFile implements OpenFile {
  readonly kind = "file";
  readonly filetype: number;
  readonly #file: OpenFile;

  constructor(file: OpenFile) {
    this.filetype = file.filetype;
    this.#file = file;
  }

  get inner(): OpenFile {
    return this.#file;
  }

  stat(): FileStat | number {
    return this.#file.stat();
  }

  setTimes(): number {
    return Errno.rofs;
  }

  sync(isDataOnly: boolean): number {
    return this.#file.sync(isDataOnly);
  }

  close(): number {
    return this.#file.close();
  }

  read(offset: number, into: Uint8Array): number {
    return this.#file.read(offset, into);
  }

  write(): number {
    return -Errno.rofs;
  }

  size(): number {
    return this.#file.size();
  }

  setSize(): number {
    return Errno.rofs;
  }

  allocate(): number {
    return Errno.rofs;
  }
}

class ReadOnlyDirectory implements OpenDirectory {
  readonly kind = "directory";
  readonly filetype: number;
  readonly #directory: OpenDirectory;

  constructor(directory: OpenDirectory) {
    this.filetype = directory.filetype;
    this.#directory = directory;
  }

  get inner(): OpenDirectory {
    return this.#directory;
  }

  stat(): FileStat | number {
    return this.#directory.stat();
  }

  setTimes(): number {
    return Errno.rofs;
  }

  sync(isDataOnly: boolean): number {
    return this.#directory.sync(isDataOnly);
  }

  close(): number {
    return this.#directory.close();
  }

  reopen(): OpenDirectory | number {
    const again = this.#directory.reopen();
    return typeof again === "number" ? again : new ReadOnlyDirectory(again);
  }

  enter(name: string): OpenDirectory | number {
    const next = this.#directory.enter(name);
    return typeof next === "number" ? next : new ReadOnlyDirectory(next);
  }

  open(name: string, request: OpenRequest): OpenDirectory | OpenFile | number {
    const stat = this.#directory.statAt(name);
    if (stat === Errno.noent && request.isCreate) return Errno.rofs;
    if (typeof stat !== "number" && request.isCreate && request.isExclusive) return Errno.exist;
    const isChange = (request.access & Access.write) !== 0 || request.isTruncate;
    if (!isChange) return readOnlyNode(this.#directory.open(name, request));
    // Asked for as a read, so that nothing changes: what is refused even so has the better reason.
    const asRead = { ...request, access: Access.read, isTruncate: false, isCreate: false };
    const found = this.#directory.open(name, asRead);
    if (typeof found === "number") return found;
    found.close();
    return found.kind === "directory" ? Errno.isdir : Errno.rofs;
  }

  statAt(name: string): FileStat | number {
    return this.#directory.statAt(name);
  }

  setTimesAt(name: string): number {
    return this.#ifThere(name);
  }

  readLink(name: string): string | number {
    return this.#directory.readLink(name);
  }

  makeDirectory(name: string): number {
    return this.#ifFree(name);
  }

  removeDirectory(name: string): number {
    return this.#ifThere(name);
  }

  unlink(name: string): number {
    return this.#ifThere(name);
  }

  symlink(_target: string, name: string): number {
    return this.#ifFree(name);
  }

  link(name: string): number {
    return this.#ifThere(name);
  }

  rename(name: string): number {
    return this.#ifThere(name);
  }

  entries(after: number): Iterable<ListedEntry> | number {
    return this.#directory.entries(after);
  }

  parentInode(): bigint {
    return this.#directory.parentInode();
  }

  #ifThere(name: string): number {
    const stat = this.#directory.statAt(name);
    return typeof stat === "number" ? stat : Errno.rofs;
  }

  #ifFree(name: string): number {
    const stat = this.#directory.statAt(name);
    return typeof stat === "number" && stat === Errno.noent ? Errno.rofs : Errno.exist;
  }
}
