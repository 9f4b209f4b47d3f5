// The parts of docs/abi that the code decides: they stand between two markers and are written from
// the tables of src/abi. What is outside the markers belongs to people and is left as it is.
import {
  Descriptor,
  Kind,
  type KindName,
  StackState,
  stateHeaderWords,
  stateLayouts,
  stateVersion,
  stateWords,
  Status,
  type StatusName,
  Syscall,
  syscallFacts,
  type SyscallName,
  ThreadState,
} from "../../src/abi/index.ts";
import { type Page, pageName, refusalsOf } from "./page.ts";

/** The text of a generated part by its name, or undefined if there is no such part. */
export type Parts = (name: string) => string | undefined;

export type Pages = ReadonlyMap<SyscallName, Page>;

export const callNames = Object.keys(Syscall) as SyscallName[];

/** Writes the named parts of a document anew. A marker without a part is a mistake in the document. */
export function fillParts(source: string, parts: Parts): string {
  return source.replaceAll(
    /(<!-- generated: ([\w ]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const text = parts(name);
      if (text === undefined) throw new RangeError(`no part "${name}" can be generated here`);
      return `${start}${text}\n${end}`;
    },
  );
}

/** The parts of the page of a call. */
export function partsOfCall(call: SyscallName): Parts {
  return (name) => (name === "facts" ? factsOf(call) : undefined);
}

function factsOf(call: SyscallName): string {
  const { class: kind, stages } = syscallFacts[call];
  const left = stages.map((stage) => `\`${stage}\``).join(" or ");
  return `Call ${Syscall[call]}, ${kind}${left === "" ? "" : `; can be left at ${left}`}.`;
}

/** The parts of all other documents of docs/abi. */
export function partsOfOverview(pages: Pages): Parts {
  const parts = new Map<string, () => string>([
    ["calls", () => callTable(pages)],
    ["statuses", () => statusTable(pages)],
    ["descriptor", descriptorTable],
    ["thread states", () => numbered(ThreadState)],
    ["stack states", () => numbered(StackState)],
  ]);
  for (const kind of Object.keys(stateLayouts) as KindName[]) {
    parts.set(`state of ${kind}`, () => stateTable(kind));
  }
  return (name) => parts.get(name)?.();
}

function callTable(pages: Pages): string {
  const rows = callNames.map((call) => {
    const { class: kind, stages } = syscallFacts[call];
    const summary = pages.get(call)?.text.get("Summary")?.replaceAll("\n", " ") ?? "";
    const sentence = summary.slice(0, summary.search(/[.:] |\.$/));
    const left = stages.map((stage) => `\`${stage}\``).join(", ");
    return `| ${Syscall[call]} | [${call}](${pageName(call)}) | ${kind} | ${left} | ${sentence} |`;
  });
  return [
    "| no. | call | class | can be left at | what it does |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function statusTable(pages: Pages): string {
  const rows = (Object.keys(Status) as StatusName[]).map((status) => {
    const by = callNames.filter((call) => refusalsOf(pages.get(call)!).includes(status));
    const links = by.map((call) => `[${call}](${pageName(call)})`).join(", ");
    return `| ${Status[status]} | \`${status}\` | ${links} |`;
  });
  return ["| no. | status | answered by |", "|---|---|---|", ...rows].join("\n");
}

function descriptorTable(): string {
  const rows = Object.entries(Descriptor).map(([name, word]) => `| ${word} | \`${name}\` |`);
  return ["| word | name |", "|---|---|", ...rows].join("\n");
}

function numbered(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${value} \`${name}\``)
    .join(" · ");
}

function stateTable(kind: KindName): string {
  const rows = [`| 0 | \`kind\` | ${Kind[kind]} |`, `| 1 | \`version\` | ${stateVersion} |`];
  let word = stateHeaderWords;
  for (const { name, words, meaning } of stateLayouts[kind]) {
    const place = words === 1 ? `${word}` : `${word} to ${word + words - 1}`;
    rows.push(`| ${place} | \`${name}\` | ${meaning} |`);
    word += words;
  }
  const size = `${stateWords(kind)} words.`;
  return [size, "", "| word | field | meaning |", "|---|---|---|", ...rows].join("\n");
}
