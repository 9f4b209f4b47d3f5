// A page of docs/abi: what its sections are, and what it says that the code can contradict. Reading
// only; `render.ts` writes the parts that the code decides.
import { Right, Status, type SyscallName } from "../../src/abi/index.ts";

/** The sections of every page, in their order. */
export const sections = [
  "Summary",
  "Stub",
  "Arguments",
  "Rights",
  "Result",
  "Refusals",
  "Faults",
  "Commit line",
  "Class and stages",
  "See also",
] as const;

export type Section = (typeof sections)[number];

export interface Page {
  readonly title: string;
  /** Text of each section by its heading, as far as the page has it. */
  readonly text: ReadonlyMap<string, string>;
}

/** Where the page of a call is, from docs/abi. */
export function pageName(call: SyscallName): string {
  return `${call.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;
}

export function parsePage(source: string): Page {
  const [head = "", ...rest] = source.split(/^## /m);
  const text = new Map<string, string>();
  for (const part of rest) {
    const end = part.indexOf("\n");
    text.set(part.slice(0, end).trim(), part.slice(end + 1).trim());
  }
  return { title: head.replace(/^# /, "").trim(), text };
}

/** The statuses that a page lists, each in a line of its own, whether or not there are such. */
export function refusalsOf(page: Page): string[] {
  const lines = (page.text.get("Refusals") ?? "").split("\n");
  return lines.flatMap((line) => /^- `(\w+)`: /.exec(line)?.[1] ?? []);
}

/** What is wrong with the page of a call, a sentence each. */
export function problemsOf(call: SyscallName, page: Page): string[] {
  return [...sectionProblems(call, page), ...nameProblems(page)];
}

function sectionProblems(call: SyscallName, page: Page): string[] {
  const problems: string[] = [];
  if (page.title !== call) problems.push(`the title is "${page.title}"`);
  if ([...page.text.keys()].join() !== sections.join()) {
    problems.push(`the sections are ${[...page.text.keys()].join(", ")}`);
  }
  for (const section of sections) {
    if (page.text.get(section) === "") problems.push(`"${section}" is empty`);
  }
  if (!page.text.get("Stub")?.includes(`${call}(`))
    problems.push("the stub is not that of the call");
  return problems;
}

function nameProblems(page: Page): string[] {
  const problems: string[] = [];
  const refusals = refusalsOf(page);
  for (const name of refusals) {
    if (!(name in Status) || name === "ok") problems.push(`"${name}" is no refusal`);
  }
  if (new Set(refusals).size < refusals.length) problems.push("a refusal is listed twice");
  for (const [, name = ""] of (page.text.get("Rights") ?? "").matchAll(/`(\w+)`/g)) {
    if (!(name in Right)) problems.push(`"${name}" is no right`);
  }
  return problems;
}
