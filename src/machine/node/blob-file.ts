// One blob in one file: the open file, the index of its frames, and how far both were checked. Other
// cores may have appended to the file, cut it, or replaced it, so every operation first compares what
// it knows with the file's size and reads on, or again, from there.
import type * as Fs from "node:fs";
import { StoreStatus } from "../store.ts";
import {
  checkFrame,
  type Checksum,
  decodeCut,
  decodeHeader,
  encodeCut,
  encodeFrame,
  findMagic,
  FrameKind,
  frameHeaderBytes,
  type FrameHeader,
} from "./blob-frame.ts";
import { Extents } from "./extents.ts";
import { FileWindow } from "./file-window.ts";

/** How far behind bad bytes a frame is looked for that knew them to be durable. */
const searchBytesMax = 64 * 1024 * 1024;

export class BlobFile {
  readonly #fs: typeof Fs;
  readonly #fd: number;
  readonly #checksum: Checksum;
  readonly #window: FileWindow;
  #extents = new Extents();
  /** Where the last good frame ends in the file, and the file as it was when that was found. */
  #goodBytes = 0;
  #scannedBytes = 0;
  #durableBytes = 0;
  #isDamaged = false;

  constructor(fs: typeof Fs, fd: number, checksum: Checksum) {
    this.#fs = fs;
    this.#fd = fd;
    this.#checksum = checksum;
    this.#window = new FileWindow(fs, fd);
  }

  get sizeBytes(): number {
    return this.#extents.sizeBytes;
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Catches up with the file. False if the name now leads to another file or to none. */
  refresh(): boolean {
    const { size, nlink } = this.#fs.fstatSync(this.#fd);
    if (nlink === 0) return false;
    if (size === this.#scannedBytes) return true;
    if (size < this.#scannedBytes) this.#forget();
    this.#scan(size);
    // A file that was cut and then written again can be longer than before and yet another one.
    if (this.#goodBytes < size && this.#goodBytes > 0) {
      this.#forget();
      this.#scan(size);
    }
    return true;
  }

  append(bytes: Uint8Array): void {
    this.#dropTail();
    this.#write(FrameKind.data, bytes);
    this.#extents.add(this.#goodBytes, bytes.length);
    this.#wrote(bytes.length);
  }

  truncate(sizeBytes: number): void {
    this.#dropTail();
    if (sizeBytes === this.sizeBytes) return;
    const end = sizeBytes === 0 ? 0 : this.#extents.frameStartingAt(sizeBytes);
    if (end >= 0) {
      this.#cutFile(end);
      this.#extents.cut(sizeBytes);
      return;
    }
    const cut = encodeCut(sizeBytes);
    this.#write(FrameKind.cut, cut);
    this.#extents.cut(sizeBytes);
    this.#wrote(cut.length);
  }

  flush(): void {
    this.#fs.fdatasyncSync(this.#fd);
    this.#durableBytes = this.#goodBytes;
  }

  /** Fills as much of the target as there are bytes; `offset` is below the size. */
  read(offset: number, target: Uint8Array): number {
    const wanted = Math.min(target.length, this.sizeBytes - offset);
    let copied = 0;
    for (let index = this.#extents.indexAt(offset); copied < wanted; index++) {
      const skipped = offset + copied - this.#extents.start(index);
      const count = Math.min(this.#extents.length(index) - skipped, wanted - copied);
      const position = this.#extents.frameOffset(index) + frameHeaderBytes + skipped;
      target.set(this.#window.bytes(position, count), copied);
      copied += count;
    }
    return copied;
  }

  close(): void {
    this.#fs.closeSync(this.#fd);
  }

  #forget(): void {
    this.#extents = new Extents();
    this.#goodBytes = 0;
    this.#durableBytes = 0;
    this.#window.forget();
  }

  #scan(fileBytes: number): void {
    this.#window.forget();
    for (;;) {
      const header = this.#headerAt(this.#goodBytes, fileBytes);
      if (header === undefined) break;
      const payload = this.#window.bytes(this.#goodBytes + frameHeaderBytes, header.payloadBytes);
      if (header.kind === FrameKind.data) this.#extents.add(this.#goodBytes, payload.length);
      else this.#extents.cut(decodeCut(payload));
      this.#goodBytes += frameHeaderBytes + header.payloadBytes;
    }
    this.#scannedBytes = fileBytes;
    this.#isDamaged = this.#goodBytes < fileBytes && this.#wasDurable(this.#goodBytes, fileBytes);
  }

  /** The header of a whole, unspoilt and sensible frame at this place, if there is one. */
  #headerAt(position: number, fileBytes: number): FrameHeader | undefined {
    if (position + frameHeaderBytes > fileBytes) return undefined;
    const bytes = this.#window.bytes(position, frameHeaderBytes).slice();
    const header = decodeHeader(bytes);
    if (header === undefined) return undefined;
    const payloadAt = position + frameHeaderBytes;
    if (payloadAt + header.payloadBytes > fileBytes) return undefined;
    const payload = this.#window.bytes(payloadAt, header.payloadBytes);
    if (checkFrame(bytes, payload, this.#checksum) !== header.checksum) return undefined;
    if (header.kind === FrameKind.data) return header;
    const cutBytes = decodeCut(payload);
    return cutBytes >= 0 && cutBytes <= this.sizeBytes ? header : undefined;
  }

  /** Whether a later good frame vouches for the byte at this place. */
  #wasDurable(position: number, fileBytes: number): boolean {
    const limit = Math.min(fileBytes, position + searchBytesMax);
    const bytes = this.#window.bytes(position, limit - position).slice();
    for (let at = findMagic(bytes, 1); at >= 0; at = findMagic(bytes, at + 1)) {
      const header = decodeHeader(bytes.subarray(at));
      if (header === undefined || header.durableBytes <= position) continue;
      const payload = bytes.subarray(at + frameHeaderBytes);
      if (payload.length < header.payloadBytes) continue;
      const whole = payload.subarray(0, header.payloadBytes);
      if (checkFrame(bytes.subarray(at), whole, this.#checksum) === header.checksum) return true;
    }
    return false;
  }

  /** Removes what follows the last good frame, so that the next one joins on to it. */
  #dropTail(): void {
    if (this.#scannedBytes > this.#goodBytes) this.#cutFile(this.#goodBytes);
  }

  #cutFile(fileBytes: number): void {
    this.#fs.ftruncateSync(this.#fd, fileBytes);
    this.#goodBytes = fileBytes;
    this.#scannedBytes = fileBytes;
    this.#durableBytes = Math.min(this.#durableBytes, fileBytes);
    this.#isDamaged = false;
    this.#window.forget();
  }

  #write(kind: number, payload: Uint8Array): void {
    const frame = encodeFrame(kind, this.#durableBytes, payload, this.#checksum);
    try {
      for (let written = 0; written < frame.length;) {
        const position = this.#goodBytes + written;
        written += this.#fs.writeSync(this.#fd, frame, written, frame.length - written, position);
      }
    } catch (error) {
      // Whatever part of the frame got in is taken out again: a refused append leaves no trace.
      this.#cutFile(this.#goodBytes);
      throw error;
    }
  }

  #wrote(payloadBytes: number): void {
    this.#goodBytes += frameHeaderBytes + payloadBytes;
    this.#scannedBytes = this.#goodBytes;
    this.#window.forget();
  }
}

/** What the store answers when the host's file system refused. */
export function statusOfError(error: unknown): StoreStatus {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") return StoreStatus.full;
  return code === "ENOENT" ? StoreStatus.missing : StoreStatus.failed;
}
