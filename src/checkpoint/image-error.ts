// Why an image cannot be used, or cannot be written. The message says which image, what is wrong with it
// and what to do; the reason is for code that chooses what to try next.

/**
 * `missing`: there is none of that name. `notAnImage`: it was never one. `future`: made by another version.
 * `cut`: its end is missing. `damaged`: some of its bytes are not those that were written. `full`: there is
 * no room to write it. `failed`: the device failed.
 */
export type ImageReason =
  | "missing"
  | "notAnImage"
  | "future"
  | "cut"
  | "damaged"
  | "full"
  | "failed";

const explanations: Readonly<Record<ImageReason, string>> = {
  missing: "there is no such image",
  notAnImage: "it is not an image",
  future: "it was made by another version of Shoal, which this one cannot read",
  cut: "its end is missing: it was never written whole, or it was cut off",
  damaged: "it is damaged: some of its bytes are not those that were written",
  full: "there is no room for it: free some space and try again; what was there before is untouched",
  failed: "the device failed",
};

export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly reason: ImageReason;
  /** Which image, as its user knows it: a file or a name. */
  readonly image: string;

  constructor(image: string, reason: ImageReason, detail = "") {
    super(`the image ${image}: ${explanations[reason]}${detail === "" ? "" : ` (${detail})`}`);
    this.image = image;
    this.reason = reason;
  }
}
