// An open file of an overlay. One from below is replaced by its copy when somebody has it copied up, so
// that a reader sees what a writer writes, whoever opened the file first.
import { Access, Errno } from "../../userlib/index.ts";
import type { FileStat, OpenDirectory, OpenFile, Times } from "./file-tree.ts";
import { copyUp } from "./overlay-copy-up.ts";
import { createOnly, type LowerHandle, type OverlayNode } from "./overlay-node.ts";

export class OverlayFile implements OpenFile, LowerHandle {
  readonly kind = "file";
  readonly filetype: number;
  readonly #node: OverlayNode;
  readonly #name: string;
  #file: OpenFile;
  #isUpper: boolean;

  constructor(file: OpenFile, isUpper: boolean, node: OverlayNode, name: string) {
    this.filetype = file.filetype;
    this.#file = file;
    this.#isUpper = isUpper;
    this.#node = node.retain();
    this.#name = name;
    if (!isUpper) node.addLowerHandle(name, this);
  }

  moveTo(directory: OpenDirectory, name: string): void {
    const copy = openToRead(directory, name);
    // Without it the old content is still there to be read.
    if (typeof copy === "number") return;
    this.#file.close();
    this.#file = copy;
    this.#isUpper = true;
  }

  stat(): FileStat | number {
    const stat = this.#file.stat();
    return typeof stat === "number" ? stat : this.#node.identities.of(stat, this.#isUpper);
  }

  setTimes(times: Times): number {
    if (!this.#isUpper) {
      const stat = this.#file.stat();
      const found = this.#node.find(this.#name);
      // A file from below that has lost its name has no place above.
      if (typeof found === "number" || typeof stat === "number") return Errno.rofs;
      if (found.isUpper || found.stat.inode !== stat.inode) return Errno.rofs;
      const refused = copyUp(this.#node, this.#name, found);
      if (refused !== 0) return refused;
    }
    return this.#file.setTimes(times);
  }

  sync(isDataOnly: boolean): number {
    return this.#file.sync(isDataOnly);
  }

  close(): number {
    this.#node.dropLowerHandle(this.#name, this);
    this.#node.release();
    return this.#file.close();
  }

  read(offset: number, into: Uint8Array): number {
    return this.#file.read(offset, into);
  }

  write(offset: number, bytes: Uint8Array, flags: number): number {
    return this.#file.write(offset, bytes, flags);
  }

  size(): number {
    return this.#file.size();
  }

  setSize(bytes: number): number {
    return this.#file.setSize(bytes);
  }

  allocate(bytes: number): number {
    return this.#file.allocate(bytes);
  }
}

/** Opens a file for reading alone. */
function openToRead(directory: OpenDirectory, name: string): OpenFile | number {
  const file = directory.open(name, { ...createOnly, access: Access.read, isCreate: false });
  if (typeof file === "number") return file;
  if (file.kind === "file") return file;
  file.close();
  return Errno.isdir;
}
