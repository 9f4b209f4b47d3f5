// Waiting on memory goes to the kernel's futex, and bad addresses trap as they did.
import { describe, expect, it } from "vitest";
import { InvalidModuleError, readBinary, readDeclarations } from "../binary/index.ts";
import { assemble, call, instantiateFuelled } from "./wat-fixture.ts";
import { insertFuel } from "./fuel.ts";

const body = `
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 offset=8 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify offset=4 (local.get 0) (local.get 1)))`;

function prepare(text: string): WebAssembly.Module {
  const binary = readBinary(assemble(text));
  return new WebAssembly.Module(insertFuel(binary, readDeclarations(binary)));
}

function recordingInstance(): { instance: WebAssembly.Instance; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const record =
    (name: string, answer: number) =>
    (...values: unknown[]): number => {
      calls.push([name, ...values]);
      return answer;
    };
  const shoal = {
    atomic_wait32: record("wait32", 1),
    atomic_wait64: record("wait64", 2),
    atomic_notify: record("notify", 3),
  };
  const module = prepare(`(module (memory 1 1 shared) ${body})`);
  return { instance: instantiateFuelled(module, 10, { shoal }).instance, calls };
}

describe("waiting and notifying", () => {
  it("call the kernel with the address, static offset included, and give back its answer", () => {
    const { instance, calls } = recordingInstance();
    expect(call(instance, "wait32", 16, 5, 1000n)).toEqual({ value: 1 });
    expect(call(instance, "wait64", 32, 6n, -1n)).toEqual({ value: 2 });
    expect(call(instance, "notify", 60, 7)).toEqual({ value: 3 });
    expect(calls).toEqual([
      ["wait32", 24, 5, 1000n],
      ["wait64", 32, 6n, -1n],
      ["notify", 64, 7],
    ]);
  });

  it.each([
    ["past the end", 65536 - 8],
    ["past the end of the address space", 0xffffffff - 7],
    ["not aligned", 17],
  ])("trap on an address that is %s, without reaching the kernel", (_, address) => {
    const { instance, calls } = recordingInstance();
    const original = new WebAssembly.Instance(
      new WebAssembly.Module(assemble(`(module (memory 1 1 shared) ${body})`)),
    );
    const outcome = call(instance, "notify", address + 4, 1);
    expect(outcome).toHaveProperty("trap");
    expect(outcome).toEqual(call(original, "notify", address + 4, 1));
    expect(call(instance, "wait32", address, 0, 0n)).toHaveProperty("trap");
    expect(calls).toEqual([]);
  });

  it("on a second memory is refused, since the kernel could not know which memory is meant", () => {
    const wait = `(memory.atomic.notify $second (i32.const 0) (i32.const 1))`;
    const text = `(module (memory 1) (memory $second 1 1 shared)
      (func (export "run") (result i32) ${wait}))`;
    expect(() => prepare(text)).toThrow(InvalidModuleError);
  });
});
