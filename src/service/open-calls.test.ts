// Open calls are found by all three words of their names, whoever else uses the same number.
import { describe, expect, it } from "vitest";
import { CallSignal } from "./call-signal.ts";
import { OpenCall } from "./open-call.ts";
import { OpenCalls } from "./open-calls.ts";

function openCall(low: number, high: number, number: number): OpenCall {
  return new OpenCall({ low, high, number }, new CallSignal(), () => undefined);
}

describe("open calls", () => {
  it("are told apart by client and number", () => {
    const calls = new OpenCalls();
    const all = [openCall(1, 1, 7), openCall(1, 2, 7), openCall(2, 1, 7), openCall(1, 1, 8)];
    for (const call of all) calls.add(call);
    expect(calls.count).toBe(4);
    for (const call of all) expect(calls.find({ ...call.name })).toBe(call);
    expect(calls.find({ low: 2, high: 2, number: 7 })).toBeUndefined();
  });

  it("are gone once, in whatever order they go", () => {
    const calls = new OpenCalls();
    const [first, second, third] = [openCall(1, 1, 7), openCall(1, 2, 7), openCall(2, 1, 7)];
    for (const call of [first, second, third]) calls.add(call);
    for (const call of [second, first, third]) {
      expect(calls.remove(call)).toBe(true);
      expect(calls.remove(call)).toBe(false);
      expect(calls.find(call.name)).toBeUndefined();
    }
    expect(calls.count).toBe(0);
    calls.add(first);
    expect(calls.find(first.name)).toBe(first);
  });
});
