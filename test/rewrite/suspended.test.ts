// A stack that the engine holds suspended is taken out by rejecting its suspension, and goes on, on a
// stack of its own, in a fresh instance, where it is suspended again.
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/process/wasm/prepare/wat-fixture.ts";
import {
  CapturableProgram,
  FrameStore,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";
import { makeCapturable } from "../../src/process/wasm/rewrite/index.ts";

const text = `(module
  (import "host" "wait" (func $wait (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $sum (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (i32.store (i32.shl (local.get $n) (i32.const 2)) (local.get $n))
    (i32.add (call $wait (local.get $n)) (call $sum (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "main") (param i32) (result i32) (call $sum (local.get 0))))`;

interface Suspension {
  readonly asked: number;
  readonly answer: (value: number) => void;
  readonly fail: (reason: unknown) => void;
}

class Host {
  readonly #store = new FrameStore();
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;
  #tell: (suspension: Suspension) => void = () => undefined;

  constructor() {
    const { bytes, frames, source } = makeCapturable(assemble(text));
    this.#program = new CapturableProgram(source, frames);
    this.#module = new WebAssembly.Module(bytes);
  }

  /** The next time that a stack is suspended. */
  suspended(): Promise<Suspension> {
    return new Promise((resolve) => (this.#tell = resolve));
  }

  instantiate(): UnwindingStack {
    const wait = new WebAssembly.Suspending((asked: number) => {
      return new Promise((answer, fail) => this.#tell({ asked, answer, fail }));
    });
    const instance = new WebAssembly.Instance(this.#module, { host: { wait } });
    return new UnwindingStack({ program: this.#program, instance, store: this.#store });
  }
}

describe("a suspended stack", () => {
  it.each([1, 2, 5])(
    "is taken out %i deep and goes on elsewhere, again and again",
    async (depth) => {
      const host = new Host();
      let stack = host.instantiate();
      let next = host.suspended();
      let end = WebAssembly.promising(stack.access.instance.exports["main"])(depth);
      for (let asked = depth; asked > 0; asked--) {
        for (let times = 0; times < 2; times++) {
          const { fail } = await next;
          const take = stack.expel(fail);
          const thrown = await end.catch((error: unknown) => error);
          expect(stack.isUnwinding(thrown)).toBe(true);
          const frames = take();
          const state = readState(stack.access);
          expect(frames.frames).toHaveLength(2 + depth - asked);
          stack = host.instantiate();
          writeState(stack.access, state);
          next = host.suspended();
          end = stack.resumeSuspending(frames)();
        }
        const suspension = await next;
        expect(suspension.asked).toBe(asked);
        next = host.suspended();
        suspension.answer(asked * 10);
      }
      expect(await end).toBe((10 * depth * (depth + 1)) / 2);
      const memory = stack.access.instance.exports["memory"] as WebAssembly.Memory; // in the text
      const stored = new Int32Array(memory.buffer, 4, depth);
      expect([...stored]).toEqual([...stored.keys()].map((index) => index + 1));
    },
  );
});
