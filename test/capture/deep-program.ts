// A program that recurses as deep as it is told and then asks its host, for stacks near the engine's limit.
// Each frame keeps values across the call, and a handler that catches everything and counts what it caught.
import { capturableProgram, rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import { assemble } from "../../src/process/wasm/prepare/wat-fixture.ts";
import { ReservedExport } from "../../src/process/wasm/binary/index.ts";
import {
  type CapturableProgram,
  type ExternalHandles,
  FrameStore,
  UnwindingStack,
} from "../../src/process/wasm/resume/index.ts";

/** Where the stack is taken out: at a call of the host, or where a check finds the fuel used up. */
export type Place = "call" | "check";

type HostFunction = ((asked: number) => unknown) | WebAssembly.ImportValue;

/** Every frame keeps it: a value of the host, numbered on its way out and found on its way in. */
const thing = { name: "thing" };

/** The same in every thread: there is only one value. */
const handles: ExternalHandles = { numberOf: () => 0, valueOf: () => thing };

/** What the host answers at the bottom. */
export const answer = 5;

/** In place of how much a program may do before it is asked. */
export const endless = 2 ** 31 - 1;

/** What `down(depth)` comes to. */
export function expectedOf(depth: number): number {
  return depth + answer;
}

export class DeepProgram {
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;
  readonly #store = new FrameStore();

  /** @param localCount 64-bit values that each frame keeps across its call */
  constructor(localCount: number, place: Place) {
    const bytes = assemble(textOf(localCount));
    const fuel = place === "check";
    const rewritten = rewriteForCapture(bytes, fuel);
    this.#program = capturableProgram(bytes, rewritten, fuel);
    this.#module = new WebAssembly.Module(rewritten);
  }

  instantiate(ask: HostFunction, preempt: HostFunction): DeepInstance {
    const imports = { host: { ask }, shoal: { preempt } };
    const instance = new WebAssembly.Instance(this.#module, imports);
    const options = { program: this.#program, store: this.#store, handles };
    return new DeepInstance(new UnwindingStack({ ...options, instance }), instance);
  }
}

export class DeepInstance {
  readonly stack: UnwindingStack;
  readonly #down: (depth: number, kept: unknown) => number;
  readonly #exports: WebAssembly.Exports;

  constructor(stack: UnwindingStack, { exports }: WebAssembly.Instance) {
    this.stack = stack;
    this.#exports = exports;
    this.#down = exports["down"] as (depth: number, kept: unknown) => number; // in the text
  }

  down(depth: number): number {
    return this.#down(depth, thing);
  }

  suspendingDown(depth: number): Promise<unknown> {
    return WebAssembly.promising(this.#down)(depth, thing);
  }

  /** How often a handler of the program caught something. Nothing in it ever throws. */
  get caught(): number {
    return (this.#exports["caught"] as WebAssembly.Global).value as number; // in the text
  }

  /** What the frames that returned added up to. */
  get sum(): bigint {
    return (this.#exports["sum"] as WebAssembly.Global).value as bigint; // in the text
  }

  set fuel(units: number) {
    const counter = this.#exports[ReservedExport.fuel];
    if (counter instanceof WebAssembly.Global) counter.value = units;
  }
}

function textOf(localCount: number): string {
  const each = (write: (name: string, index: number) => string): string =>
    Array.from({ length: localCount }, (_, index) => write(`$kept${index}`, index)).join("\n");
  return `(module
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (global $caught (export "caught") (mut i32) (i32.const 0))
    (global $sum (export "sum") (mut i64) (i64.const 0))
    (func $down (export "down") (param $n i32) (param $thing externref) (result i32)
      (local $answer i32) ${each((name) => `(local ${name} i64)`)}
      ${each((name, index) => `(local.set ${name} (i64.add (i64.extend_i32_u (local.get $n)) (i64.const ${index})))`)}
      (if (i32.eqz (local.get $n)) (then (return (call $ask (i32.const ${answer})))))
      (block $done
        (block $handler
          (try_table (catch_all $handler)
            (local.set $answer
              (call $down (i32.sub (local.get $n) (i32.const 1)) (local.get $thing)))
            (br $done)))
        (global.set $caught (i32.add (global.get $caught) (i32.const 1))))
      ${each((name) => `(global.set $sum (i64.add (global.get $sum) (local.get ${name})))`)}
      (drop (ref.is_null (local.get $thing)))
      (i32.add (local.get $answer) (i32.const 1))))`;
}
