// A hostile program that uses up its stack and then makes every kernel call with bad arguments, at every
// depth near the end: directly, and in a portal, which runs on its caller's stack. It may trap; the
// kernel may not be harmed.
import { setFlagsFromString } from "node:v8";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FaultReason } from "../../src/abi/index.ts";
import { reasonOf } from "../../src/process/wasm/index.ts";
import { compileC } from "./compile.ts";
import { type Manner, type Member, runTogether } from "./together.ts";

const echo: Member = {
  program: ["examples/c/echo-portal.c"],
  serves: [{ name: "echo", handler: 7 }],
};

const hostile: Member = {
  program: ["test/sdk/hostile.c"],
  serves: [{ name: "hostile", handler: 1 }],
  calls: [{ name: "echo" }],
};

const client: Member = {
  program: ["test/sdk/hostile-client.c"],
  calls: [{ name: "hostile" }],
};

/** Which of its compilers the engine uses decides how large frames are. */
const compilers = [
  { compiler: "the baseline compiler", on: "--liftoff-only", off: "--no-liftoff-only" },
  { compiler: "the optimising compiler", on: "--no-liftoff", off: "--liftoff" },
  { compiler: "one compiler after the other", on: "--liftoff", off: "--liftoff" },
];

const models = ["process", "interrupt"] as const;

describe.each(compilers)("a hostile program at the end of its stack, code by $compiler", ({ on, off }) => {
  beforeAll(() => setFlagsFromString(on));
  afterAll(() => setFlagsFromString(off));

  it.each(models)("harms no kernel from a portal in the %s model", async (model) => {
    const manner: Manner = { model, verifiesCalls: true };
    const { codes, faults } = await runTogether([echo, hostile, client], manner);
    expect(codes).toEqual([0, 0, 0]);
    expect(new Set(faults.map(({ reason }) => reason))).toEqual(new Set([FaultReason.stackOverflow]));
  });
});
