// What a log says to segments that are not as they were written: every single byte of a small one
// flipped, and every length it could be cut to. A record that is not right is never given out; what
// was answered for is never silently gone, unless it is the very end, which cannot be told from a
// record that its owner did not finish.
import { describe, expect, it } from "vitest";
import { MemorySegments } from "../../../src/machine/segment-memory.ts";
import { LogRefusedError, type MessageLog, openLog } from "../../../src/recovery/log/index.ts";
import { appendRecords, expectRecords } from "./records.ts";
import { Script } from "./script.ts";

const segmentBytes = 1200;

interface Written {
  readonly buffers: ReadonlyMap<string, SharedArrayBuffer>;
  readonly end: number;
}

/** A log that was cut twice and is in several segments now. */
function write(): Written {
  const buffers = new Map<string, SharedArrayBuffer>();
  const segments = new MemorySegments({ buffers });
  const log = openLog({ segments, name: "log", epoch: 1, segmentBytes });
  new Script(log).run(26);
  appendRecords(log, 14);
  return { buffers, end: log.end };
}

function openChanged(written: Written, changed: string, bytes: Uint8Array): MessageLog {
  const buffers = new Map(written.buffers);
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  buffers.set(changed, buffer);
  for (const [name, other] of buffers) if (name !== changed) buffers.set(name, other.slice());
  const segments = new MemorySegments({ buffers });
  return openLog({ segments, name: "log", epoch: 2, segmentBytes });
}

/** What came of opening: the name of the refusal, or how many records are missing at the end. */
function outcome(written: Written, changed: string, bytes: Uint8Array): string {
  let log: MessageLog;
  try {
    log = openChanged(written, changed, bytes);
  } catch (error) {
    if (!(error instanceof LogRefusedError)) throw error;
    // A segment that lost its header is known by its place only.
    expect(error.message.replace(changed, "?")).toMatch(/segment (\?|\d of epoch 1 is missing)/);
    return error.reason;
  }
  expectRecords(log);
  // A tear may be before the last cut. The beginning and the image are never of two different cuts.
  expect(log.image).toBe(`image-${log.first + 2}`);
  return `${written.end - log.end} short`;
}

function tally(written: Written, changes: (bytes: Uint8Array) => Iterable<Uint8Array>) {
  const counts: Record<string, number> = {};
  for (const [name, buffer] of written.buffers) {
    for (const bytes of changes(new Uint8Array(buffer.slice()))) {
      const came = outcome(written, name, bytes);
      counts[came] = (counts[came] ?? 0) + 1;
    }
  }
  return counts;
}

describe("a log in which bytes are wrong", () => {
  it("gives all its records, or all but the last, or is refused, whichever byte is flipped", () => {
    const counts = tally(write(), function* (bytes) {
      for (let at = 0; at < bytes.length; at++) {
        bytes[at] ^= 0xff;
        yield bytes;
        bytes[at] ^= 0xff;
      }
    });
    const expected = ["0 short", "1 short", "damaged", "missing"];
    expect(Object.keys(counts).toSorted()).toEqual(expected);
    expect(counts.damaged).toBeGreaterThan(1000);
  });

  it("is refused when a segment that is in use is shorter, whatever its length", () => {
    const written = write();
    const counts = tally(written, function* (bytes) {
      for (let end = 0; end < bytes.length; end += 4) yield bytes.slice(0, end);
    });
    expect(Object.keys(counts)).toContain("damaged");
    expect(Object.keys(counts).filter((key) => key !== "damaged" && key !== "0 short")).toEqual([]);
  });

  it("ends with the last whole record when the rest was never written", () => {
    const written = write();
    const counts = tally(written, function* (bytes) {
      for (let at = bytes.length - 1; at >= 0; at--) {
        bytes[at] = 0;
        yield bytes;
      }
    });
    // Record by record, as far back as the current segment goes; a segment before that is refused.
    const shortBy = Object.keys(counts).filter((key) => key.endsWith("short"));
    expect(shortBy).toEqual(shortBy.map((_, index) => `${index} short`));
    expect(shortBy.length).toBeGreaterThan(2);
    expect(counts.damaged).toBeGreaterThan(500);
  });

  it("is refused by name when any segment in use is gone", () => {
    const { buffers, end } = write();
    const gone = [...buffers.keys()].map((name) => {
      const left = new Map(buffers);
      left.delete(name);
      const segments = new MemorySegments({ buffers: left });
      try {
        return openLog({ segments, name: "log", epoch: 2, segmentBytes }).end;
      } catch (error) {
        return error instanceof LogRefusedError ? error.reason : error;
      }
    });
    // A free one may be gone.
    const refused = gone.filter((came) => came !== end);
    expect(refused).toEqual(refused.map(() => "missing"));
    expect(refused.length).toBeGreaterThan(2);
  });

  it("is refused by a system that is older than its format", () => {
    const { buffers } = write();
    for (const buffer of buffers.values()) makeFuture(new Int32Array(buffer));
    const segments = new MemorySegments({ buffers: new Map(buffers) });
    const open = () => openLog({ segments, name: "log", epoch: 2, segmentBytes });
    expect(open).toThrow(/version 2 of the format; use the system that wrote it/);
  });
});

/** The checksum of a header is the same in every version: FNV-1a over its words. */
function makeFuture(words: Int32Array): void {
  if (words[0] === 0) return;
  words[1] = 2;
  let sum = words[0];
  for (let index = 1; index < 15; index++) sum = Math.imul(sum ^ words[index], 0x0100_0193);
  words[15] = sum;
}
