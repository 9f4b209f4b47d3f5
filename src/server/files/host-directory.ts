// A directory of the host as a file tree. Every step goes from an open directory by one name, as with
// openat, and follows nothing; the walk above decides where a link leads. So nothing outside of the
// granted directory is reached, whatever the host or other programs rename or swap meanwhile, as far
// as the host's calls really are relative to open directories (see node-directory.ts).
import { Errno, Filetype, type StateData } from "../../userlib/index.ts";
import type {
  FileStat,
  FileTree,
  ListedEntry,
  OpenDirectory,
  OpenedNode,
  OpenFile,
  OpenRequest,
  Times,
} from "./file-tree.ts";
import { HostFile, setTimes } from "./host-file.ts";
import type { HostEntry, HostFiles } from "./host-files.ts";
import { foreignNode, placeData, placeOf, placesOf, reopened } from "./host-places.ts";

/** Cookies below are those of "." and "..". */
const firstCookie = 3;

export class HostDirectory implements FileTree {
  readonly #host: HostFiles;
  readonly #root: number;

  constructor(host: HostFiles, path: string) {
    this.#host = host;
    this.#root = host.openRoot(path);
  }

  root(): OpenDirectory {
    return new Directory(this.#host, this.#root, true, true);
  }

  nowNs(): bigint {
    return this.#host.nowNs();
  }

  exportNodes(opened: readonly OpenedNode[]): StateData {
    return opened.map(({ node, access }) => {
      if (!(node instanceof Directory || node instanceof HostFile)) throw foreignNode();
      const names = node instanceof Directory ? node.listed : undefined;
      return placeData(placeOf(this.#host, this.#root, node, access), names);
    });
  }

  importNodes(state: StateData): OpenedNode[] {
    const root = this.root();
    return placesOf(state).map(({ names, ...place }) => {
      const node = reopened(root, place);
      if (node instanceof Directory) node.listed = names;
      return { node, access: place.access };
    });
  }

  /** Lets go of the granted directory; what clients have open in it is closed by their service. */
  close(): void {
    this.#host.close(this.#root);
  }
}

class Directory implements OpenDirectory {
  readonly kind = "directory";
  readonly filetype = Filetype.directory;
  readonly at: number;
  readonly host: HostFiles;
  /** The granted directory itself: nothing above it is told of. */
  readonly #isTop: boolean;
  /** Closed with the tree, and not before. */
  readonly #isKept: boolean;
  /** What the directory held when its reading began: cookies count on this list. */
  #names: readonly string[] | undefined;
  /** What it told of them then, and its version just before. */
  #told: readonly HostEntry[] | undefined;
  #version: bigint | undefined;

  constructor(host: HostFiles, at: number, isTop = false, isKept = false) {
    this.host = host;
    this.at = at;
    this.#isTop = isTop;
    this.#isKept = isKept;
  }

  /** The names on which the cookies of a listing under way count. */
  get listed(): readonly string[] | undefined {
    return this.#names;
  }

  set listed(names: readonly string[] | undefined) {
    this.#names = names;
    this.#told = undefined;
  }

  #opened(fd: number): OpenDirectory | number {
    return fd < 0 ? -fd : new Directory(this.host, fd);
  }

  stat(): FileStat | number {
    return this.host.stat(this.at);
  }

  setTimes(times: Times): number {
    return setTimes(this.stat(), times, (accessedNs, modifiedNs) =>
      this.host.setTimes(this.at, accessedNs, modifiedNs),
    );
  }

  sync(isDataOnly: boolean): number {
    return this.host.sync(this.at, isDataOnly);
  }

  close(): number {
    return this.#isKept ? Errno.success : this.host.close(this.at);
  }

  reopen(): OpenDirectory | number {
    const fd = this.host.reopenDirectory(this.at);
    return fd < 0 ? -fd : new Directory(this.host, fd, this.#isTop);
  }

  enter(name: string): OpenDirectory | number {
    return this.#opened(this.host.enter(this.at, name));
  }

  open(name: string, request: OpenRequest): OpenDirectory | OpenFile | number {
    if (request.isDirectory) return this.#openDirectory(name, request);
    const fd = this.host.open(this.at, name, request);
    if (fd < 0) return -fd;
    const filetype = this.host.filetype(fd);
    if (filetype >= 0 && filetype !== Filetype.directory)
      return new HostFile(this.host, fd, filetype);
    this.host.close(fd);
    return filetype < 0 ? -filetype : this.enter(name);
  }

  enterPath(path: string): OpenDirectory | number | undefined {
    const fd = this.host.enterPath?.(this.at, path);
    return fd === undefined ? undefined : this.#opened(fd);
  }

  statPath(path: Uint8Array, out: Uint8Array): number | undefined {
    return this.host.statPath?.(this.at, path, out);
  }

  makeDirectoryPath(path: Uint8Array): number | undefined {
    return this.host.makeDirectoryPath?.(this.at, path);
  }

  removeDirectoryPath(path: Uint8Array): number | undefined {
    return this.host.removeDirectoryPath?.(this.at, path);
  }

  unlinkPath(path: Uint8Array): number | undefined {
    return this.host.unlinkPath?.(this.at, path);
  }

  renamePath(paths: Uint8Array, bytes: number, to: OpenDirectory): number | undefined {
    if (!(to instanceof Directory) || to.host !== this.host) return undefined;
    return this.host.renamePath?.(this.at, paths, bytes, to.at);
  }

  openPath(path: Uint8Array, request: OpenRequest): OpenFile | number | undefined {
    const fd = request.isDirectory ? undefined : this.host.openPath?.(this.at, path, request);
    if (fd === undefined || fd < 0) return fd === undefined ? fd : -fd;
    // What was just made can be nothing else.
    const isNew = request.isCreate && request.isExclusive;
    const filetype = isNew ? Filetype.regularFile : this.host.filetype(fd);
    if (filetype >= 0 && filetype !== Filetype.directory)
      return new HostFile(this.host, fd, filetype);
    this.host.close(fd);
    return undefined;
  }

  #openDirectory(name: string, { access, isTruncate }: OpenRequest): OpenDirectory | number {
    const directory = this.enter(name);
    const isChange = (access & 2) !== 0 || isTruncate;
    if (typeof directory === "number" || !isChange) return directory;
    directory.close();
    return Errno.isdir;
  }

  statAt(name: string): FileStat | number {
    return this.host.statAt(this.at, name);
  }

  setTimesAt(name: string, times: Times): number {
    return setTimes(this.statAt(name), times, (accessedNs, modifiedNs) =>
      this.host.setTimesAt(this.at, name, accessedNs, modifiedNs),
    );
  }

  readLink(name: string): string | number {
    return this.host.readLink(this.at, name);
  }

  makeDirectory(name: string): number {
    return this.host.makeDirectory(this.at, name);
  }

  removeDirectory(name: string): number {
    return this.host.removeDirectory(this.at, name);
  }

  unlink(name: string): number {
    return this.host.unlink(this.at, name);
  }

  symlink(target: string, name: string): number {
    return this.host.symlink(target, this.at, name);
  }

  link(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof Directory) || to.host !== this.host) return Errno.xdev;
    return this.host.link(this.at, name, to.at, toName);
  }

  rename(name: string, to: OpenDirectory, toName: string): number {
    if (!(to instanceof Directory) || to.host !== this.host) return Errno.xdev;
    return this.host.rename(this.at, name, to.at, toName);
  }

  entries(after: number): Iterable<ListedEntry> | number {
    if (after < firstCookie || this.#names === undefined) {
      const refused = this.#list();
      if (refused !== 0) return refused;
    }
    return this.#entriesAfter(after);
  }

  #list(): number {
    this.#version = this.host.version?.(this.at);
    this.#told = this.#version === undefined ? undefined : this.host.entries?.(this.at);
    const names = this.#told?.map(({ name }) => name) ?? this.host.names(this.at);
    if (typeof names === "number") return names;
    this.#names = names;
    return Errno.success;
  }

  /** What the directory told when it was read is good for as long as it has not changed. */
  *#entriesAfter(after: number): Iterable<ListedEntry> {
    const names = this.#names ?? [];
    const told = this.#told;
    const isSame = told !== undefined && this.host.version?.(this.at) === this.#version;
    for (let i = Math.max(0, after - firstCookie + 1); i < names.length; i++) {
      const known = isSame ? told[i] : undefined;
      if (known?.filetype !== undefined) {
        const { name, inode, filetype } = known;
        yield { name, inode, filetype, cookie: firstCookie + i };
        continue;
      }
      const stat = this.statAt(names[i]);
      // Removed since the reading began.
      if (typeof stat === "number") continue;
      const { inode, filetype } = stat;
      yield { name: names[i], inode, filetype, cookie: firstCookie + i };
    }
  }

  parentInode(): bigint {
    const stat = this.#isTop ? this.stat() : this.host.parentStat(this.at);
    return typeof stat === "number" ? 0n : stat.inode;
  }
}
