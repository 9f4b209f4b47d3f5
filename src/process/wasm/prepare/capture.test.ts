// A prepared module goes with what it was made from, and with nothing else: frames would be read wrongly.
import { describe, expect, it } from "vitest";
import { capturableProgram, rewriteForCapture } from "./capture.ts";
import { assemble } from "./wat-fixture.ts";

const text = (value: number): string => `(module
  (import "host" "wait" (func $wait))
  (func (export "main") (result i32) (loop (call $wait)) (i32.const ${value})))`;

describe("a module prepared for capture", () => {
  const [one, other] = [assemble(text(1)), assemble(text(2))];

  it.each([false, true])("is known by what it was made from, with fuel: %s", (fuel) => {
    const { frames } = capturableProgram(one, rewriteForCapture(one, fuel), fuel);
    expect(frames.functions.size).toBe(1);
  });

  it("is refused for another program, or prepared otherwise, as by another version", () => {
    const prepared = rewriteForCapture(one, false);
    expect(() => capturableProgram(other, prepared, false)).toThrow(/another version/);
    expect(() => capturableProgram(one, prepared, true)).toThrow(/another version/);
    expect(() => capturableProgram(one, one, false)).toThrow(/not prepared for capture/);
  });
});
