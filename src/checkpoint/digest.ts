// The names of pages: SHA-256 of their bytes. The function is injected, since every host has its own.

export const digestBytes = 32;

/** SHA-256 of some bytes: `digestBytes` bytes. */
export type Digest = (bytes: Uint8Array) => Uint8Array;

export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

const hexDigits = "0123456789abcdef";

/** A digest as text, to be a key. */
export function hexOf(digest: Uint8Array): string {
  let text = "";
  for (const byte of digest) text += hexDigits[byte >> 4]! + hexDigits[byte & 15]!;
  return text;
}
