// The store of a Node machine: a directory with one file per blob. Opened files stay open until the
// machine is closed; blob-file.ts has what is inside them.
//
// All calls are synchronous, because the port's callers are. A flush waits for the device: give
// blobs that are flushed often to a core of their own.
import { isBlobName, StoreStatus, type Store } from "../store.ts";
import { BlobFile, statusOfError } from "./blob-file.ts";
import { payloadBytesMax } from "./blob-frame.ts";

/** Thrown at boot when the directory cannot be used. */
export class StoreDirectoryError extends Error {
  override readonly name = "StoreDirectoryError";
}

const suffix = ".blob";

export class FileStore implements Store {
  readonly #directory: string;
  // Loaded when a store is first used: a run without one should not pay for them at start-up.
  readonly #fs = process.getBuiltinModule("node:fs");
  readonly #zlib = process.getBuiltinModule("node:zlib");
  readonly #open = new Map<string, BlobFile>();
  /** Names made or removed since the directory was last flushed, perhaps by a process that is gone. */
  #isDirectoryDirty = true;

  constructor(directory: string) {
    this.#directory = directory;
    try {
      this.#fs.mkdirSync(directory, { recursive: true });
      this.#fs.accessSync(directory, this.#fs.constants.R_OK | this.#fs.constants.W_OK);
    } catch (error) {
      throw new StoreDirectoryError(
        `The store cannot use the directory ${directory}: give one that can be written.`,
        { cause: error },
      );
    }
  }

  size(name: string): number {
    return this.#with(name, (blob) => blob.sizeBytes);
  }

  append(name: string, bytes: Uint8Array): StoreStatus {
    if (bytes.length > payloadBytesMax) return StoreStatus.invalid;
    const append = (blob: BlobFile): StoreStatus => {
      if (blob.isDamaged) return StoreStatus.damaged;
      blob.append(bytes);
      return StoreStatus.ok;
    };
    return this.#with(name, append, this.#fs.constants.O_CREAT);
  }

  flush(name: string): StoreStatus {
    const flushed = this.#with(name, (blob) => {
      blob.flush();
      return StoreStatus.ok;
    });
    if (flushed !== StoreStatus.ok && flushed !== StoreStatus.missing) return flushed;
    return this.#guard(() => {
      if (this.#isDirectoryDirty) this.#flushDirectory();
      return StoreStatus.ok;
    });
  }

  read(name: string, offset: number, target: Uint8Array): number {
    if (!isOffset(offset)) return StoreStatus.invalid;
    return this.#with(name, (blob) => {
      if (offset < blob.sizeBytes) return blob.read(offset, target);
      return blob.isDamaged ? StoreStatus.damaged : 0;
    });
  }

  truncate(name: string, sizeBytes: number): StoreStatus {
    return this.#with(name, (blob) => {
      if (!isOffset(sizeBytes) || sizeBytes > blob.sizeBytes) return StoreStatus.invalid;
      blob.truncate(sizeBytes);
      return StoreStatus.ok;
    });
  }

  remove(name: string): StoreStatus {
    if (!isBlobName(name)) return StoreStatus.invalid;
    this.#forget(name);
    return this.#guard(() => {
      this.#fs.unlinkSync(this.#pathOf(name));
      this.#isDirectoryDirty = true;
      return StoreStatus.ok;
    });
  }

  list(): readonly string[] {
    const files = this.#fs.readdirSync(this.#directory);
    const names = files.filter((file) => file.endsWith(suffix));
    return names.map((file) => file.slice(0, -suffix.length)).toSorted();
  }

  close(): void {
    for (const name of this.#open.keys()) this.#forget(name);
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}${suffix}`;
  }

  #with<Answer extends number>(
    name: string,
    use: (blob: BlobFile) => Answer,
    extraFlags = 0,
  ): Answer | StoreStatus {
    if (!isBlobName(name)) return StoreStatus.invalid;
    return this.#guard(() => use(this.#blobNamed(name, extraFlags)), name);
  }

  #blobNamed(name: string, extraFlags: number): BlobFile {
    let blob = this.#open.get(name);
    if (blob?.refresh() === true) return blob;
    this.#forget(name);
    blob = this.#openBlob(name, extraFlags);
    this.#open.set(name, blob);
    blob.refresh();
    return blob;
  }

  #openBlob(name: string, extraFlags: number): BlobFile {
    const path = this.#pathOf(name);
    const flags = this.#fs.constants.O_RDWR | extraFlags;
    if (extraFlags !== 0 && !this.#fs.existsSync(path)) this.#isDirectoryDirty = true;
    return new BlobFile(this.#fs, this.#fs.openSync(path, flags, 0o600), this.#zlib.crc32);
  }

  #guard<Answer extends number>(use: () => Answer, name?: string): Answer | StoreStatus {
    try {
      return use();
    } catch (error) {
      // What is known about the file may be wrong now; the next use reads it again.
      if (name !== undefined) this.#forget(name);
      return statusOfError(error);
    }
  }

  #forget(name: string): void {
    this.#open.get(name)?.close();
    this.#open.delete(name);
  }

  #flushDirectory(): void {
    const fd = this.#fs.openSync(this.#directory, this.#fs.constants.O_RDONLY);
    try {
      this.#fs.fsyncSync(fd);
      this.#isDirectoryDirty = false;
    } finally {
      this.#fs.closeSync(fd);
    }
  }
}

function isOffset(offset: number): boolean {
  return Number.isSafeInteger(offset) && offset >= 0;
}
