// Modules that a script gives byte by byte: `(module binary "\00asm" ...)`. Any assembler would bring them
// into a form of its own, and it is the unusual and the malformed forms that these are for.

const heading = /^\s*\(\s*module\s+(?:\$\S+\s+)?binary\b/;
/** A comment of either kind, or a string with its text. */
const pieces = /;;[^\n]*|\(;[\s\S]*?;\)|"((?:[^"\\]|\\[\s\S])*)"/g;
/** In a string: two hexadecimal digits, or a letter that stands for a character. */
const escapes = /\\([0-9a-fA-F]{2}|[\s\S])/g;

const letters: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };

/** The bytes; undefined when the text is not of this kind. */
export function binaryLiteral(text: string): Uint8Array<ArrayBuffer> | undefined {
  const found = heading.exec(text);
  if (found === null) return undefined;
  const strings = text.slice(found[0].length).matchAll(pieces);
  const characters = [...strings].map(([, string]) => unescape(string ?? "")).join("");
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

// One character for each byte. Bytes beyond ASCII are written as escapes in all scripts.
function unescape(string: string): string {
  return string.replaceAll(escapes, (_, code: string) => {
    return code.length === 2
      ? String.fromCharCode(Number.parseInt(code, 16))
      : (letters[code] ?? code);
  });
}
