// What a run came to, in a form that two runs can be compared by: how it ended, what it asked of the
// host, every byte of its memory, and what its globals and tables hold.
import { createHash } from "node:crypto";
import { describe, TooManyCallsError } from "./host.ts";

export interface Outcome {
  /** What the entry answered, or what ended it. */
  readonly end: string;
  readonly calls: readonly string[];
  /** Digest of the memory, with the globals written into it. */
  readonly memory: string;
  readonly tables: readonly string[];
}

export function outcomeOf(
  end: string,
  calls: readonly string[],
  instance: WebAssembly.Instance,
): Outcome {
  const { exports } = instance;
  // Every random module exports these.
  (exports["dump"] as () => void)();
  const { buffer } = exports["memory"] as WebAssembly.Memory;
  const memory = createHash("sha256").update(new Uint8Array(buffer)).digest("hex");
  const tables = ["functions", "externs"].map((name) => contents(exports, name));
  return { end, calls: [...calls], memory, tables };
}

// A function is known by the export that it is; one of the host's is none.
function contents(exports: WebAssembly.Exports, name: string): string {
  const table = exports[name] as WebAssembly.Table; // see above
  const names = new Map<unknown, string>();
  for (const [exported, value] of Object.entries(exports)) {
    if (exported.startsWith("function ")) names.set(value, exported);
  }
  return Array.from({ length: table.length }, (_, at) => {
    const value: unknown = table.get(at);
    if (typeof value === "function") return names.get(value) ?? "of the host";
    return describe(value);
  }).join(", ");
}

/** What a thrown value says of the program, if it is one that a program may end with. */
export function endOf(thrown: unknown): string {
  if (thrown instanceof WebAssembly.Exception) return "exception";
  if (thrown instanceof WebAssembly.RuntimeError) return `trap: ${thrown.message}`;
  if (thrown instanceof TooManyCallsError) return "too many calls";
  if (thrown instanceof RangeError && /call stack/.test(thrown.message)) return "stack overflow";
  throw thrown;
}

export function endOfAnswer(answer: unknown): string {
  return describe(answer);
}
