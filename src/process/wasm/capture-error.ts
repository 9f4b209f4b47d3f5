// Why a program cannot be taken out or put back. In a file of its own, since most programs never are, and
// what does it is loaded only for those that are prepared for it.

/** A program that cannot be taken out, or a stack that cannot be put back, with the reason. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}
