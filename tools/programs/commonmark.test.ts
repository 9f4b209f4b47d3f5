// Reading the specification that comes with cmark.
import { describe, expect, it } from "vitest";
import { commonmarkExamples } from "./commonmark.ts";

const fence = "`".repeat(32);

describe("examples of CommonMark's specification", () => {
  it("are what stands between the long fences, an arrow being a tab", () => {
    const text = `# Tabs\n${fence} example\n→foo\n.\n<pre>a\tb</pre>\n\n${fence}\n${fence} example\n.\n${fence}\n`;
    expect(commonmarkExamples(text)).toEqual([
      { args: ["--unsafe"], stdin: "\tfoo\n", stdout: "<pre>a\tb</pre>\n\n" },
      { args: ["--unsafe"], stdin: "", stdout: "" },
    ]);
  });

  it("do not include code blocks of the prose", () => {
    expect(commonmarkExamples("```\n.\n```\n")).toEqual([]);
  });
});
