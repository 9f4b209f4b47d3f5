// What one client of a file server has open, by handle. What several clients have open together, because
// one gave it to another, is closed with the last of its handles.
import { Access, Errno } from "../../userlib/index.ts";
import type { OpenDirectory, OpenedNode, OpenFile } from "./file-tree.ts";

export type Open = OpenDirectory | OpenFile;

export type Opened = OpenedNode;

const handleCountMax = 65_536;

/** How many handles a node has beyond its first: it is closed with the last. */
export type Sharers = Map<Open, number>;

/** The handles of one client. */
export class Client {
  readonly #opened: (Opened | undefined)[];
  readonly #sharers: Sharers;

  /** Without a root, a client has what others give it and nothing else. */
  constructor(sharers: Sharers, root?: OpenDirectory) {
    this.#sharers = sharers;
    this.#opened = [root === undefined ? undefined : rootOpened(root)];
  }

  get(handle: number): Opened | undefined {
    return this.#opened[handle];
  }

  file(handle: number): OpenFile | undefined {
    const node = this.#opened[handle]?.node;
    return node?.kind === "file" ? node : undefined;
  }

  directory(handle: number): OpenDirectory | number {
    const node = this.#opened[handle]?.node;
    if (node === undefined) return Errno.badf;
    return node.kind === "directory" ? node : Errno.notdir;
  }

  get isFull(): boolean {
    return this.#opened.length >= handleCountMax && !this.#opened.includes(undefined, 1);
  }

  add(opened: Opened): number {
    // Handle 0 is the root, or nothing.
    const free = this.#opened.indexOf(undefined, 1);
    if (free < 0) return this.#opened.push(opened) - 1;
    this.#opened[free] = opened;
    return free;
  }

  /** Everything that is open, by handle. */
  forEach(visit: (handle: number, opened: Opened) => void): void {
    this.#opened.forEach((opened, handle) => {
      if (opened !== undefined) visit(handle, opened);
    });
  }

  /** Opens something under the handle that it had elsewhere; another handle may lead to it already. */
  put(handle: number, opened: Opened, isShared: boolean): void {
    if (isShared) this.#sharers.set(opened.node, (this.#sharers.get(opened.node) ?? 0) + 1);
    this.#opened[handle] = opened;
  }

  /** Opens once more what another client, or this one, has open under `handle`. */
  share(opened: Opened, handle: number): number {
    if (handle === 0) {
      this.#opened[0] ??= opened;
      return 0;
    }
    this.#sharers.set(opened.node, (this.#sharers.get(opened.node) ?? 0) + 1);
    return this.add(opened);
  }

  close(handle: number): number {
    const opened = this.#opened[handle];
    if (opened === undefined) return Errno.badf;
    if (handle === 0) return Errno.success;
    this.#opened[handle] = undefined;
    const sharers = this.#sharers.get(opened.node) ?? 0;
    if (sharers === 0) return opened.node.close();
    if (sharers === 1) this.#sharers.delete(opened.node);
    else this.#sharers.set(opened.node, sharers - 1);
    return Errno.success;
  }

  closeAll(): void {
    this.#opened.forEach((_, handle) => this.close(handle));
  }
}

export function rootOpened(root: OpenDirectory): Opened {
  return { node: root, access: Access.read | Access.write };
}
