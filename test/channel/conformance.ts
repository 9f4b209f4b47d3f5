// The conformance suite of carriers: what links over every one of them must do, run alike on each.
import { describe } from "vitest";
import { callTests } from "./conformance-calls.ts";
import { endTests } from "./conformance-end.ts";
import { messageTests } from "./conformance-messages.ts";
import type { MakeWorld } from "./world.ts";

export function carrierConformance(name: string, make: MakeWorld): void {
  describe(name, () => {
    describe("messages", () => messageTests(make));
    describe("calls", () => callTests(make));
    describe("ends", () => endTests(make));
  });
}
