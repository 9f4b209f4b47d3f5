// Runs a module to its end, and again with its stack taken out at chosen calls of the host and put back
// into a fresh instance each time. Both runs must come to the same: result or trap, calls of the host
// with their arguments, memory, globals.
import { createHash } from "node:crypto";
import {
  CapturableProgram,
  FrameStore,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";
import { makeCapturable } from "../../src/process/wasm/rewrite/index.ts";

export interface Outcome {
  /** What the entry answered, or what ended it. */
  readonly end: string;
  /** Calls of the host that were carried out, with their arguments. */
  readonly calls: readonly string[];
  readonly memory: string;
}

export interface Entry {
  readonly name: string;
  readonly args?: readonly unknown[];
}

/** Functions of the host; each carries out one call. */
export type HostFunctions = Readonly<Record<string, (...args: never[]) => unknown>>;

export type HostOf = (instance: () => WebAssembly.Instance) => HostFunctions;

/** Whether to take the stack out at this attempt of the host call with this number. */
export type StopRule = (call: number, attempt: number) => boolean;

const store = new FrameStore();

/** The module as it is. */
export function runPlain(bytes: Uint8Array, entry: Entry, host: HostOf): Outcome {
  const calls: string[] = [];
  const carryOut = (name: string, run: (...args: never[]) => unknown) => {
    return (...args: never[]) => {
      calls.push(describeCall(name, args));
      return run(...args);
    };
  };
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  const imports = wrapAll(
    host(() => instance),
    carryOut,
  );
  const instance = new WebAssembly.Instance(module, { host: imports });
  const end = endOf(() => functionOf(instance, entry.name)(...(entry.args ?? [])));
  return { end, calls, memory: hashOf(instance) };
}

export interface Interrupted {
  readonly outcome: Outcome;
  /** How often the stack was taken out, and the most frames it had. */
  readonly captures: number;
  readonly deepest: number;
}

/** One that can be run many times. */
export class InterruptibleModule {
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;
  readonly #host: HostOf;

  constructor(bytes: Uint8Array, host: HostOf) {
    const capturable = makeCapturable(bytes);
    this.#program = new CapturableProgram(capturable.source, capturable.frames);
    this.#module = new WebAssembly.Module(capturable.bytes);
    this.#host = host;
  }

  run(entry: Entry, stops: StopRule): Interrupted {
    const calls: string[] = [];
    let attempt = 0;
    let captures = 0;
    let deepest = 0;
    let stack: UnwindingStack;
    const carryOut = (name: string, run: (...args: never[]) => unknown) => {
      return (...args: never[]) => {
        if (stops(calls.length, attempt++)) stack.unwind();
        attempt = 0;
        calls.push(describeCall(name, args));
        return run(...args);
      };
    };
    let instance = this.#instantiate(carryOut);
    stack = this.#stackOf(instance);
    let next = (): unknown => functionOf(instance, entry.name)(...(entry.args ?? []));
    for (;;) {
      const end = endOf(next, (thrown) => stack.isUnwinding(thrown));
      if (end !== undefined) {
        return { outcome: { end, calls, memory: hashOf(instance) }, captures, deepest };
      }
      // As through a wire: nothing of the old instance is left in them.
      const frames = structuredClone(stack.take());
      const state = structuredClone(readState(stack.access));
      captures++;
      deepest = Math.max(deepest, frames.frames.length);
      instance = this.#instantiate(carryOut);
      stack = this.#stackOf(instance);
      writeState(stack.access, state);
      next = stack.resume(frames);
    }
  }

  #instantiate(carryOut: CarryOut): WebAssembly.Instance {
    const imports = wrapAll(
      this.#host(() => instance),
      carryOut,
    );
    const instance = new WebAssembly.Instance(this.#module, { host: imports });
    return instance;
  }

  #stackOf(instance: WebAssembly.Instance): UnwindingStack {
    return new UnwindingStack({ program: this.#program, instance, store });
  }
}

type CarryOut = (name: string, run: (...args: never[]) => unknown) => (...args: never[]) => unknown;

function wrapAll(host: HostFunctions, carryOut: CarryOut): Record<string, unknown> {
  return Object.fromEntries(Object.entries(host).map(([name, run]) => [name, carryOut(name, run)]));
}

function functionOf(instance: WebAssembly.Instance | undefined, name: string) {
  return instance?.exports[name] as (...args: unknown[]) => unknown; // fixtures export it
}

function describeCall(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map(describe).join(", ")})`;
}

function describe(value: unknown): string {
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  return typeof value === "function" ? "function" : String(value);
}

/** Undefined when what was thrown is passed over. */
function endOf(run: () => unknown): string;
function endOf(run: () => unknown, passes: (thrown: unknown) => boolean): string | undefined;
function endOf(run: () => unknown, passes?: (thrown: unknown) => boolean): string | undefined {
  try {
    return describe(run());
  } catch (thrown) {
    if (passes?.(thrown) === true) return undefined;
    if (thrown instanceof WebAssembly.Exception) return "exception";
    if (thrown instanceof WebAssembly.RuntimeError) return `trap: ${thrown.message}`;
    if (thrown instanceof RangeError) return "stack overflow";
    throw thrown;
  }
}

function hashOf({ exports }: WebAssembly.Instance): string {
  const hash = createHash("sha256");
  for (const value of Object.values(exports)) {
    if (value instanceof WebAssembly.Memory) hash.update(new Uint8Array(value.buffer));
  }
  return hash.digest("hex");
}
