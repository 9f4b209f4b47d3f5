// What stands around the manifest of an image, so that a whole one can be told from any other bytes. All
// numbers are little-endian:
//
//   header, 16 bytes      0  8  magic
//                         8  4  version
//                        12  4  0
//   pages                 in the order of their numbers, if they are in the image
//   manifest              msgpack
//   trailer, 64 bytes     0  8  offset of the manifest, a float
//                         8  8  its bytes, a float
//                        16  4  version
//                        20  4  0
//                        24 32  SHA-256 of header, manifest and the 24 bytes before this
//                        56  8  magic of the end
//
// Every byte is vouched for: header, manifest and trailer by the digest in the trailer, every page by its
// digest in the manifest, the magic by comparison, and that there is no other byte by the offsets.
import { type Digest, digestBytes, isSameDigest } from "./digest.ts";
import { ImageError } from "./image-error.ts";
import { imageVersion } from "./manifest.ts";

export const headerBytes = 16;
export const trailerBytes = 64;

const startMagic = Uint8Array.of(0x89, 0x53, 0x48, 0x4f, 0x41, 0x4c, 0x0d, 0x0a);
const endMagic = Uint8Array.of(0x53, 0x48, 0x4f, 0x41, 0x4c, 0x45, 0x4e, 0x44);
const digestAt = 24;
const endMagicAt = digestAt + digestBytes;

/** Where the manifest is in an image, in bytes. */
export interface ManifestPlace {
  readonly offset: number;
  readonly bytes: number;
}

export function encodeHeader(): Uint8Array {
  const header = new Uint8Array(headerBytes);
  header.set(startMagic);
  new DataView(header.buffer).setUint32(8, imageVersion, true);
  return header;
}

export function encodeTrailer(manifest: Uint8Array, offset: number, digest: Digest): Uint8Array {
  const trailer = new Uint8Array(trailerBytes);
  const view = new DataView(trailer.buffer);
  view.setFloat64(0, offset, true);
  view.setFloat64(8, manifest.length, true);
  view.setUint32(16, imageVersion, true);
  trailer.set(sealOf(encodeHeader(), manifest, trailer, digest), digestAt);
  trailer.set(endMagic, endMagicAt);
  return trailer;
}

/** Refuses what does not begin as an image does. */
export function checkHeader(image: string, header: Uint8Array): void {
  if (!isSameDigest(header.subarray(0, startMagic.length), startMagic)) {
    const isStart = startMagic.every((byte, i) => i >= header.length || header[i] === byte);
    throw new ImageError(image, isStart ? "cut" : "notAnImage");
  }
  if (header.length < headerBytes) throw new ImageError(image, "cut");
  const version = viewOf(header).getUint32(8, true);
  if (version === imageVersion) return;
  throw new ImageError(image, "future", `version ${version}; this one reads ${imageVersion}`);
}

/** Where the manifest of an image of so many bytes is, from its last `trailerBytes`. */
export function readTrailer(image: string, trailer: Uint8Array, imageBytes: number): ManifestPlace {
  if (!isSameDigest(trailer.subarray(endMagicAt), endMagic)) throw new ImageError(image, "cut");
  const view = viewOf(trailer);
  const offset = view.getFloat64(0, true);
  const bytes = view.getFloat64(8, true);
  const isInside = Number.isSafeInteger(offset) && offset >= headerBytes && bytes >= 0;
  if (isInside && offset + bytes + trailerBytes === imageBytes) return { offset, bytes };
  throw new ImageError(image, "damaged", "its end contradicts its length");
}

/** Refuses a manifest that is not the one the trailer was written for. */
export function checkSeal(
  image: string,
  header: Uint8Array,
  manifest: Uint8Array,
  trailer: Uint8Array,
  digest: Digest,
): void {
  const sealed = trailer.subarray(digestAt, endMagicAt);
  if (isSameDigest(sealOf(header, manifest, trailer, digest), sealed)) return;
  throw new ImageError(image, "damaged", "its manifest");
}

function sealOf(
  header: Uint8Array,
  manifest: Uint8Array,
  trailer: Uint8Array,
  digest: Digest,
): Uint8Array {
  const sealed = new Uint8Array(headerBytes + manifest.length + digestAt);
  sealed.set(header);
  sealed.set(manifest, headerBytes);
  sealed.set(trailer.subarray(0, digestAt), headerBytes + manifest.length);
  return digest(sealed);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
