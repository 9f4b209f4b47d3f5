// Programs prepared with fuel cannot keep the processor: neither from their own thread nor in a portal,
// which runs on its caller's time.
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { type Manner, type Member, runTogether } from "./together.ts";

const models = ["process", "interrupt"] as const;

const client: Member = { program: ["examples/c/echo-client.c"], calls: [{ name: "echo" }] };
const server: Member = { program: ["examples/c/echo-receiver.c"], serves: [{ name: "echo" }] };
const caller: Member = { program: ["test/sdk/call-once.c"], calls: [{ name: "spin" }] };

/** A portal that catches whatever is thrown into it and goes on for ever; its thread ends at once. */
const stubborn = `(module
  (memory (export "memory") 1)
  (func (export "_start"))
  (func (export "shoal_portal")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (loop $again
      (block $caught (try_table (catch_all $caught) (loop $spin (br $spin))))
      (br $again))
    (unreachable)))`;

function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.ExceptionHandling | binaryen.Features.ReferenceTypes);
  return module.emitBinary();
}

describe.each(models)("a program with fuel in the %s model", (model) => {
  it("lets others run however long it runs itself", async () => {
    const spinner: Member = { program: ["test/sdk/spin.c"] };
    const manner: Manner = {
      model,
      fuelSlice: 10_000,
      isOver: (codes) => codes[2] !== undefined && codes[3] !== undefined,
    };
    const { codes } = await runTogether([spinner, spinner, server, client], manner);
    expect(codes).toEqual([undefined, undefined, 0, 0]);
  });
});

describe("a program whose stack cannot be taken out", () => {
  it("is ended in a portal that runs too long, and its caller is told", async () => {
    const program = ["test/sdk/spin.c"];
    const spinner: Member = { program, serves: [{ name: "spin", handler: 1 }] };
    const isOver: Manner["isOver"] = (codes) => codes[1] !== undefined;
    const { codes } = await runTogether([spinner, caller], {
      model: "process",
      fuelSlice: 1000,
      isOver,
    });
    expect(codes).toEqual([undefined, Status.portalFuel]);
  });
});

describe("a program that catches everything", () => {
  it("cannot catch the end of its fuel in a portal", async () => {
    const program = assemble(stubborn);
    const spinner: Member = { program, serves: [{ name: "spin", handler: 1 }] };
    const { codes } = await runTogether([spinner, caller], { model: "process", fuelSlice: 1000 });
    expect(codes).toEqual([0, Status.portalFuel]);
  });
});
