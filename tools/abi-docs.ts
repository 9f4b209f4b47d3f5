// Keeps docs/abi true: checks the page of every kernel call and writes the parts that the code decides.
// The test beside this file fails as long as running it would change anything.
//
//   node tools/abi-docs.ts
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SyscallName } from "../src/abi/index.ts";
import { pageName, parsePage, problemsOf } from "./abi-docs/page.ts";
import {
  callNames,
  fillParts,
  type Pages,
  partsOfCall,
  partsOfOverview,
} from "./abi-docs/render.ts";

export const folder = join(import.meta.dirname, "../docs/abi");

/** All documents of a folder by name. */
export function readDocuments(from: string): Map<string, string> {
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith(".md")) : [];
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(from, name), "utf8")]));
}

export function pagesOf(documents: ReadonlyMap<string, string>): Pages {
  return new Map(callNames.map((call) => [call, parsePage(documents.get(pageName(call)) ?? "")]));
}

/** The same documents with their generated parts as the code has them now. */
export function rewritten(documents: ReadonlyMap<string, string>): Map<string, string> {
  const calls = new Map<string, SyscallName>(callNames.map((call) => [pageName(call), call]));
  const overview = partsOfOverview(pagesOf(documents));
  const written = new Map<string, string>();
  for (const [name, source] of documents) {
    const call = calls.get(name);
    written.set(name, fillParts(source, call === undefined ? overview : partsOfCall(call)));
  }
  return written;
}

/** What is wrong with the pages of the calls, a line each. */
export function problems(documents: ReadonlyMap<string, string>): string[] {
  return callNames.flatMap((call) => {
    const source = documents.get(pageName(call));
    if (source === undefined) return [`${pageName(call)}: there is no such page`];
    return problemsOf(call, parsePage(source)).map((problem) => `${pageName(call)}: ${problem}`);
  });
}

function main(): void {
  const documents = readDocuments(folder);
  for (const [name, text] of rewritten(documents)) {
    if (text === documents.get(name)) continue;
    writeFileSync(join(folder, name), text);
    console.log(`docs/abi/${name} written`);
  }
  const found = problems(documents);
  for (const problem of found) console.log(`docs/abi/${problem}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

if (import.meta.main) main();
