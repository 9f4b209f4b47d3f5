// What a process is started with, as it comes in a message: arguments and variables as strings that end
// in a zero, then descriptors as rows of words, each followed by its path if it has one. The sender is
// not trusted: whatever does not add up makes the request none.
import { StartRow, startRowWords } from "../../userlib/index.ts";

export interface StartDescriptor {
  readonly fd: number;
  readonly server: number;
  readonly handle: number;
  readonly filetype: number;
  readonly access: number;
  readonly flags: number;
  readonly rights: number;
  readonly inheriting: number;
  readonly offset: number;
  readonly preopen: string | null;
}

export interface StartRequest {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly descriptors: readonly StartDescriptor[];
}

const countMax = 65_536;
const descriptorMax = 1024;
const decoder = new TextDecoder();

/** Reads a request; undefined if it is not one. */
export function readStart(
  bytes: Uint8Array,
  argCount: number,
  envCount: number,
  rowCount: number,
): StartRequest | undefined {
  const isSane = [argCount, envCount, rowCount].every((count) => count >= 0 && count <= countMax);
  if (!isSane) return undefined;
  const texts = readStrings(bytes, argCount + envCount);
  if (texts === undefined) return undefined;
  const descriptors = readRows(bytes.subarray(texts.end), rowCount);
  if (descriptors === undefined) return undefined;
  const { strings } = texts;
  return { args: strings.slice(0, argCount), env: strings.slice(argCount), descriptors };
}

function readStrings(
  bytes: Uint8Array,
  count: number,
): { readonly strings: string[]; readonly end: number } | undefined {
  const strings: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    strings.push(decoder.decode(bytes.subarray(at, end)));
    at = end + 1;
  }
  return { strings, end: at };
}

function readRows(bytes: Uint8Array, count: number): StartDescriptor[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: StartDescriptor[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + startRowWords * 4 > bytes.length) return undefined;
    const from = at;
    const word = (index: number): number => view.getInt32(from + index * 4, true);
    const pathBytes = word(StartRow.preopenBytes);
    at += startRowWords * 4;
    const end = at + Math.max(0, pathBytes);
    if (end > bytes.length || word(StartRow.fd) >>> 0 >= descriptorMax) return undefined;
    rows.push(rowOf(word, pathBytes < 0 ? null : decoder.decode(bytes.subarray(at, end))));
    at = end;
  }
  return rows;
}

function rowOf(word: (index: number) => number, preopen: string | null): StartDescriptor {
  return {
    fd: word(StartRow.fd),
    server: word(StartRow.server),
    handle: word(StartRow.handle),
    filetype: word(StartRow.filetype),
    access: word(StartRow.access),
    flags: word(StartRow.flags),
    rights: word(StartRow.rights),
    inheriting: word(StartRow.inheriting),
    offset: (word(StartRow.offsetLow) >>> 0) + (word(StartRow.offsetHigh) >>> 0) * 2 ** 32,
    preopen,
  };
}
