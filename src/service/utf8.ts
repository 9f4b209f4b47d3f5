// UTF-8 for realms that have no TextEncoder: texts of messages are short, and there the calls into the
// engine would cost more than they save. A lone surrogate becomes U+FFFD, as everywhere.

/** What stands for what is no character. A number: one such character in the text of the bundle would double it. */
const replacement = 0xfffd;

/** Bytes that a text has in UTF-8. */
export function utf8BytesOf(text: string): number {
  const { length } = text;
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isPair(text, i, unit)) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** Writes a text that is known to have so many bytes. */
export function writeUtf8(text: string, to: Uint8Array, at: number, bytes: number): void {
  const { length } = text;
  if (bytes === length) {
    for (let i = 0; i < length; i++) to[at + i] = text.charCodeAt(i);
    return;
  }
  for (let i = 0; i < length; i++) {
    let point = text.charCodeAt(i);
    if (isPair(text, i, point)) {
      point = 0x1_0000 + ((point & 0x3ff) << 10) + (text.charCodeAt(++i) & 0x3ff);
    } else if (point >= 0xd800 && point < 0xe000) point = replacement;
    at = putPoint(point, to, at);
  }
}

function putPoint(point: number, to: Uint8Array, at: number): number {
  if (point < 0x80) {
    to[at] = point;
    return at + 1;
  }
  const more = point < 0x800 ? 1 : point < 0x1_0000 ? 2 : 3;
  to[at] = leads[more] | (point >> (6 * more));
  for (let i = 1; i <= more; i++) to[at + i] = 0x80 | ((point >> (6 * (more - i))) & 0x3f);
  return at + more + 1;
}

const leads = [0, 0xc0, 0xe0, 0xf0];

/** Texts of up to so many bytes are put together in one go. */
const shortBytes = 24;
const pieceBytes = 4096;

/** The text in bytes from `at` to before `end`. */
export function readUtf8(from: Uint8Array, at: number, end: number): string {
  let text = "";
  if (end - at <= shortBytes) {
    if (!isAscii(from, at, end)) return readPoints(from, at, end);
    let i = at;
    for (; i + 8 <= end; i += 8) text += eightCodes(from, i);
    return text + fewCodes(from, i, end);
  }
  if (!isAscii(from, at, end)) return readPoints(from, at, end);
  for (let i = at; i < end; i += pieceBytes) {
    text += fromCodes.apply(null, from.subarray(i, Math.min(end, i + pieceBytes)));
  }
  return text;
}

function isAscii(from: Uint8Array, at: number, end: number): boolean {
  for (let i = at; i < end; i++) if (from[i] >= 0x80) return false;
  return true;
}

/** Eight at once cost as much as two one by one. */
function eightCodes(from: Uint8Array, i: number): string {
  return String.fromCharCode(
    from[i],
    from[i + 1],
    from[i + 2],
    from[i + 3],
    from[i + 4],
    from[i + 5],
    from[i + 6],
    from[i + 7],
  );
}

function fewCodes(from: Uint8Array, at: number, end: number): string {
  let text = "";
  let i = at;
  for (; i + 3 <= end; i += 3) text += String.fromCharCode(from[i], from[i + 1], from[i + 2]);
  if (end - i === 2) return text + String.fromCharCode(from[i], from[i + 1]);
  return end === i ? text : text + String.fromCharCode(from[i]);
}

// `apply` takes any list of numbers, though its type wants an array.
const fromCodes = String.fromCharCode as unknown as {
  apply(that: null, codes: Uint8Array): string;
};

function readPoints(from: Uint8Array, at: number, end: number): string {
  let text = "";
  while (at < end) {
    const lead = from[at];
    const more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    let point = more === 0 ? lead : lead & (0x3f >> more);
    for (let i = 1; i <= more; i++) point = (point << 6) | (from[at + i] & 0x3f);
    text += String.fromCodePoint(point > 0x10_ffff ? replacement : point);
    at += more + 1;
  }
  return text;
}

function isPair(text: string, i: number, unit: number): boolean {
  if ((unit & 0xfc00) !== 0xd800) return false;
  return (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}
