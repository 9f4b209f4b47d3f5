// Which functions the stack can be taken out of: those from which a call of the kernel can be reached.
// All others are leaves as far as capture goes, and stay byte for byte as they were.
import type { CodeScan } from "./code-scan.ts";

/**
 * For every function index, whether the stack may be taken out while it runs. A call through a table
 * or a reference may reach anything.
 *
 * @param importUnwinds for every imported function, whether the stack may be taken out of it
 */
export function findReach(scan: CodeScan, importUnwinds: readonly boolean[]): Uint8Array {
  const importedCount = importUnwinds.length;
  const unwinds = new Uint8Array(importedCount + scan.functions.length);
  const pending: number[] = [];
  const mark = (index: number): void => {
    if (unwinds[index] === 1) return;
    unwinds[index] = 1;
    pending.push(index);
  };
  importUnwinds.forEach((does, index) => does && mark(index));
  scan.functions.forEach(({ callsUnknown }, position) => {
    if (callsUnknown) mark(importedCount + position);
  });
  const callers = callersOf(scan, importedCount);
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    for (const caller of callers[index] ?? []) mark(caller);
  }
  return unwinds;
}

function callersOf(scan: CodeScan, importedCount: number): readonly (number[] | undefined)[] {
  const callers: number[][] = [];
  scan.functions.forEach(({ callees }, position) => {
    for (const callee of callees) (callers[callee] ??= []).push(importedCount + position);
  });
  return callers;
}
