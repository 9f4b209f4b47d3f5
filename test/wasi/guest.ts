// A program made of calls: what a C library does around the WASI functions, so that a test reads as
// what it is about. A method answers its result, or a negative errno.
import { fileService, MemoryFiles } from "../../src/server/files/index.ts";
import {
  direntBytes,
  FilestatOffset,
  Filetype,
  OpenFlag,
  type Service,
} from "../../src/userlib/index.ts";
import { preopenRow, streamRow, type WasmValue } from "../../src/wasi/index.ts";
import { DirectHost, type DirectHostOptions } from "./direct-host.ts";

export const readRight = 1n << 1n;
export const writeRight = 1n << 6n;
export const bothRights = readRight | writeRight;
const allRights = (1n << 30n) - 1n;

export interface OpenOptions {
  readonly at?: number;
  readonly flags?: number;
  readonly fdFlags?: number;
  readonly rights?: bigint;
  readonly follow?: boolean;
}

export interface Stat {
  readonly inode: bigint;
  readonly type: number;
  readonly links: bigint;
  readonly size: bigint;
  readonly accessed: bigint;
  readonly modified: bigint;
}

export interface Entry {
  readonly name: string;
  readonly type: number;
  readonly inode: bigint;
  readonly cookie: bigint;
}

/** The slot under which a test may serve a console. */
export const consoleSlot = 9;

export interface GuestOptions extends DirectHostOptions {
  readonly streams?: { readonly filetype: number; readonly isTerminal: boolean };
}

const pipes = { filetype: Filetype.unknown, isTerminal: false };

/** Where a guest puts what it hands to calls; the rest of its memory is for buffers. */
const scratch = 1024;
const buffers = 65536;

/** Bytes from and to strings, a character each. */
export function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function toText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

export class Guest {
  readonly host: DirectHost;
  #next = scratch;

  constructor(options: GuestOptions = {}) {
    this.host = new DirectHost(options);
    for (let stream = 0; stream < 3; stream++) {
      this.host.table.add(streamRow(consoleSlot, stream, options.streams ?? pipes));
    }
  }

  /** Grants a tree: answers the descriptor of its root, 3 for the first. */
  grant(slot: number, service: Service, path: string): number {
    this.host.serve(slot, service);
    return this.host.table.rows.push(preopenRow(slot, path)) - 1;
  }

  call(name: string, ...args: WasmValue[]): number {
    this.#next = scratch;
    return this.host.call(name, ...args);
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.host.memory.buffer);
  }

  get view(): DataView {
    return new DataView(this.host.memory.buffer);
  }

  /** Puts bytes into the guest's memory, until the next call. */
  put(bytes: Uint8Array | string): [address: number, length: number] {
    const from = typeof bytes === "string" ? toBytes(bytes) : bytes;
    const at = this.#next;
    this.bytes.set(from, at);
    this.#next += (from.length + 15) & ~7;
    return [at, from.length];
  }

  open(path: string, options: OpenOptions = {}): number {
    const { at = 3, flags = 0, fdFlags = 0, rights = readRight, follow = true } = options;
    const [result] = this.put(new Uint8Array(8));
    const [address, length] = this.put(path);
    const lookup = follow ? 1 : 0;
    const args = [at, lookup, address, length, flags, rights, allRights, fdFlags, result] as const;
    const errno = this.call("path_open", ...args);
    return errno === 0 ? this.view.getUint32(result, true) : 0 - errno;
  }

  /** A new file with this content, closed again. */
  create(path: string, content: string | Uint8Array = "", at = 3): void {
    const flags = OpenFlag.create | OpenFlag.truncate;
    const fd = this.open(path, { at, flags, rights: readRight | writeRight });
    if (fd < 0) throw new RangeError(`cannot create ${path}: errno ${-fd}`);
    this.write(fd, content);
    this.close(fd);
  }

  /** The whole content of a file. */
  content(path: string, at = 3): string | number {
    const fd = this.open(path, { at });
    if (fd < 0) return fd;
    const text = this.read(fd, 1_000_000);
    this.close(fd);
    return text;
  }

  close(fd: number): number {
    return 0 - this.call("fd_close", fd);
  }

  /** Reads into as many buffers as there are counts. */
  read(fd: number, ...counts: number[]): string | number {
    return this.#transfer("fd_read", fd, counts, []);
  }

  pread(fd: number, count: number, offset: bigint): string | number {
    return this.#transfer("fd_pread", fd, [count], [offset]);
  }

  #transfer(name: string, fd: number, counts: number[], extra: bigint[]): string | number {
    const vectors = this.#vectors(counts);
    const [result] = this.put(new Uint8Array(8));
    const errno = this.call(name, fd, vectors, counts.length, ...extra, result);
    if (errno !== 0) return -errno;
    const count = this.view.getUint32(result, true);
    return toText(this.bytes.subarray(buffers, buffers + count));
  }

  write(fd: number, ...parts: (string | Uint8Array)[]): number {
    return this.#send("fd_write", fd, parts, []);
  }

  pwrite(fd: number, part: string | Uint8Array, offset: bigint): number {
    return this.#send("fd_pwrite", fd, [part], [offset]);
  }

  #send(name: string, fd: number, parts: (string | Uint8Array)[], extra: bigint[]): number {
    const all = parts.map((part) => (typeof part === "string" ? toBytes(part) : part));
    const vectors = this.#vectors(all.map(({ length }) => length));
    let at = buffers;
    for (const part of all) {
      this.bytes.set(part, at);
      at += part.length;
    }
    const [result] = this.put(new Uint8Array(8));
    const errno = this.call(name, fd, vectors, all.length, ...extra, result);
    return errno === 0 ? this.view.getUint32(result, true) : 0 - errno;
  }

  #vectors(counts: readonly number[]): number {
    const words = new Uint32Array(counts.length * 2);
    let at = buffers;
    counts.forEach((count, i) => {
      words[i * 2] = at;
      words[i * 2 + 1] = count;
      at += count;
    });
    return this.put(new Uint8Array(words.buffer))[0];
  }

  seek(fd: number, offset: bigint, whence: number): bigint | number {
    const [result] = this.put(new Uint8Array(8));
    const errno = this.call("fd_seek", fd, offset, whence, result);
    return errno === 0 ? this.view.getBigUint64(result, true) : 0 - errno;
  }

  tell(fd: number): bigint | number {
    const [result] = this.put(new Uint8Array(8));
    const errno = this.call("fd_tell", fd, result);
    return errno === 0 ? this.view.getBigUint64(result, true) : 0 - errno;
  }

  stat(path: string, follow = true, at = 3): Stat | number {
    const [result] = this.put(new Uint8Array(64));
    const errno = this.call("path_filestat_get", at, follow ? 1 : 0, ...this.put(path), result);
    return errno === 0 ? this.#stat(result) : 0 - errno;
  }

  fstat(fd: number): Stat | number {
    const [result] = this.put(new Uint8Array(64));
    const errno = this.call("fd_filestat_get", fd, result);
    return errno === 0 ? this.#stat(result) : 0 - errno;
  }

  #stat(at: number): Stat {
    const { view } = this;
    return {
      inode: view.getBigUint64(at + FilestatOffset.inode, true),
      type: view.getUint8(at + FilestatOffset.type),
      links: view.getBigUint64(at + FilestatOffset.links, true),
      size: view.getBigUint64(at + FilestatOffset.size, true),
      accessed: view.getBigUint64(at + FilestatOffset.accessed, true),
      modified: view.getBigUint64(at + FilestatOffset.modified, true),
    };
  }

  /** A call whose arguments are a descriptor and a path. */
  onPath(name: string, path: string, at = 3): number {
    return 0 - this.call(name, at, ...this.put(path));
  }

  mkdir(path: string, at = 3): number {
    return this.onPath("path_create_directory", path, at);
  }

  rmdir(path: string, at = 3): number {
    return this.onPath("path_remove_directory", path, at);
  }

  unlink(path: string, at = 3): number {
    return this.onPath("path_unlink_file", path, at);
  }

  symlink(target: string, path: string): number {
    return 0 - this.call("path_symlink", ...this.put(target), 3, ...this.put(path));
  }

  readlink(path: string, room = 256): string | number {
    const [result] = this.put(new Uint8Array(8));
    const args = [...this.put(path), buffers, room, result] as const;
    const errno = this.call("path_readlink", 3, ...args);
    if (errno !== 0) return -errno;
    return toText(this.bytes.subarray(buffers, buffers + this.view.getUint32(result, true)));
  }

  link(from: string, to: string, follow = false): number {
    const [path, other] = [this.put(from), this.put(to)];
    return 0 - this.call("path_link", 3, follow ? 1 : 0, ...path, 3, ...other);
  }

  rename(from: string, to: string, at = 3, toAt = 3): number {
    return 0 - this.call("path_rename", at, ...this.put(from), toAt, ...this.put(to));
  }

  /** One fd_readdir: what it filled, and the entries that are whole. */
  readdir(fd: number, room: number, cookie = 0n): { used: number; entries: Entry[] } | number {
    const [result] = this.put(new Uint8Array(8));
    const errno = this.call("fd_readdir", fd, buffers, room, cookie, result);
    if (errno !== 0) return -errno;
    const used = this.view.getUint32(result, true);
    return { used, entries: this.#entries(buffers, used) };
  }

  #entries(from: number, used: number): Entry[] {
    const entries: Entry[] = [];
    for (let at = from; at + direntBytes <= from + used;) {
      const nameBytes = this.view.getUint32(at + 16, true);
      const name = at + direntBytes;
      if (name + nameBytes > from + used) break;
      entries.push({
        cookie: this.view.getBigUint64(at, true),
        inode: this.view.getBigUint64(at + 8, true),
        type: this.view.getUint8(at + 20),
        name: toText(this.bytes.subarray(name, name + nameBytes)),
      });
      at = name + nameBytes;
    }
    return entries;
  }

  /** All names of a directory, read in pieces as a C library does. */
  names(path: string, room = 256): string[] {
    const fd = this.open(path, { flags: OpenFlag.directory });
    if (fd < 0) throw new RangeError(`cannot open ${path}: errno ${-fd}`);
    const names: string[] = [];
    for (let cookie = 0n; ;) {
      const part = this.readdir(fd, room, cookie);
      if (typeof part === "number") throw new RangeError(`cannot read ${path}: errno ${-part}`);
      names.push(...part.entries.map(({ name }) => name));
      cookie = part.entries.at(-1)?.cookie ?? cookie;
      if (part.used < room) break;
    }
    this.close(fd);
    return names;
  }

  /** Filetype, flags and rights of a descriptor. */
  fdstat(fd: number): { type: number; flags: number; rights: bigint; inheriting: bigint } | number {
    const [at] = this.put(new Uint8Array(24));
    const errno = this.call("fd_fdstat_get", fd, at);
    if (errno !== 0) return -errno;
    return {
      type: this.view.getUint8(at),
      flags: this.view.getUint16(at + 2, true),
      rights: this.view.getBigUint64(at + 8, true),
      inheriting: this.view.getBigUint64(at + 16, true),
    };
  }
}

/** Grants a guest another tree, in memory and empty. */
export function grantMemory(guest: Guest, slot: number, path: string): number {
  return guest.grant(slot, fileService(path, new MemoryFiles({ nowNs: () => 1n })), path);
}
