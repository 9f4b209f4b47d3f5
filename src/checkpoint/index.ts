// The face of checkpoint: images of processes, as a file of their own or in a store.
export { copyOf, type Plain } from "./content.ts";
export type { Digest } from "./digest.ts";
export { ImageError, type ImageReason } from "./image-error.ts";
export { type FoundImage, ImageStore, type StoredImage } from "./image-store.ts";
export { imageVersion } from "./manifest.ts";
export { pageBytes } from "./page-table.ts";
export { type ByteSource, type Progress, readImage } from "./read-image.ts";
export { type ByteSink, type ImageSize, writeImage } from "./write-image.ts";
