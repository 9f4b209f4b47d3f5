// An open file of a directory of the host.
import { Errno, FdFlag, Filetype } from "../../userlib/index.ts";
import type { FileStat, OpenFile, Times } from "./file-tree.ts";
import type { HostFiles } from "./host-files.ts";

/** Sets the times given, and the others to what they are. */
export function setTimes(
  stat: FileStat | number,
  { accessed, modified }: Times,
  set: (accessedNs: bigint, modifiedNs: bigint) => number,
): number {
  if (typeof stat === "number") return stat;
  return set(accessed ?? stat.accessed, modified ?? stat.modified);
}

export class HostFile implements OpenFile {
  readonly kind = "file";
  readonly filetype: number;
  readonly #host: HostFiles;
  readonly #fd: number;
  /** The same file opened for appending, from the first append on. */
  #appendFd = -1;

  constructor(host: HostFiles, fd: number, filetype: number) {
    this.#host = host;
    this.#fd = fd;
    this.filetype = filetype;
  }

  /** The host's number for it. */
  get at(): number {
    return this.#fd;
  }

  stat(): FileStat | number {
    return this.#host.stat(this.#fd);
  }

  setTimes(times: Times): number {
    return setTimes(this.stat(), times, (accessedNs, modifiedNs) =>
      this.#host.setTimes(this.#fd, accessedNs, modifiedNs),
    );
  }

  sync(isDataOnly: boolean): number {
    return this.#host.sync(this.#fd, isDataOnly);
  }

  close(): number {
    if (this.#appendFd >= 0) this.#host.close(this.#appendFd);
    return this.#host.close(this.#fd);
  }

  read(offset: number, into: Uint8Array): number {
    return this.#host.read(this.#fd, offset, into);
  }

  write(offset: number, bytes: Uint8Array, flags: number): number {
    const count = this.#put(offset, bytes, flags);
    const durable = flags & (FdFlag.sync | FdFlag.dsync);
    if (count <= 0 || durable === 0) return count;
    const refused = this.sync((flags & FdFlag.sync) === 0);
    return refused === 0 ? count : -refused;
  }

  #put(offset: number, bytes: Uint8Array, flags: number): number {
    if ((flags & FdFlag.append) === 0) {
      const at = this.filetype === Filetype.regularFile ? offset : undefined;
      return at !== undefined && at < 0 ? -Errno.inval : this.#host.write(this.#fd, at, bytes);
    }
    if (this.#appendFd < 0) this.#appendFd = this.#host.reopenAppending(this.#fd);
    // Where a file cannot be opened anew, its end is looked up: atomic among our own programs only.
    if (this.#appendFd === -Errno.notsup) return this.#put(this.size(), bytes, 0);
    if (this.#appendFd < 0) return this.#appendFd;
    return this.#host.write(this.#appendFd, undefined, bytes);
  }

  size(): number {
    return this.#host.size(this.#fd);
  }

  setSize(bytes: number): number {
    return bytes < 0 ? Errno.inval : this.#host.setSize(this.#fd, bytes);
  }

  allocate(bytes: number): number {
    const size = this.size();
    if (size < 0) return -size;
    return bytes > size ? this.#host.allocate(this.#fd, bytes) : Errno.success;
  }
}
