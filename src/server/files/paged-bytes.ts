// The bytes of a file in memory: pages that exist only where something was written, so that a hole costs
// nothing and a growing file is never copied. Bytes beyond the size are always zero.

const pageBytes = 16 * 1024;

/** What all files of a tree may take together. */
export interface Quota {
  bytesLeft: number;
}

export class PagedBytes {
  size = 0;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #quota: Quota;

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  read(offset: number, into: Uint8Array): number {
    const end = Math.min(this.size, offset + into.length);
    for (let at = offset; at < end;) {
      const start = at % pageBytes;
      const count = Math.min(pageBytes - start, end - at);
      const page = this.#pages.get(Math.floor(at / pageBytes));
      const target = into.subarray(at - offset, at - offset + count);
      if (page === undefined) target.fill(0);
      else target.set(page.subarray(start, start + count));
      at += count;
    }
    return Math.max(0, end - offset);
  }

  /** Writes as much as the quota allows; answers how much that was. */
  write(offset: number, bytes: Uint8Array): number {
    let done = 0;
    while (done < bytes.length) {
      const at = offset + done;
      const start = at % pageBytes;
      const count = Math.min(pageBytes - start, bytes.length - done);
      const page = this.#pageFor(Math.floor(at / pageBytes));
      if (page === undefined) break;
      page.set(bytes.subarray(done, done + count), start);
      done += count;
    }
    if (done > 0) this.size = Math.max(this.size, offset + done);
    return done;
  }

  resize(size: number): void {
    if (size < this.size) {
      const kept = Math.ceil(size / pageBytes);
      for (const index of this.#pages.keys()) if (index >= kept) this.#release(index);
      const inLast = size % pageBytes;
      if (inLast !== 0) this.#pages.get(kept - 1)?.fill(0, inLast);
    }
    this.size = size;
  }

  /** The pages in which something was written, which stay as they are. */
  exportPages(): { readonly index: number; readonly bytes: Uint8Array }[] {
    return [...this.#pages].map(([index, bytes]) => ({ index, bytes }));
  }

  /** Makes these bytes what others were. False if the quota does not allow it. */
  importPages(
    size: number,
    pages: readonly { readonly index: number; readonly bytes: Uint8Array }[],
  ): boolean {
    for (const { index, bytes } of pages) {
      const page = this.#pageFor(index);
      if (page === undefined) return false;
      page.set(bytes);
    }
    this.size = size;
    return true;
  }

  #pageFor(index: number): Uint8Array | undefined {
    const found = this.#pages.get(index);
    if (found !== undefined) return found;
    if (this.#quota.bytesLeft < pageBytes) return undefined;
    this.#quota.bytesLeft -= pageBytes;
    const page = new Uint8Array(pageBytes);
    this.#pages.set(index, page);
    return page;
  }

  #release(index: number): void {
    this.#pages.delete(index);
    this.#quota.bytesLeft += pageBytes;
  }
}
