// Short texts that came lately: keys and names of methods come again and again. What was seen before is the
// same text again, whose hash the engine knows, so that looking it up in a table costs a comparison of pointers.

const slotCount = 256;

export class ShortTexts {
  readonly #texts: string[] = Array.from({ length: slotCount }, () => "");

  /** The text of the ASCII bytes from `at` to before `end`; undefined if they are others, or not known. */
  find(from: Uint8Array, at: number, end: number): string | undefined {
    const text = this.#texts[slotOf(from, at, end)];
    const { length } = text;
    if (length !== end - at) return undefined;
    for (let i = 0; i < length; i++) {
      const byte = from[at + i];
      if (byte >= 0x80 || text.charCodeAt(i) !== byte) return undefined;
    }
    return text;
  }

  /** Keeps the text of those bytes, instead of another. */
  keep(text: string, from: Uint8Array, at: number, end: number): void {
    if (text.length === end - at) this.#texts[slotOf(from, at, end)] = text;
  }
}

/** Texts that differ in their ends or in their length have different slots, mostly. */
function slotOf(from: Uint8Array, at: number, end: number): number {
  if (end === at) return 0;
  const mixed = (end - at) * 97 + from[at] * 31 + from[(at + end) >> 1] * 7 + from[end - 1];
  return mixed & (slotCount - 1);
}
