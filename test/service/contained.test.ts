// Durable services that loop or use up memory, beside one that does neither: each has a process, a thread and a heap
// of its own, so the other notices nothing, and they themselves come back without the request that did it.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect } from "../../src/boot/index.ts";
import { SystemRig } from "../up/rig.ts";
import type * as greedyModule from "./fixtures/greedy.ts";

type Greedy = typeof greedyModule;

const before = { ...process.env };
const file = fileURLToPath(new URL("./fixtures/greedy.ts", import.meta.url));
let rig: SystemRig;

beforeAll(async () => {
  rig = new SystemRig();
  Object.assign(process.env, rig.env);
  for (const name of ["greedy", "modest"]) {
    const limits = ["--hang-seconds", "1", "--memory-max", "64m"];
    await rig.run("run", "--detach", "--durable", ...limits, "--name", name, file);
  }
});

afterAll(async () => {
  process.env = { ...before };
  await rig.close();
});

it.each([
  ["loop", /the core of greedy was ended: one program has kept its core for \d+ s/],
  ["leak", /the core of greedy broke \(Worker terminated due to reaching memory limit/],
] as const)(
  "a service that is told to %s ends its core, and nobody else's",
  { timeout: 200_000 },
  async (method, told) => {
    await using greedy = await connect<Greedy>("greedy", { timeoutSeconds: 150 });
    await using modest = await connect<Greedy>("modest", { timeoutSeconds: 150 });
    const count = await greedy.add();
    const { pid } = await rig.program("modest");
    let isOver = false;
    const bad = greedy[method]().catch((error: unknown) => String(error));
    const ended = bad.finally(() => (isOver = true));
    for (let last = await modest.add(); !isOver;) expect(await modest.add()).toBe(++last);
    expect(await ended).toMatch(
      /^ServiceGoneError: the service died of this request again and again/,
    );
    expect(await greedy.add()).toBe(count + 1);
    expect(await rig.program("modest")).toMatchObject({ pid, restarts: 0 });
    expect((await rig.run("logs", "greedy")).stderr).toMatch(told);
  },
);
