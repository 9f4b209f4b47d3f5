// All command lines that are compared, and what their native builds answered.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { callLines } from "./call-lines.ts";
import type { Answer, CommandLine, Subject } from "./command-line.ts";
import { programLines } from "./program-lines.ts";

export const allLines: readonly CommandLine[] = [...callLines, ...programLines];

/** What `record.ts` writes: answers by the title of their line. */
export interface Record {
  readonly by: string;
  readonly answers: { [title: string]: Answer };
}

export function expectedFile(subject: Subject): string {
  return join(import.meta.dirname, "expected", `${subject}.json`);
}

export function readRecord(subject: Subject): Record {
  // Written by record.ts and by nothing else.
  return JSON.parse(readFileSync(expectedFile(subject), "utf8")) as Record;
}
