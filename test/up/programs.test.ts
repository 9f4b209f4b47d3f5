// Programs handed to the background system: what is said of them, what can be done to them, what they wrote.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SessionDescription } from "../../src/boot/index.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { until } from "../session/command.ts";
import { isThere, SystemRig } from "./rig.ts";

let rig: SystemRig;
let actor = "";
let server = "";
let client = "";

beforeAll(async () => {
  server = await compileHostedC("examples/c/kv-server.c");
  client = await compileHostedC("examples/c/kv-client.c");
  actor = await compileHostedC("test/up/actor.c");
});
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

describe("a program of the background system", () => {
  it("can be called when the command that started it ends, and is listed", async () => {
    expect(await rig.run("run", "--detach", "--durable", "--name", "kv", server)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^kv runs as process \d+\n$/) as string,
    });
    expect(await rig.bench.call("kv", client, "put", "a", "1")).toEqual(["ok"]);
    expect(await rig.when("kv", ({ answered }) => answered === 1)).toMatchObject({
      name: "kv",
      state: "running",
      level: "host",
      epoch: 1,
      restarts: 0,
      group: null,
      end: null,
    });
    const { stdout } = await rig.run("ps");
    expect(stdout).toMatch(/^NAME +PID +STATE .*\nkv +\d+ +running +host +- +1 +0 +\d+s .* 1\n$/);
  });

  it("writes to where logs finds it, each stream to the same stream", async () => {
    const acts = ["out:first", "err:second", "part:thi", "sleep:20", "part:rd", "exit:0"];
    await rig.run("run", "--detach", "--name", "actor", actor, ...acts);
    await rig.when("actor", ({ state }) => state === "ended");
    const { code, stdout, stderr } = await rig.run("logs", "actor");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "first\nthird" });
    expect(stderr).toMatch(/^second\nshoal: actor ended with code 0 after .*\n$/);
    expect((await rig.run("logs", "-n", "2", "actor")).stdout).toBe("third");
    const lines = (await rig.run("logs", "--json", "actor")).stdout.trimEnd().split("\n");
    expect(JSON.parse(lines[0]!)).toMatchObject({ stream: "out", text: "first", isWhole: true });
  });

  it("can be followed until it is over", async () => {
    await rig.run("run", "--detach", "--name", "actor", actor, "out:a", "sleep:400", "out:b");
    const following = rig.start("logs", "-f", "actor");
    expect(await following.ended).toBe(0);
    expect(following.stdout).toBe("a\nb\n");
  });

  it("that cannot be started is told of with its own words and its code", async () => {
    const { code, stderr } = await rig.run("run", "--detach", "--name", "none", "none.wasm");
    expect(code).toBe(127);
    expect(stderr).toMatch(/^shoal: none died with code 127 .*\n {4}shoal: there is no file/);
    expect(await rig.program("none")).toMatchObject({ state: "failed", end: { code: 127 } });
  });

  it("that breaks is started again, and given up in the end", async () => {
    const options = ["--detach", "--restart-limit", "2", "--name", "actor"];
    await rig.run("run", ...options, actor, "out:life", "trap");
    const { end, restarts } = await rig.when("actor", ({ state }) => state === "failed");
    expect({ end, restarts }).toMatchObject({
      end: { code: 134, how: expect.stringContaining("given up: it died 3 times") as string },
    });
    expect((await rig.run("logs", "actor")).stdout).toBe("life\nlife\nlife\n");
  });

  it("comes back when its process is killed, and is gone when it is stopped", async () => {
    await rig.run("run", "--detach", "--durable", "--name", "kv", server);
    await rig.bench.call("kv", client, "put", "a", "1");
    const { pid } = await rig.program("kv");
    expect((await rig.run("kill", "-s", "KILL", "kv")).code).toBe(0);
    const next = await rig.when("kv", (now) => now.state === "running" && now.pid !== pid);
    expect(next.restarts).toBe(1);
    expect(next.epoch).toBeGreaterThan(1);
    expect(await rig.bench.call("kv", client, "get", "a")).toEqual(["1"]);
    expect((await rig.run("stop", "kv")).stdout).toBe("kv is stopped\n");
    expect(isThere(next.pid!)).toBe(false);
    expect((await rig.run("start", "kv")).code).toBe(0);
    expect(await rig.bench.call("kv", client, "get", "a")).toEqual(["1"]);
  });

  it("keeps its name until it is stopped, and its entry until it is removed", async () => {
    await rig.run("run", "--detach", "--name", "kv", server);
    expect(await rig.run("run", "--detach", "--name", "kv", server)).toMatchObject({
      code: 126,
      stderr: expect.stringMatching(/^shoal: kv runs already \(process \d+\)/) as string,
    });
    expect(await rig.run("run", "--name", "kv", server)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`runs already, as process ${rig.systemPid}`) as string,
    });
    expect((await rig.run("rm", "kv")).stderr).toContain("end it first with shoal stop kv");
    expect((await rig.run("rm", "--force", "kv")).stdout).toBe("kv is removed\n");
    expect(await rig.list()).toEqual([]);
    expect((await rig.run("stop", "kv")).stderr).toContain("there is no program named kv");
  });

  it("that somebody else runs under the same name is refused, and says who", async () => {
    const other = await rig.bench.serve("kv", server);
    const { code, stderr } = await rig.run("run", "--detach", "--name", "kv", server);
    expect({ code, stderr }).toEqual({
      code: 126,
      stderr: expect.stringContaining(`kv is run by process ${other.child.pid}`) as string,
    });
  });

  it("is started again by the next system, unless it was stopped or has ended", async () => {
    await rig.run("run", "--detach", "--durable", "--name", "kv", server);
    await rig.run("run", "--detach", "--name", "stopped", server);
    await rig.run("run", "--detach", "--name", "ended", actor, "exit:3");
    await rig.run("stop", "stopped");
    await rig.when("ended", ({ state }) => state === "failed");
    await rig.run("down");
    await rig.run("up");
    await rig.when("kv", ({ state }) => state === "running");
    expect((await rig.list()).map(({ name, state }) => [name, state])).toEqual([
      ["ended", "failed"],
      ["kv", "running"],
      ["stopped", "stopped"],
    ]);
  });

  it("is upgraded as any other is", async () => {
    const data = ["--durable", "--name", "kv"];
    await rig.run("run", "--detach", ...data, server);
    await rig.bench.call("kv", client, "put", "a", "1");
    const { pid } = await rig.program("kv");
    // Another file with the same program: the name of a section is all that differs.
    const larger = join(rig.bench.directory, "larger.wasm");
    writeFileSync(larger, Buffer.concat([readFileSync(server), customSection]));
    expect(await rig.run("upgrade", "kv", larger)).toMatchObject({ code: 0 });
    await rig.when("kv", (now) => now.state === "running" && now.pid !== pid);
    expect(await rig.bench.call("kv", client, "get", "a")).toEqual(["1"]);
  });

  it("is told all about: what it has, who calls it, what is kept of it", async () => {
    const work = ["--dir-read-only", `${rig.bench.directory}::/work`];
    await rig.run("run", "--detach", "--durable", ...work, "--name", "kv", server);
    await rig.bench.call("kv", client, "put", "a", "1");
    const told = await rig.json<Inspection>("inspect", "kv");
    expect(told).toMatchObject({
      name: "kv",
      status: { state: "running", level: "host" },
      session: { objects: { space: expect.any(Number) as number } },
      log: { records: { first: 0, end: 1, epoch: 1 }, images: 0 },
    });
    const [program] = told.session.programs;
    expect(program!.descriptors.map(({ fd, kind, path }) => [fd, kind, path])).toEqual([
      [0, "characterDevice", null],
      [1, "unknown", null],
      [2, "unknown", null],
      [3, "directory", "/work"],
    ]);
    expect((await rig.run("inspect", "kv")).stdout).toMatch(
      /^kv\n {2}state {5}running, process \d+/,
    );
    expect(await rig.run("inspect", "other")).toMatchObject({
      code: 127,
      stderr: expect.stringContaining("there is nothing named other") as string,
    });
  });

  it("that has its level is told about and can be captured through the same socket", async () => {
    const options = ["--detach", "--level", "checkpoint", "--name", "kv"];
    await rig.run("run", ...options, server);
    const told = await rig.json<Inspection>("inspect", "kv");
    expect(told.session.programs).toHaveLength(1);
    const image = join(rig.bench.directory, "image");
    expect((await rig.run("freeze", "--keep-running", "kv", "-o", image)).code).toBe(0);
  });

  it("without a level cannot be frozen, and says what it lacks", async () => {
    await rig.run("run", "--detach", "--name", "kv", server);
    expect(await rig.run("freeze", "kv", "-o", join(rig.bench.directory, "image"))).toMatchObject({
      code: 126,
      stderr: "shoal: kv cannot be frozen: it was not started with --level checkpoint or preempt\n",
    });
  });

  it("ends with its image when it is frozen, and is not started again", async () => {
    const options = ["--detach", "--level", "checkpoint", "--name", "actor"];
    await rig.run("run", ...options, actor, "out:a", "sleep:600000");
    await until("it has begun", () => rig.cellPids.length === 1);
    const image = join(rig.bench.directory, "image");
    expect((await rig.run("freeze", "actor", "-o", image)).code).toBe(0);
    expect(await rig.when("actor", ({ pid }) => pid === null)).toMatchObject({ state: "ended" });
  });
});

interface Inspection {
  readonly session: SessionDescription;
}

/** Bytes that add nothing to a module but a name. */
const customSection = Uint8Array.of(0, 2, 1, 120);
