// Bytes cut into pages, each known by its content: the same page is kept once, however often it occurs, and
// pages of zeros are not kept at all. A run says how long some bytes are and which pages they are made of.
import { type Digest, digestBytes, hexOf } from "./digest.ts";

/** Bytes of a page: docs/internals/image.md has what was measured. */
export const pageBytes = 16 * 1024;

/** Stands in a run for a page of zeros. */
export const zeroPage = -1;

/** Bytes, by the numbers of their pages; the last page may be a short one. */
export interface PageRun {
  readonly bytes: number;
  readonly pages: readonly number[];
}

/** A page that was met for the first time; `bytes` is a view of what was given. */
export interface NewPage {
  readonly page: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

export class PageTable {
  readonly #digest: Digest;
  readonly #numbers = new Map<string, number>();
  readonly #digests: Uint8Array[] = [];
  readonly #sizes: number[] = [];

  constructor(digest: Digest) {
    this.#digest = digest;
  }

  get count(): number {
    return this.#digests.length;
  }

  /** The digests of all pages, one after the other. */
  get digests(): Uint8Array {
    const all = new Uint8Array(this.count * digestBytes);
    this.#digests.forEach((digest, i) => all.set(digest, i * digestBytes));
    return all;
  }

  get sizes(): readonly number[] {
    return this.#sizes;
  }

  /** Finds or makes the pages of some bytes; every new one is handed to `onNew` before the next is cut. */
  add(bytes: Uint8Array, onNew: (page: NewPage) => void): PageRun {
    const pages: number[] = [];
    for (let at = 0; at < bytes.length; at += pageBytes) {
      const part = bytes.subarray(at, Math.min(at + pageBytes, bytes.length));
      pages.push(isZero(part) ? zeroPage : this.#numberOf(part, onNew));
    }
    return { bytes: bytes.length, pages };
  }

  #numberOf(bytes: Uint8Array, onNew: (page: NewPage) => void): number {
    const digest = this.#digest(bytes);
    const key = hexOf(digest);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const page = this.#digests.push(digest) - 1;
    this.#sizes.push(bytes.length);
    this.#numbers.set(key, page);
    onNew({ page, digest, bytes });
    return page;
  }
}

/** Whether all is zero; most that is not says so in its first words. */
export function isZero(bytes: Uint8Array): boolean {
  const start = bytes.byteOffset;
  if ((start & 3) !== 0 || (bytes.length & 3) !== 0) return bytes.every((byte) => byte === 0);
  const words = new Int32Array(bytes.buffer, start, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/** Puts a run together again, from pages that were read and checked. */
export function joinRun(
  run: PageRun,
  pageOf: (page: number) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(run.bytes);
  run.pages.forEach((page, i) => {
    if (page !== zeroPage) bytes.set(pageOf(page), i * pageBytes);
  });
  return bytes;
}

/** Whether a run's pages are as many and as long as it says: what was read can be anything. */
export function isRun({ bytes, pages }: PageRun, sizes: readonly number[]): boolean {
  if (!Number.isSafeInteger(bytes) || bytes < 0) return false;
  if (pages.length !== Math.ceil(bytes / pageBytes)) return false;
  return pages.every((page, i) => {
    const size = Math.min(pageBytes, bytes - i * pageBytes);
    return page === zeroPage || sizes[page] === size;
  });
}
