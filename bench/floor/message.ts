// What caller and server of every floor agree on: where a message lies, what the server answers,
// and so what a whole batch must sum to. Ours does the same work, so the sums are the same too.

/** Where the caller keeps its message, and where the server wants it. Different on purpose. */
export const callerOffset = 4096;
export const serverOffset = 16384;

export const messageSizes: readonly number[] = [64, 1024, 4096];

/** The server answers with its label under this mask, so that a reply is not what was sent. */
export const replyMask = 0x5a5a5a5a;

/** The i32 sum of the replies to `count` empty messages labelled 0, 1, 2... */
export function expectedEmptySum(count: number): number {
  let sum = 0;
  for (let label = 0; label < count; label++) sum = (sum + (label ^ replyMask)) | 0;
  return sum;
}

/** With six words w0..w5 = label, label+1, ... the server adds them to the answer. */
export function expectedWordsSum(count: number): number {
  let sum = 0;
  for (let label = 0; label < count; label++) {
    sum = (sum + (label ^ replyMask) + 6 * label + 15) | 0;
  }
  return sum;
}

/**
 * The caller writes its label into the first word and the label's complement, doubled, into the
 * last; the server adds what arrived in both to the answer.
 */
export function expectedMessageSum(count: number): number {
  let sum = 0;
  for (let label = 0; label < count; label++) {
    sum = (sum + (label ^ replyMask) + label + (~label << 1)) | 0;
  }
  return sum;
}
