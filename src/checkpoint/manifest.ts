// The manifest of an image: which pages it has and what it says about them. It is the only part that needs
// to be understood; pages are only compared with their digests.
import { decode, encode, type Plain } from "./content.ts";
import { digestBytes } from "./digest.ts";
import { isRun, pageBytes, type PageRun } from "./page-table.ts";

/** Raised whenever an image of today could be misunderstood by yesterday's reader, or the other way round. */
export const imageVersion = 1;

export interface Manifest {
  readonly pageBytes: number;
  /** SHA-256 of every page, one after the other. */
  readonly digests: Uint8Array;
  /** Bytes of every page. */
  readonly sizes: readonly number[];
  /**
   * Where the pages are that are not in the image itself: the blobs, and for each page which of them and
   * from which byte on. Null for an image that has its pages in itself, in order.
   */
  readonly homes: PageHomes | null;
  readonly runs: readonly PageRun[];
  readonly content: Plain;
}

export interface PageHomes {
  readonly blobs: readonly string[];
  /** Two numbers for each page: the index of its blob, and its offset there. */
  readonly places: readonly number[];
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  // The manifest is plain data; its interfaces only have no index signature.
  return encode(manifest as unknown as Plain);
}

/** Reads a manifest whose digest was right; undefined if it makes no sense all the same. */
export function decodeManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    const manifest = decode(bytes) as unknown as Manifest;
    return isManifest(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function isManifest({ pageBytes: size, digests, sizes, runs, homes }: Manifest): boolean {
  if (size !== pageBytes || digests.length !== sizes.length * digestBytes) return false;
  if (!sizes.every((one) => Number.isSafeInteger(one) && one > 0 && one <= pageBytes)) return false;
  if (homes !== null && homes.places.length !== 2 * sizes.length) return false;
  return runs.every((run) => isRun(run, sizes));
}

export function digestOf({ digests }: Manifest, page: number): Uint8Array {
  return digests.subarray(page * digestBytes, (page + 1) * digestBytes);
}
