// Writing an image that has its pages in itself. Bytes go out in order and once, so that any stream of
// bytes will do; what is kept meanwhile is the manifest and one page.
import { type Plain, takeOut } from "./content.ts";
import type { Digest } from "./digest.ts";
import { encodeHeader, encodeTrailer, headerBytes } from "./envelope.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";
import { pageBytes, PageTable, type PageRun } from "./page-table.ts";

/** Takes the next bytes of an image, all of them, before it returns. They are a view, used again after. */
export type ByteSink = (bytes: Uint8Array) => void;

/** What an image came to. */
export interface ImageSize {
  /** All bytes of the image, and how many of them are pages. */
  readonly bytes: number;
  readonly pageBytes: number;
  /** What the content would have been without leaving anything out. */
  readonly contentBytes: number;
}

/** Writes content to a sink. What is in it must not change until this returns. */
export function writeImage(content: Plain, sink: ByteSink, digest: Digest): ImageSize {
  let offset = 0;
  const put = (bytes: Uint8Array): void => {
    sink(bytes);
    offset += bytes.length;
  };
  put(encodeHeader());
  const table = new PageTable(digest);
  const { tree, runs } = cut(content, table, put);
  const manifest = encodeManifest(manifestOf(table, runs, tree, null));
  const pagesEnd = offset;
  put(manifest);
  put(encodeTrailer(manifest, pagesEnd, digest));
  const contentBytes = runs.reduce((sum, { bytes }) => sum + bytes, manifest.length);
  return { bytes: offset, pageBytes: pagesEnd - headerBytes, contentBytes };
}

/** Cuts the long bytes of content into pages; new ones are handed on at once, in order. */
export function cut(
  content: Plain,
  table: PageTable,
  onPage: (bytes: Uint8Array, digest: Uint8Array) => void,
): { readonly tree: Plain; readonly runs: readonly PageRun[] } {
  const runs: PageRun[] = [];
  const tree = takeOut(content, (bytes) => {
    const run = table.add(bytes, (page) => onPage(page.bytes, page.digest));
    return runs.push(run) - 1;
  });
  return { tree, runs };
}

export function manifestOf(
  table: PageTable,
  runs: readonly PageRun[],
  content: Plain,
  homes: Manifest["homes"],
): Manifest {
  return { pageBytes, digests: table.digests, sizes: table.sizes, homes, runs, content };
}
