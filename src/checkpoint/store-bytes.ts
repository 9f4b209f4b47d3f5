// What a store answers, as bytes or as an ImageError.
import type { Store, StoreStatus } from "../machine/store.ts";
import { ImageError } from "./image-error.ts";

/** The statuses of the port, whose types are all that this layer may know of it. */
const missing: (typeof StoreStatus)["missing"] = -1;
const full: (typeof StoreStatus)["full"] = -2;
const damaged: (typeof StoreStatus)["damaged"] = -3;

/** Throws what a status below zero means for an image. */
export function check(image: string, status: number): void {
  if (status >= 0) return;
  if (status === missing) throw new ImageError(image, "missing");
  if (status === full) throw new ImageError(image, "full");
  if (status === damaged) throw new ImageError(image, "damaged");
  throw new ImageError(image, "failed", `status ${status}`);
}

/** A whole blob. One that is damaged somewhere is refused. */
export function readBlob(store: Store, blob: string): Uint8Array {
  const size = store.size(blob);
  check(blob, size);
  const bytes = readPart(store, blob, 0, size);
  // Behind the good bytes of a damaged blob the store says so.
  check(blob, store.read(blob, size, new Uint8Array(1)));
  return bytes;
}

/** So many bytes of a blob, or fewer if it ends before. */
export function readPart(store: Store, blob: string, offset: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const read = store.read(blob, offset, bytes);
  check(blob, read);
  return bytes.subarray(0, read);
}
