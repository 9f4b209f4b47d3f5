// Why a program cannot be taken out or put back. In a file of its own, since most programs never are, and
// what does it is loaded only for those that are prepared for it.

import type { Frames } from "./resume/index.ts";

/** A program that cannot be taken out, or a stack that cannot be put back, with the reason. */
export class CaptureError extends Error {
  override readonly name: string = "CaptureError";
}

/**
 * A stack that does not fit where it was to be put back: its frames may be larger than they were. Nothing of
 * it has run by then, and the same frames go on in a thread with more room.
 */
export class NoRoomError extends CaptureError {
  override readonly name = "NoRoomError";
  readonly frames: Frames;

  constructor(frames: Frames, cause: unknown) {
    super(
      `Its ${frames.frames.length} frames do not fit where they are put back. Nothing of them is lost: ` +
        "put them back in a thread with more room.",
      { cause },
    );
    this.frames = frames;
  }
}
