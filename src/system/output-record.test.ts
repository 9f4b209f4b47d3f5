// What a program wrote is found again as it was, in whatever pieces it came.
import { describe, expect, it } from "vitest";
import { formatOutput, lastLines, type OutputRecord, parseOutput } from "./output-record.ts";

const time = "2026-11-21T19:10:22.123Z";

function recordsOf(...chunks: readonly string[]): OutputRecord[] {
  const bytes = chunks.flatMap((chunk) => formatOutput(time, "out", Buffer.from(chunk)));
  return parseOutput(Buffer.concat(bytes)).records;
}

function textOf(records: readonly OutputRecord[]): string {
  return records
    .map(({ bytes, isWhole }) => `${Buffer.from(bytes).toString()}${isWhole ? "\n" : ""}`)
    .join("");
}

describe("records of output", () => {
  it.each([
    [["one\n"]],
    [["one\ntwo\n"]],
    [["on", "e\ntw", "o\n"]],
    [["no end"]],
    [["\n\n", "\n"]],
    [["spaces  and + and out \n"]],
    [["\u0000\u0001\u00ff\n"]],
    [[""]],
  ])("give back %j as it was", (chunks) => {
    expect(textOf(recordsOf(...chunks))).toBe(chunks.join(""));
  });

  it("have the time and the stream of what was written", () => {
    const bytes = Buffer.concat(formatOutput(time, "err", Buffer.from("oh\n")));
    expect(bytes.toString()).toBe(`${time} err oh\n`);
    expect(parseOutput(bytes).records[0]).toMatchObject({ time, stream: "err", isWhole: true });
  });

  it("leave a record that has no end yet for later", () => {
    const bytes = Buffer.concat(formatOutput(time, "out", Buffer.from("one\ntwo\n")));
    const { records, length } = parseOutput(bytes.subarray(0, -1));
    expect(textOf(records)).toBe("one\n");
    expect(length).toBe(bytes.indexOf("\n") + 1);
  });

  it("pass over what is none", () => {
    expect(
      parseOutput(Buffer.from(`rest of a line\n${time} what is this\n${time} out x\n`)).records,
    ).toHaveLength(1);
  });

  it("are counted by lines, each with all its pieces", () => {
    const records = recordsOf("a\n", "b", "c\n", "d");
    expect(textOf(lastLines(records, 1))).toBe("bc\nd");
    expect(textOf(lastLines(records, 2))).toBe("a\nbc\nd");
    expect(textOf(lastLines(records, 9))).toBe("a\nbc\nd");
  });
});
