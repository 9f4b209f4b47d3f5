// Capture through Asyncify: a program taken out in the middle of its recursion goes on as if
// nothing had been, and what Asyncify cannot do is said plainly.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageGlobals, isCapturable, prepareModule } from "./index.ts";
import { assemble, call, fuelOf } from "./wat-fixture.ts";
import type { PreparedModule } from "./index.ts";

const program = assemble(`(module
  (import "shoal" "receive" (func $receive (param i32) (result i32)))
  (memory 1)
  (global $calls (mut i32) (i32.const 0))
  (func $depth (export "depth") (param $n i32) (param $x f64) (result f64)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (result f64) (i32.eqz (local.get $n))
      (then (f64.add (local.get $x) (f64.convert_i32_s (call $receive (i32.const 7)))))
      (else (f64.mul (f64.const 1.5)
        (call $depth
          (i32.sub (local.get $n) (i32.const 1))
          (f64.add (local.get $x) (f64.const 1)))))))
  (func (export "count") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))`);

let cacheDirectory = "";
let prepared: PreparedModule;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "shoal-asyncify-"));
  prepared = await prepareModule(program, { fuel: true, capture: "asyncify", cacheDirectory });
}, 60_000);
afterAll(() => rm(cacheDirectory, { recursive: true, force: true }));

const Phase = { normal: 0, unwinding: 1, rewinding: 2 } as const;

const framesStart = 8;

interface Capturer {
  readonly instance: WebAssembly.Instance;
  /** Runs an export to its end, taking the stack out and putting it back at every wait. */
  readonly run: (name: string, ...values: unknown[]) => unknown;
  readonly captures: () => number;
}

// The least an adapter does: frames begin after two words that say where they are and may be.
function capturer(module: WebAssembly.Module): Capturer {
  let captures = 0;
  const phase = (): unknown => control("asyncify_get_state");
  const control = (name: string, ...values: unknown[]): unknown =>
    (instance.exports[name] as (...values: unknown[]) => unknown)(...values);
  const waitOrResume = (answer: number, refill: () => void) => (): number => {
    if (phase() === Phase.rewinding) {
      control("asyncify_stop_rewind");
      refill();
      return answer;
    }
    captures++;
    words().set([framesStart, memory.buffer.byteLength]);
    control("asyncify_start_unwind", 0);
    return 0;
  };
  const refill = (): void => void (fuelOf(instance).value = 10);
  const shoal = { receive: waitOrResume(42, () => {}), preempt: waitOrResume(0, refill) };
  const instance = new WebAssembly.Instance(module, { shoal });
  const memory = instance.exports["shoal_capture_memory"] as WebAssembly.Memory;
  const words = (): Int32Array => new Int32Array(memory.buffer);
  const run = (name: string, ...values: unknown[]): unknown => {
    for (;;) {
      const result = control(name, ...values);
      if (phase() === Phase.normal) return result;
      control("asyncify_stop_unwind");
      const image = words().slice(0, words()[0] / 4);
      words().fill(-1); // nothing but the frames up to the stated end may be needed
      words().set(image);
      control("asyncify_start_rewind", 0);
    }
  };
  return { instance, run, captures: () => captures };
}

describe("a captured program", () => {
  it("goes on from the middle of a recursion with its locals", () => {
    const { instance, run, captures } = capturer(prepared.module);
    fuelOf(instance).value = 1_000_000;
    expect(run("depth", 10, 0.5)).toBeCloseTo((10 + 0.5 + 42) * 1.5 ** 10, 9);
    expect(captures()).toBe(1);
    expect(call(instance, "asyncify_get_state")).toEqual({ value: Phase.normal });
  });

  it("can be taken out wherever its fuel ends, any number of times", () => {
    const { instance, run, captures } = capturer(prepared.module);
    fuelOf(instance).value = 10;
    expect(run("count", 1000)).toBe(500500);
    // Each strip of 32 turns uses up more than there is.
    expect(captures()).toBeGreaterThan(30);
  });

  it("shows the adapter its memory, table and globals under reserved names", () => {
    expect(isCapturable(prepared.facts)).toBe(true);
    expect(prepared.facts.memories[0].exportedAs).toBe("shoal_memory_0");
    expect(imageGlobals(prepared.facts)).toEqual([
      {
        index: 0,
        type: "i32",
        isImported: false,
        exportedAs: "shoal_global_0",
      },
    ]);
  });
});

// The text tool knows only the older form of exception handling, so a loop is turned into a handler
// by hand: `loop; nop; nop; nop; call 0` has room for `try_table (catch_all 0); call 0`.
function withHandler(): Uint8Array<ArrayBuffer> {
  const bytes = assemble(`(module (import "shoal" "receive" (func $receive))
    (func (export "run") (block (loop (nop) (nop) (nop) (call $receive)))))`);
  const at = Buffer.from(bytes).indexOf(Buffer.from([0x03, 0x40, 0x01, 0x01, 0x01, 0x10, 0]));
  bytes.set([0x1f, 0x40, 0x01, 0x02, 0x00], at);
  return bytes;
}

describe("what Asyncify cannot rewrite", () => {
  it("is refused with the model to use instead", async () => {
    const options = { fuel: false, capture: "asyncify", cacheDirectory } as const;
    expect(WebAssembly.validate(withHandler())).toBe(true);
    await expect(prepareModule(withHandler(), options)).rejects.toMatchObject({
      name: "InvalidModuleError",
      reason: expect.stringMatching(/exception handling/),
      advice: expect.stringMatching(/process model/),
    });
  }, 60_000);
});
