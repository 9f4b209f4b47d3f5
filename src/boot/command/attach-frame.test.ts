// Frames between attach and holder, and the lines that they are cut into.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttachFrame, formatFrame, parseFrame } from "./attach-frame.ts";
import { LineSplitter } from "./line-splitter.ts";

const hello = { version: 1, session: "a1", heard: 3, keepSeconds: 30, manner: undefined };
const frames: readonly AttachFrame[] = [
  { kind: "hello", hello: { ...hello, protocol: "bytes" } },
  { kind: "welcome", welcome: { session: "a1", epoch: 4, heard: 9 } },
  { kind: "refused", reason: "there is no such session" },
  { kind: "line", number: 12, line: '{"text": "two  words "}' },
  { kind: "ack", number: 12 },
  { kind: "end" },
  { kind: "bye" },
  { kind: "over", code: 3, reason: "" },
];

describe("frames", () => {
  it.each(frames)("%o is read as it was written", (frame) => {
    expect(parseFrame(formatFrame(frame).trimEnd())).toEqual(
      frame.kind === "over" ? frame : JSON.parse(JSON.stringify(frame)),
    );
  });

  it.each([
    "",
    "line",
    "line x {}",
    "line -1 {}",
    "ack 1.5",
    "hello",
    "hello []",
    'hello {"version":1}',
    'welcome {"session":1,"epoch":1,"heard":1}',
    "shutdown",
  ])("%o is none", (text) => expect(parseFrame(text)).toBeUndefined());
});

describe("lines", () => {
  it("are the same wherever the bytes are cut", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "ä", "€", "😀", " ") });
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat(7)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const splitter = new LineSplitter();
        const found: string[] = [];
        let at = 0;
        for (const cut of cuts) found.push(...splitter.add(bytes.subarray(at, (at += cut))));
        found.push(...splitter.add(bytes.subarray(at)));
        expect(found).toEqual(lines.filter((line) => line !== ""));
        expect(splitter.rest()).toBe("");
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("may end as on Windows, and what is not ended is the rest", () => {
    const splitter = new LineSplitter();
    expect(splitter.add(Buffer.from("a\r\n\r\nb"))).toEqual(["a"]);
    expect(splitter.rest()).toBe("b");
  });
});
