// How the engine writes the frames of WebAssembly code, in each of its forms.
import { describe, expect, it } from "vitest";
import { faultStack } from "./fault-frames.ts";
import { noteFault, readFaultStack } from "./fault-origin.ts";
import { prepareModule } from "./prepare/index.ts";
import { assemble } from "./prepare/wat-fixture.ts";

function framesOf(...lines: readonly string[]): string[] {
  const stack = ["RuntimeError: unreachable", ...lines].join("\n");
  return faultStack(stack, undefined).frames.map(
    ({ functionName, functionIndex, offset }) => `${functionName} ${functionIndex} ${offset}`,
  );
}

describe("a stack", () => {
  it("has the frames of WebAssembly, with or without names", () => {
    const frames = framesOf(
      "    at lua.wasm.luaV_execute (wasm://wasm/lua.wasm-0012abcd:wasm-function[12]:0x1f0)",
      "    at wasm.main (wasm://wasm/0012abcd:wasm-function[3]:0x10)",
      "    at wasm://wasm/0012abcd:wasm-function[7]:0x2a",
      "    at Core.run (file:///somewhere/core.ts:12:3)",
      "    at async file:///somewhere/main.ts:1:1",
    );
    expect(frames).toEqual(["luaV_execute 12 496", "main 3 16", " 7 42"]);
  });

  it("keeps what is in a name", () => {
    const frames = framesOf(
      "    at a-b.wasm.operator()(int) const (wasm://wasm/a-b.wasm-0012abcd:wasm-function[1]:0x1)",
    );
    expect(frames).toEqual(["operator()(int) const 1 1"]);
  });

  it("is empty where nothing was thrown that has one", async () => {
    expect(await readFaultStack("a text")).toEqual({ frames: [], leftOut: [] });
    expect(faultStack("", undefined).frames).toEqual([]);
  });
});

describe("a program without debug sections", () => {
  it("has its frames, and no lines", async () => {
    const text = `(module (func $inner unreachable) (func (export "main") (call $inner)))`;
    const prepared = await prepareModule(assemble(text), { fuel: false, capture: "none" });
    const { exports } = new WebAssembly.Instance(prepared.module);
    let thrown: unknown;
    try {
      (exports["main"] as () => void)();
    } catch (error) {
      thrown = error;
    }
    noteFault(thrown, prepared);
    const { frames, leftOut } = await readFaultStack(thrown);
    expect(leftOut).toEqual([]);
    expect(frames.map(({ functionIndex }) => functionIndex)).toEqual([0, 1]);
    for (const { source, offset } of frames) {
      expect(source).toBeUndefined();
      expect(offset).toBeGreaterThan(0);
    }
  });
});
