// What leaving a wasm program costs before any kernel does anything: a plain import, the same with
// the caller inside a promising export, and an import that could suspend but answers at once. The
// distance between the last two is why a linking wrapper tries the plain import first.
import type { Subject } from "../harness/rounds.ts";
import { instantiate } from "./assemble.ts";
import { engine, exportedFunction } from "./engine.ts";
import { expectedEmptySum, replyMask } from "./message.ts";
import { importCaller } from "./programs.wat.ts";

export const importNames = {
  plain: "import/plain",
  promising: "import/promising",
  suspendingAtOnce: "import/suspendingAtOnce",
} as const;

export function importFloors(operations: number): Subject[] {
  const expected = expectedEmptySum(operations);
  const plain = callerOf((label: number) => label ^ replyMask);
  const inside = engine.promising(callerOf((label: number) => label ^ replyMask));
  const suspending = new engine.Suspending((label: number) => label ^ replyMask);
  const atOnce = engine.promising(callerOf(suspending));
  return [
    { name: importNames.plain, operations, expected, run: () => plain(operations) },
    { name: importNames.promising, operations, expected, run: () => inside(operations) },
    { name: importNames.suspendingAtOnce, operations, expected, run: () => atOnce(operations) },
  ];
}

function callerOf(answer: unknown): (...args: number[]) => number {
  return exportedFunction(instantiate("caller", importCaller, { kernel: { answer } }), "run");
}
