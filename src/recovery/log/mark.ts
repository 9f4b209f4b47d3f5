// What a mark says: at which record the log begins, and which image has what came before. A cut is the
// writing of one mark, so it is done or not done. The chain's owner is established by its first mark.
//
//   0, 1   number of the first record kept
//   2      1 if there is an image
//   3..    the image's name, a character (UTF-16 code unit) a word
import { frameHeaderWords } from "./frame.ts";
import { imageNameLengthMax } from "./message-log.ts";
import { readNumber, writeNumber } from "./segment-header.ts";

export interface Mark {
  readonly first: number;
  readonly image: string | undefined;
}

const nameWord = 3;
/** Ends a segment once the next one is begun, whose loss would not show otherwise. */
export const sealMark = new Int32Array(0);

/**
 * Kept free at the end of every segment: a log that is full can still be cut, and any segment can be
 * sealed.
 */
export const markRoomWords = 2 * frameHeaderWords + nameWord + imageNameLengthMax;
export const sealRoomWords = frameHeaderWords;

export function encodeMark({ first, image }: Mark): Int32Array {
  const payload = new Int32Array(nameWord + (image?.length ?? 0));
  writeNumber(payload, 0, first);
  if (image === undefined) return payload;
  payload[2] = 1;
  for (let index = 0; index < image.length; index++) {
    payload[nameWord + index] = image.charCodeAt(index);
  }
  return payload;
}

export function decodeMark(payload: Int32Array): Mark {
  const first = readNumber(payload, 0);
  if (payload[2] === 0) return { first, image: undefined };
  return { first, image: String.fromCharCode(...payload.subarray(nameWord)) };
}
