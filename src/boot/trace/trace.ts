// `--trace calls`: every call that a program makes, with arguments and result, a line each, as strace
// does. It wraps the functions that a program is linked with; a program that is not traced never
// passes through here.
import { leaveStack, Register, statusName, syscallName } from "../../abi/index.ts";
import type { ImportFunction, Library } from "../../process/index.ts";

type Value = number | bigint;

/** How a traced import is shown: names of its arguments, and of its answer. */
export interface TraceForm {
  readonly parameters?: readonly string[];
  readonly result?: (answer: number) => string;
  /** A call that does not come back. */
  readonly isLast?: boolean;
  /** Appended after the answer: what the call left in memory, for calls that answer through it. */
  readonly detail?: (args: readonly Value[], answer: number) => string;
}

export interface TraceOptions {
  readonly write: (line: string) => void;
  readonly form: (module: string, name: string) => TraceForm;
}

/** The same library, whose functions tell of themselves. */
export function traced(library: Library, options: TraceOptions): Library {
  const modules = [...library].map(([module, functions]) => {
    const wrapped = [...functions].map(([name, one]) => {
      const form = options.form(module, name);
      return [name, tracedFunction(`${name}`, one, form, options.write)] as const;
    });
    return [module, new Map(wrapped)] as const;
  });
  return new Map(modules);
}

function tracedFunction(
  name: string,
  one: ImportFunction,
  form: TraceForm,
  write: (line: string) => void,
): ImportFunction {
  const tell = (args: readonly Value[], answer: number, resumed: boolean): number => {
    const head = `${name}(${args.map((arg, i) => shown(form.parameters?.[i], arg)).join(", ")})`;
    if (answer === leaveStack) {
      write(`${resumed ? "... " : ""}${head} ${form.isLast === true ? "= ?" : "waits"}`);
      return answer;
    }
    const result = form.result?.(answer) ?? String(answer);
    const detail = form.detail?.(args, answer) ?? "";
    write(`${resumed ? "... " : ""}${head} = ${result}${detail === "" ? "" : ` ${detail}`}`);
    return answer;
  };
  return {
    begin: (...args) => tell(args, one.begin(...args), false),
    finish: (...args) => tell(args, one.finish(...args), true),
  };
}

/** Small numbers in decimal, addresses in hexadecimal. */
function shown(name: string | undefined, value: Value): string {
  const isAddress = typeof value === "number" && value >= 0x1_0000;
  const text = isAddress ? `0x${value.toString(16)}` : String(value);
  return name === undefined ? text : `${name}=${text}`;
}

/** How the kernel's own imports are shown: a status by its name, and the message that came. */
export function kernelForm(name: string, registers: Int32Array): TraceForm {
  if (name === "word" || name === "set_word" || name === "label" || name === "badge") return {};
  return { result: statusName, detail: () => `[${messageText(registers)}]` };
}

function messageText(registers: Int32Array): string {
  const words = [...registers.subarray(Register.w0, Register.w5 + 1)].join(" ");
  return `label ${registers[Register.label]}, words ${words}`;
}

/**
 * An entry into the kernel that tells of every call made through it: the messages behind a library's
 * functions, indented, before the line of the function that they serve.
 */
export function tracedEnter(
  enter: () => number,
  registers: Int32Array,
  write: ((line: string) => void) | undefined,
): () => number {
  if (write === undefined) return enter;
  return () => {
    const call = syscallName(registers[Register.call]!) ?? `call ${registers[Register.call]}`;
    const head = `  ${call}(slot ${registers[Register.a0]}, ${messageText(registers)})`;
    const answer = enter();
    if (answer === leaveStack) write(`${head} waits`);
    else write(`${head} = ${statusName(registers[Register.status]!)} [${messageText(registers)}]`);
    return answer;
  };
}
