// The conformance suite of the machine port: what every adapter must do, run alike on each of them.
// An adapter that cannot do something names the test and the reason, instead of having no test.
import { describe } from "vitest";
import { coreTests } from "./machine-cores.ts";
import { eventTests } from "./machine-events.ts";
import { memoryTests } from "./machine-memory.ts";
import { storeTests } from "./machine-store.ts";
import { timeTests } from "./machine-time.ts";
import type { MakeWorld } from "./world.ts";

export function machineConformance(name: string, make: MakeWorld): void {
  describe(name, () => {
    describe("time", () => timeTests(make));
    describe("events", () => eventTests(make));
    describe("memory and entropy", () => memoryTests(make));
    describe("cores", () => coreTests(make));
    describe("store", () => storeTests(make));
  });
}
