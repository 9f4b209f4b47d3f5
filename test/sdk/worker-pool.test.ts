// The worker pool example: a dispatcher that answers nobody at once, two workers, three clients.
import { describe, expect, it } from "vitest";
import { type Manner, type Member, runTogether } from "./together.ts";

const manners: readonly Manner[] = [
  { model: "process" },
  { model: "process", fuelSlice: 500 },
  { model: "interrupt" },
  { model: "interrupt", fuelSlice: 500 },
];

const dispatcher: Member = {
  program: ["examples/c/pool-dispatcher.c"],
  serves: [{ name: "pool" }],
};

function member(name: string): Member {
  return { program: [`examples/c/pool-${name}.c`], calls: [{ name: "pool" }] };
}

describe.each(manners)("the worker pool in the $model model, fuel slice $fuelSlice", (manner) => {
  it("every job gets its own result, and all go home", async () => {
    const workers = [member("worker"), member("worker")];
    const clients = [member("client"), member("client"), member("client")];
    const { codes, faults } = await runTogether([dispatcher, ...workers, ...clients], manner);
    expect(faults).toEqual([]);
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("clients wait for results while there is no worker, and none is lost when one comes late", async () => {
    // Of the lowest priority, the workers run only when all clients wait.
    const workers = [1, 2].map((priority) => ({ ...member("worker"), priority }));
    const clients = [member("client"), member("client"), member("client")];
    const { codes } = await runTogether([...clients, dispatcher, ...workers], manner);
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
