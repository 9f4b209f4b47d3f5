// Reading an image: from its end, where a torn one has nothing, to its manifest and then its pages, each
// compared with its digest. What is answered was checked; anything else is an ImageError that says why.
import { type Plain, putBack } from "./content.ts";
import { type Digest, isSameDigest } from "./digest.ts";
import { checkHeader, checkSeal, headerBytes, readTrailer, trailerBytes } from "./envelope.ts";
import { ImageError } from "./image-error.ts";
import { decodeManifest, digestOf, type Manifest } from "./manifest.ts";
import { joinRun } from "./page-table.ts";

/** Bytes that an image, or a part of it, is read from. */
export interface ByteSource {
  readonly bytes: number;
  /** A copy or a view of `count` bytes from `offset` on; fewer if there are no more. */
  read(offset: number, count: number): Uint8Array;
}

/** How far the reading of a long image has come, in bytes of its pages. */
export type Progress = (doneBytes: number, allBytes: number) => void;

export interface OpenImage {
  readonly image: string;
  readonly manifest: Manifest;
  /** Bytes before the manifest, which in an image of its own are its pages. */
  readonly pagesEnd: number;
}

/** Reads and checks all but the pages. */
export function openImage(image: string, source: ByteSource, digest: Digest): OpenImage {
  const header = source.read(0, headerBytes);
  checkHeader(image, header);
  if (source.bytes < headerBytes + trailerBytes) throw new ImageError(image, "cut");
  const trailer = source.read(source.bytes - trailerBytes, trailerBytes);
  const { offset, bytes } = readTrailer(image, trailer, source.bytes);
  const packed = source.read(offset, bytes);
  checkSeal(image, header, packed, trailer, digest);
  const manifest = decodeManifest(packed);
  if (manifest === undefined) throw new ImageError(image, "damaged", "its manifest makes no sense");
  return { image, manifest, pagesEnd: offset };
}

/** The content of an image that has its pages in itself. */
export function readImage(
  image: string,
  source: ByteSource,
  digest: Digest,
  progress?: Progress,
): Plain {
  const opened = openImage(image, source, digest);
  const { sizes, homes } = opened.manifest;
  if (homes !== null) throw new ImageError(image, "damaged", "its pages are elsewhere");
  const offsets = offsetsOf(sizes);
  if (offsets.at(-1)! + headerBytes !== opened.pagesEnd) throw new ImageError(image, "damaged");
  const pageAt = (page: number): Uint8Array =>
    source.read(headerBytes + offsets[page]!, sizes[page]!);
  return contentOf(opened, pageAt, digest, progress);
}

/** Puts content together from pages that are checked as they come. */
export function contentOf(
  { image, manifest }: OpenImage,
  pageAt: (page: number) => Uint8Array,
  digest: Digest,
  progress?: Progress,
): Plain {
  const { runs, content } = manifest;
  const allBytes = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  const checked = (page: number): Uint8Array => {
    const bytes = pageAt(page);
    if (!isSameDigest(digest(bytes), digestOf(manifest, page))) {
      throw new ImageError(image, "damaged", `page ${page} of ${manifest.sizes.length}`);
    }
    return bytes;
  };
  const joined = runs.map((run) => {
    const bytes = joinRun(run, checked);
    progress?.((doneBytes += run.bytes), allBytes);
    return bytes;
  });
  return putBack(content, (run) => joined[run] ?? refuseRun(image));
}

function refuseRun(image: string): never {
  throw new ImageError(image, "damaged", "it names bytes that it does not have");
}

/** Where each page begins, and where the last one ends. */
function offsetsOf(sizes: readonly number[]): number[] {
  const offsets = [0];
  for (const size of sizes) offsets.push(offsets.at(-1)! + size);
  return offsets;
}
