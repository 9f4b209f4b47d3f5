// What a program wrote, as it is kept: a line of text for each line or piece of one, with when and where it
// was written before it. The bytes are kept as they came.
//
//   2026-11-21T19:10:22.123Z out text of a whole line
//   2026-11-21T19:10:22.124Z out+ a piece; the next of that stream goes on with it
export const outputStreams = ["out", "err", "sys", "end"] as const;
/**
 * `out` and `err`: what it wrote. `sys`: what the system has to say of it. `end`: the same, and it is not
 * started again.
 */
export type OutputStream = (typeof outputStreams)[number];

export interface OutputRecord {
  /** ISO 8601. */
  readonly time: string;
  readonly stream: OutputStream;
  /** A newline follows, which is not in `bytes`. */
  readonly isWhole: boolean;
  readonly bytes: Uint8Array;
}

const newline = 10;
const space = 32;
const isoLength = 24;

/** The records of a chunk of output: one for each line, the last perhaps a piece. */
export function formatOutput(time: string, stream: OutputStream, chunk: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  while (from < chunk.length) {
    const at = chunk.indexOf(newline, from);
    const end = at < 0 ? chunk.length : at;
    parts.push(Buffer.from(`${time} ${stream}${at < 0 ? "+" : ""} `), chunk.subarray(from, end));
    parts.push(Uint8Array.of(newline));
    from = end + 1;
  }
  return parts;
}

/** The records in some bytes of a file, and how many bytes they take; a line that has no end yet stays. */
export function parseOutput(bytes: Uint8Array): {
  readonly records: OutputRecord[];
  readonly length: number;
} {
  const records: OutputRecord[] = [];
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(newline, from);
    if (end < 0) return { records, length: from };
    const record = recordOf(bytes.subarray(from, end));
    if (record !== undefined) records.push(record);
    from = end + 1;
  }
}

/** Undefined for a line that was cut at its front. */
function recordOf(line: Uint8Array): OutputRecord | undefined {
  const textAt = line.indexOf(space, isoLength + 1) + 1;
  if (textAt === 0 || line[isoLength] !== space) return undefined;
  const time = Buffer.from(line.subarray(0, isoLength)).toString("latin1");
  const mark = Buffer.from(line.subarray(isoLength + 1, textAt - 1)).toString("latin1");
  const stream = outputStreams.find((name) => mark === name || mark === `${name}+`);
  if (stream === undefined) return undefined;
  return { time, stream, isWhole: !mark.endsWith("+"), bytes: line.subarray(textAt) };
}

/** The last so many lines, with all pieces of the first of them. */
export function lastLines(records: readonly OutputRecord[], count: number): OutputRecord[] {
  let from = records.length;
  let left = count;
  while (from > 0) {
    if (records[from - 1]!.isWhole && left-- === 0) break;
    from--;
  }
  return records.slice(from);
}
