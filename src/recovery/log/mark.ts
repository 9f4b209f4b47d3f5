// What marks say. There are three, told apart by their length:
//
//   beginning   at which record the log begins, and which image has what came before: the number in two
//               words, 1 if there is an image, and its name, a character (UTF-16 code unit) a word. A
//               cut is the writing of one, so it is done or not done; the first one makes its writer
//               the owner
//   voucher     how many records of this segment are stable, where that has to be waited for: one word
//   seal        the next segment is begun, whose loss would not show otherwise: no words
import { frameHeaderWords } from "./frame.ts";
import { imageNameLengthMax } from "./message-log.ts";
import { readNumber, writeNumber } from "./segment-header.ts";

export interface Mark {
  readonly first: number;
  readonly image: string | undefined;
}

const nameWord = 3;
export const sealMark = new Int32Array(0);
export const voucherWords = 1;

/**
 * Kept free at the end of every segment: a log that is full can still be cut, and any segment can be
 * sealed.
 */
export const sealRoomWords = frameHeaderWords;
export const markRoomWords = sealRoomWords + frameHeaderWords + nameWord + imageNameLengthMax;

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
