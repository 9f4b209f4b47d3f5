// A durable service becomes another while it runs, or stays what it is and says why.
import { describe, expect, it } from "vitest";
import { withOptions } from "../../src/service/index.ts";
import { rehearseService, rehearseUpgrade } from "../../src/boot/index.ts";
import { ServiceWorld } from "./grid/service-world.ts";
import { codesOf } from "./grid/test-codes.ts";
import { Bank, clientIn, type Grid } from "./grid/workload.ts";

const quick = { waitMs: 200, endsOpen: false };

/** A service of the first of these fixtures, that can become the others. */
async function begin(...fixtures: readonly string[]) {
  const codes = await codesOf("grid", ...fixtures);
  const world = new ServiceWorld({ codes, kills: [], ask: new Bank().ask });
  await world.begin();
  const become = (manner = quick): Promise<void> => world.service.upgrade(codes.hashes[1]!, manner);
  return { codes, world, become, grid: clientIn(world, 1) };
}

describe("an upgrade of a service that runs", () => {
  it("keeps the state, in its new form, and clients go on", async () => {
    const { world, become, grid } = await begin("grid-next");
    const id = await grid.add("before");
    await become();
    expect(await grid.form()).toBe(3);
    expect(await grid.add("after")).not.toBe(id);
    expect((await grid.all()).map(({ name }) => name)).toEqual(["before", "after"]);
    world.close();
  });

  it("waits for what is open, and lets in what came meanwhile", async () => {
    const { world, become, grid } = await begin("grid-next");
    const slow = grid.later("slow", 60);
    const upgraded = become();
    const held = grid.form();
    await Promise.all([slow, upgraded]);
    expect(await held).toBe(3);
    expect((await grid.all()).map(({ name }) => name)).toEqual(["slow"]);
    world.close();
  });

  it("is dropped if a call stays open, and nobody notices", async () => {
    const { world, become, grid } = await begin("grid-next");
    const slow = grid.later("slow", 400);
    await expect(become()).rejects.toThrow(/after 0\.2 s .* still open \(2\)/);
    expect(await grid.form()).toBe(1);
    await slow;
    expect((await grid.all()).map(({ name }) => name)).toEqual(["slow"]);
    world.close();
  });

  it("ends what stays open, if that is asked for", async () => {
    const { world, become, grid } = await begin("grid-next");
    const never = grid.never("never").catch((error: unknown) => String(error));
    await become({ waitMs: 50, endsOpen: true });
    expect(await never).toMatch(/^AbortError: the call was open for too long/);
    expect(await grid.form()).toBe(3);
    world.close();
  });

  it.each([
    ["upgrade-throws", /its upgrade fails: RangeError: no way from 0/],
    [
      "upgrade-missing",
      /the state has version 0, and the new service, of version 2, has no upgrade/,
    ],
    ["upgrade-waits", /its upgrade gives a promise/],
    ["upgrade-unplain", /after its upgrade its state holds a function at run/],
    ["upgrade-no-service", /its version is not a whole number/],
  ])("to %s is dropped, with the reason", async (fixture, why) => {
    const { world, become, grid } = await begin(fixture);
    await grid.add("before");
    const { end } = world.log;
    await expect(become()).rejects.toThrow(why);
    expect(world.log.end).toBe(end);
    expect((await grid.all()).map(({ name }) => name)).toEqual(["before"]);
    world.close();
  });

  it("is rehearsed on its log, with the methods that would be missing and how often they were called", async () => {
    const { codes, world, grid } = await begin("upgrade-smaller");
    await grid.add("one");
    await grid.add("two");
    const rehearsed = { log: world.log, images: undefined, codes, connections: ["bank"] };
    const silent = { ...rehearsed, say: () => undefined };
    const { missing, calls, fromVersion, toVersion } = await rehearseUpgrade(
      silent,
      codes.hashes[1]!,
    );
    expect(missing).toContain("add");
    expect(calls.get("add")).toBe(2);
    expect([fromVersion, toVersion]).toEqual([0, 0]);
    world.close();
  });

  it("can be gone through again from the start of the log, by both codes in their turn", async () => {
    const { codes, world, become, grid } = await begin("grid-next");
    await grid.add("before");
    await become();
    await grid.add("after");
    const rehearsed = { log: world.log, images: undefined, codes, connections: ["bank"] };
    const { code, openCount } = await rehearseService({ ...rehearsed, say: () => undefined });
    expect([code, openCount]).toEqual([codes.hashes[1], 0]);
    world.close();
  });
});

describe("while calls wait outside", () => {
  it("a call with functions that is held does not keep the others from ending", async () => {
    const { world, become, grid } = await begin("grid-next");
    const slow = grid.later("slow", 50);
    const upgraded = become();
    const each = grid.each("each", async (value) => value);
    await Promise.all([slow, upgraded]);
    expect(await each).toBe(6);
    world.close();
  });

  it("a call that is given up before it is let in is told so when it is", async () => {
    const { world, become, grid } = await begin("grid-next");
    const slow = grid.later("slow", 60);
    const upgraded = become();
    const given: Grid = withOptions(grid, { deadlineMs: 10 });
    await expect(given.never("given up")).rejects.toThrow(/within 10 ms/);
    await Promise.all([slow, upgraded]);
    const names = async () => (await grid.all()).map(({ name }) => name);
    await expect.poll(names).toEqual(["slow", "given up"]);
    world.close();
  });
});

it("the trace of an error is the service's own, wherever it is brought up", async () => {
  const { world, grid } = await begin();
  const error = await grid.fail("x").catch((reason: unknown) => reason as Error);
  const frames = String((error as Error).stack)
    .split("\n")
    .slice(1);
  expect(frames.length).toBeGreaterThan(0);
  for (const frame of frames) expect(frame).toMatch(/^ {4}at .*grid\.ts:\d+:\d+\)?$/);
  const { nothing } = grid as unknown as { nothing(): Promise<unknown> };
  const none = await nothing().catch((reason: unknown) => reason);
  expect((none as Error).stack).toBe(String(none));
  world.close();
});
