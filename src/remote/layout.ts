// How the messages of services lie in those of a link. Behind the call's number, which is the link's:
//
//   request   label, and which client it is in the bits above; number of the client's call; word; then the body
//   answer    label, word; then the body
//
// With a body of up to 40 or 44 bytes, that is one line. The two words by which a client is known elsewhere stay with
// it: on a link it has a small number instead.

/** Bytes of a request or an answer before its body. */
export const requestBytes = 12;
export const answerBytes = 8;

/** Of a request's first word: the label is below, the number of the client above. */
export const clientShift = 8;
export const labelMask = 0xff;

/** What a line has room for, behind the call's number. */
export const contentBytesMax = 52;

/** The longest body, as everywhere between a service and its client. */
export const bodyBytesMax = 1024 * 1024;

/** Bytes that are copied a word at a time: messages begin at words, and so do the bodies in them. */
export class WordBytes {
  /** Another array whenever there was not enough room. */
  bytes: Uint8Array;
  words: Int32Array;

  constructor(byteCount: number) {
    this.bytes = new Uint8Array(byteCount);
    this.words = new Int32Array(this.bytes.buffer);
  }

  /** Takes a copy of so many bytes, which begin at a word of a memory. */
  take(from: Int32Array, at: number, count: number): void {
    if (count > this.bytes.length) {
      this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(count)));
      this.words = new Int32Array(this.bytes.buffer);
    }
    const end = (count + 3) >> 2;
    if (end > longWords) this.words.set(from.subarray(at, at + end));
    else for (let i = 0; i < end; i++) this.words[i] = from[at + i];
  }
}

/** From so many words on, a view and one copy of it are faster than a loop. */
const longWords = 32;

/** Sees what a writer has written as words; it writes into another array once it has grown. */
export class WordsOf {
  #bytes: Uint8Array | undefined;
  #words: Int32Array = new Int32Array(0);

  of(bytes: Uint8Array): Int32Array {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    }
    return this.#words;
  }
}

/** Copies so many bytes of a short body, rounded up to words. */
export function putWords(from: Int32Array, count: number, to: Int32Array, at: number): void {
  const end = (count + 3) >> 2;
  for (let i = 0; i < end; i++) to[at + i] = from[i];
}
