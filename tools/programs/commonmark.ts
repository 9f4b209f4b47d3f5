// The examples of CommonMark's specification, as runs: each is a document and the HTML it must
// become. They are part of cmark's source package and are read from there.
import type { Run } from "./case.ts";

const fence = "`".repeat(32);

/** Splits the specification; a tab is written there as an arrow. */
export function commonmarkExamples(specification: string): readonly Run[] {
  const runs: Run[] = [];
  const lines = specification.split("\n");
  let part: "outside" | "markdown" | "html" = "outside";
  let markdown: string[] = [];
  let html: string[] = [];
  for (const line of lines) {
    if (part === "outside" && line.startsWith(`${fence} example`)) {
      part = "markdown";
      markdown = [];
      html = [];
    } else if (part === "markdown" && line === ".") part = "html";
    else if (part === "html" && line === fence) {
      runs.push({ args: ["--unsafe"], stdin: toText(markdown), stdout: toText(html) });
      part = "outside";
    } else if (part === "markdown") markdown.push(line);
    else if (part === "html") html.push(line);
  }
  return runs;
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line.replaceAll("→", "\t")}\n`).join("");
}
