// Programs that were started as a group: whose death takes whom along.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { SystemRig } from "./rig.ts";

let rig: SystemRig;
let server = "";
let actor = "";

beforeAll(async () => {
  server = await compileHostedC("examples/c/kv-server.c");
  actor = await compileHostedC("test/up/actor.c");
});
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

function inGroup(mode: string, name: string, ...rest: readonly string[]) {
  const group = ["--group", "shop", "--restart-group", mode];
  return rig.run("run", "--detach", ...group, "--name", name, ...rest);
}

describe("a group of programs", () => {
  it("that restarts one leaves the others alone", async () => {
    for (const name of ["a", "b"]) await inGroup("one", name, server);
    const b = await rig.program("b");
    await rig.run("kill", "-s", "KILL", "a");
    await rig.when("a", ({ restarts, state }) => restarts === 1 && state === "running");
    expect(await rig.program("b")).toMatchObject({ pid: b.pid, restarts: 0 });
  });

  it("that restarts all starts them all again", async () => {
    for (const name of ["a", "b", "c"]) await inGroup("all", name, server);
    await rig.run("kill", "-s", "KILL", "a");
    for (const name of ["a", "b", "c"]) {
      await rig.when(name, ({ restarts, state }) => restarts === 1 && state === "running");
    }
  });

  it("that restarts all is given up when one of it is, and each says why", async () => {
    await inGroup("all", "a", "--restart-limit", "2", server);
    await inGroup("all", "b", "--restart-limit", "2", actor, "sleep:50", "trap");
    const a = await rig.when("a", ({ state }) => state === "failed");
    expect(a.end).toMatchObject({
      code: 134,
      how: "was ended: b, of the same group, was given up",
    });
    const b = await rig.when("b", ({ state }) => state === "failed");
    expect(b.end?.how).toContain("given up: it died 3 times");
  });

  it("that restarts all goes on when one of it has done what it had to do", async () => {
    await inGroup("all", "a", server);
    const { pid } = await rig.program("a");
    await inGroup("all", "b", actor, "exit:0");
    await rig.when("b", ({ state }) => state === "ended");
    expect(await rig.program("a")).toMatchObject({ state: "running", pid, restarts: 0 });
  });

  it("is chosen as a whole by its name", async () => {
    for (const name of ["a", "b"]) await inGroup("one", name, server);
    await rig.run("run", "--detach", "--name", "other", server);
    const states = async () => (await rig.list()).map(({ name, state }) => `${name} ${state}`);
    await rig.run("stop", "--group", "shop");
    expect(await states()).toEqual(["a stopped", "b stopped", "other running"]);
    await rig.run("start", "--group", "shop");
    expect(await states()).toEqual(["a running", "b running", "other running"]);
    await rig.run("rm", "--force", "--group", "shop");
    expect(await states()).toEqual(["other running"]);
  });

  it("restarts in one way, and a program that wants another is refused", async () => {
    await inGroup("one", "a", server);
    expect(await inGroup("all", "b", server)).toMatchObject({
      code: 126,
      stderr: expect.stringContaining("the group shop is there and restarts one") as string,
    });
  });
});
