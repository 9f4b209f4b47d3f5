// What the rewriter adds, leaves alone and refuses. That programs still compute the same, moved or not,
// is tested in test/rewrite.
import { describe, expect, it } from "vitest";
import {
  ByteWriter,
  InvalidModuleError,
  readBinary,
  SectionId,
  writeBinary,
} from "../binary/index.ts";
import { bodyReaders, findCustomSection } from "../binary/index.ts";
import { assemble } from "../prepare/wat-fixture.ts";
import { CapturableProgram, FrameStore, UnwindingStack } from "../resume/index.ts";
import { decodeFrameTable, encodeFrameTable, makeCapturable } from "./index.ts";

const digits = assemble(`(module
  (import "host" "ask" (func $ask (param i32) (result i32)))
  (func $digits (export "digits") (param $n i32) (result i32) (local $value i32)
    (loop $again
      (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (call $ask (local.get $n))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $value))
  (func $leaf (export "leaf") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $calls_leaf (export "calls_leaf") (result i32) (call $leaf (i32.const 1))))`);

function bodiesOf(bytes: Uint8Array): string[] {
  return [...bodyReaders(readBinary(bytes))].map(({ position, end }) =>
    Buffer.from(bytes.subarray(position, end)).toString("hex"),
  );
}

function capturedFrame(): number[][] {
  const { bytes, source, frames } = makeCapturable(digits);
  const program = new CapturableProgram(source, frames);
  const ask = (n: number): number => (n === 5 ? stack.unwind() : 6 - n + 4);
  const module = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(module, { host: { ask } });
  const stack = new UnwindingStack({ program, instance, store: new FrameStore() });
  const run = instance.exports["digits"] as (n: number) => number;
  expect(() => run(6)).toThrow(WebAssembly.Exception);
  return stack
    .take()
    .frames.map(({ functionIndex, callNumber, values }) => [
      functionIndex,
      callNumber,
      ...new Int32Array(values.slice().buffer),
    ]);
}

describe("a capturable module", () => {
  it("saves what the call needs and nothing else: the argument's local and the product below it", () => {
    expect(capturedFrame()).toEqual([[1, 0, 5, 40]]);
  });

  it("leaves functions that reach no call of the host byte for byte as they were", () => {
    const before = bodiesOf(digits);
    const after = bodiesOf(makeCapturable(digits).bytes);
    expect(after[0]).not.toBe(before[0]);
    expect(after.slice(1, 3)).toEqual(before.slice(1));
  });

  it("is the same each time it is made", () => {
    expect(makeCapturable(digits).bytes).toEqual(makeCapturable(digits).bytes);
  });

  it("has a frame table that is the same when written and read", () => {
    const { frames } = makeCapturable(digits);
    expect(decodeFrameTable(encodeFrameTable(frames))).toEqual(frames);
    expect(() => decodeFrameTable(Uint8Array.of(99, 0, 0))).toThrow(/version 99/);
  });

  it("keeps the names of functions", () => {
    const { bytes } = makeCapturable(digits);
    const section = findCustomSection(readBinary(bytes), "name");
    const text = new TextDecoder().decode(bytes.subarray(section?.bodyStart, section?.end));
    expect(text).toContain("digits");
    expect(text).toContain("shoal.save_frame");
  });

  it("moves branch hints to where their branches went", () => {
    const [body] = bodyReaders(readBinary(digits));
    const at = digits.indexOf(0x0d, body?.position) - (body?.position ?? 0);
    const hints = new ByteWriter().u32(1).u32(1).u32(1).u32(at).u8(1).u8(1).finish();
    const hinted = writeBinary(readBinary(digits), {
      sections: new Map(),
      beforeCode: { name: "metadata.code.branch_hint", body: hints },
    });
    const { bytes } = makeCapturable(hinted);
    const binary = readBinary(bytes);
    const section = findCustomSection(binary, "metadata.code.branch_hint");
    const [moved] = bodyReaders(binary);
    const offset = bytes[(section?.bodyStart ?? 0) + 3] ?? 0;
    expect(offset).toBeGreaterThan(at);
    expect(bytes[(moved?.position ?? 0) + offset]).toBe(0x0d);
  });
});

describe("a malformed module", () => {
  /** With the code of `digits` changed by hand. */
  function broken(change: (code: Uint8Array) => void): Uint8Array {
    const bytes = digits.slice();
    const section = readBinary(bytes).sections.find(({ id }) => id === SectionId.code);
    change(bytes.subarray(section?.bodyStart, section?.end));
    return bytes;
  }

  function refusal(bytes: Uint8Array): InvalidModuleError {
    try {
      makeCapturable(bytes);
    } catch (error) {
      if (error instanceof InvalidModuleError) return error;
      throw error;
    }
    throw new Error("The module was accepted.");
  }

  it.each<[string, number, number, number, RegExp]>([
    ["an operand of another type", 0x6c, 0, 0x7e, /has type i32 where i64 is needed/],
    ["an operand too many", 0x6c, 0, 0x01, /more values|missing|needed/],
    ["an instruction that there is not", 0x6c, 0, 0xff, /unknown|cannot be captured/],
    ["a label that there is not", 0x0d, 1, 0x09, /there is no label 9/],
  ])("is refused with the place and the reason: %s", (_, opcode, behind, replacement, reason) => {
    const bytes = broken((code) => {
      code[code.indexOf(opcode, 5) + behind] = replacement;
    });
    const error = refusal(bytes);
    expect(error.reason).toMatch(reason);
    expect(error.offset).toBeGreaterThan(8);
    expect(error.offset).toBeLessThan(bytes.length);
  });
});
