// The echo examples: a server in either form and its client, real C through the real system.
import { describe, expect, it } from "vitest";
import { type Manner, type Member, runTogether } from "./together.ts";

const manners: readonly Manner[] = [
  { model: "process" },
  { model: "process", fuelSlice: 1000 },
  { model: "interrupt" },
  { model: "interrupt", fuelSlice: 1000 },
];

const client: Member = {
  program: ["examples/c/echo-client.c"],
  calls: [{ name: "echo", badge: 42 }],
};

/** The number that echo.h gives the portal. */
const handler = 7;

describe.each(manners)("the echo examples in the $model model, fuel slice $fuelSlice", (manner) => {
  it("a client gets every answer of a portal, and its badge", async () => {
    const server = { program: ["examples/c/echo-portal.c"], serves: [{ name: "echo", handler }] };
    const { codes, faults } = await runTogether([server, client], manner);
    expect(faults).toEqual([]);
    expect(codes).toEqual([0, 0]);
  });

  it("the same client gets the same answers of a receiver", async () => {
    const server = { program: ["examples/c/echo-receiver.c"], serves: [{ name: "echo" }] };
    const { codes, faults } = await runTogether([server, client], manner);
    expect(faults).toEqual([]);
    expect(codes).toEqual([0, 0]);
  });
});
