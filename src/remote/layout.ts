// How the messages of services lie in those of a link. Behind the call's number, which is the link's:
//
//   request   label, two words of the client, number of its call, word; then the body
//   answer    label, word; then the body
//
// With a body of up to 32 or 44 bytes, that is one line.

/** Bytes of a request or an answer before its body. */
export const requestBytes = 20;
export const answerBytes = 8;

/** What a line has room for, behind the call's number. */
export const contentBytesMax = 52;

/** The longest body, as everywhere between a service and its client. */
export const bodyBytesMax = 1024 * 1024;

/** Copies bytes: for few of them a loop is faster than a view. */
export function copyBytes(
  from: { readonly bytes: Uint8Array; readonly at: number; readonly count: number },
  to: Uint8Array,
  at: number,
): void {
  const { bytes, count } = from;
  if (count > 64) to.set(bytes.subarray(from.at, from.at + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = bytes[from.at + i];
}
