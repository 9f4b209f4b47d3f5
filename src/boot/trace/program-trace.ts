// The trace of one program: whose lines they are, and how each of the modules it is linked with is shown.
import type { Library } from "../../process/index.ts";
import { threadForm } from "../program-threads.ts";
import { kernelForm, type TraceForm, traced } from "./trace.ts";
import { wasiForm } from "./trace-form.ts";

type Write = (line: string) => void;

/** Where the lines of a program go: of one of several, or of a thread after the first, they say whose. */
export function traceOfProgram(
  write: Write,
  program: { readonly pid: number; readonly name: string } | undefined,
  thread: number,
): Write {
  const whose: string[] = [];
  if (program !== undefined) whose.push(`${program.pid} ${program.name.replace(/^.*\//, "")}`);
  if (thread > 0) whose.push(`thread ${thread}`);
  return whose.length === 0 ? write : (line) => write(`[${whose.join(" ")}] ${line}`);
}

/** The library of a program, whose functions tell of themselves. */
export function tracedProgram(
  library: Library,
  registers: Int32Array,
  memory: () => Uint8Array,
  write: Write,
): Library {
  const form = (module: string, name: string): TraceForm => {
    const ofThreads = threadForm(module, name);
    if (ofThreads !== undefined) return ofThreads;
    return module === "shoal" ? kernelForm(name, registers) : wasiForm(name, memory);
  };
  return traced(library, { write, form });
}
