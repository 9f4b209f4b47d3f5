// The life of durable services, as a user has it: upgraded, forked, frozen, thawed and put back by commands, under
// clients that call them all the while.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "../../src/boot/index.ts";
import { SystemRig } from "../up/rig.ts";
import type * as gridModule from "./fixtures/grid.ts";

type Grid = typeof gridModule;

let rig: SystemRig;
const before = { ...process.env };

beforeEach(() => {
  rig = new SystemRig();
  Object.assign(process.env, rig.env);
});

afterEach(async () => {
  process.env = { ...before };
  await rig.close();
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await rig.run(...args);
  if (code !== 0) throw new Error(`shoal ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout + stderr;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await rig.run(...args);
  expect(code).not.toBe(0);
  return stderr;
}

async function namesOf(name: string): Promise<readonly string[]> {
  await using grid = await connect<Grid>(name, { timeoutSeconds: 60 });
  return (await grid.all()).map((one) => one.name);
}

describe("a durable service", { timeout: 300_000 }, () => {
  it("is upgraded while clients call and its process is killed, and each call is made once", async () => {
    await ok("run", "--detach", "--durable", "--name", "kept", fixture("grid"));
    await using grid = await connect<Grid>("kept", { timeoutSeconds: 60 });
    const names: string[] = [];
    let isOver = false;
    const calls = (async () => {
      for (let i = 0; !isOver; i++) {
        names.push(`call ${i}`);
        await grid.later(`call ${i}`, 5);
      }
    })();
    const upgraded = ok("upgrade", "kept", fixture("grid-next"));
    const { pid } = await rig.program("kept");
    process.kill(pid!, "SIGKILL");
    expect(await upgraded).toMatch(
      /kept is .*grid-next\.ts now, and its state goes from version 0 to 1/,
    );
    isOver = true;
    await calls;
    expect(await grid.form()).toBe(3);
    expect((await grid.all()).map(({ name }) => name)).toEqual(names);
    expect(await ok("log", "replay", "kept")).toMatch(/^\d+ records replayed/);
    expect(await refused("upgrade", "kept", fixture("grid"))).toMatch(
      /kept is as it was: .*the state has version 1, and the new service, of version 0, has no upgrade/,
    );
    expect(await refused("upgrade", "kept", fixture("upgrade-smaller"))).toMatch(
      /has no upgrade|has no method .*add/,
    );
  });

  it("that does not run is upgraded at its next start", async () => {
    const first = await rig.bench.serve("kept", "--durable", fixture("grid"));
    await using grid = await connect<Grid>("kept", { timeoutSeconds: 60 });
    await grid.add("one");
    first.child.kill("SIGTERM");
    await first.ended;
    expect(await refused("run", "--durable", "--name", "kept", fixture("grid-next"))).toMatch(
      /it belongs to another program.*shoal upgrade/s,
    );
    expect(await ok("upgrade", "kept", fixture("grid-next"))).toMatch(/from its next start on/);
    await rig.bench.serve("kept", "--durable", fixture("grid-next"));
    expect(await grid.form()).toBe(3);
    expect(await namesOf("kept")).toEqual(["one"]);
  });

  it("is forked, frozen, thawed and put back, each time with what it had", async () => {
    await ok("run", "--detach", "--durable", "--name", "kept", fixture("grid"));
    await using grid = await connect<Grid>("kept", { timeoutSeconds: 60 });
    await grid.add("one");
    expect(await ok("fork", "kept", "-n", "2", "-o", "copy")).toMatch(/copy-2 runs as process/);
    await using copy = await connect<Grid>("copy-1", { timeoutSeconds: 60 });
    await copy.add("copied");
    await grid.add("two");
    expect(await namesOf("kept")).toEqual(["one", "two"]);
    expect(await namesOf("copy-1")).toEqual(["one", "copied"]);
    expect(await namesOf("copy-2")).toEqual(["one"]);

    const image = join(rig.bench.directory, "image");
    await ok("freeze", "copy-1", "-o", image);
    expect((await rig.program("copy-1")).state).toBe("stopped");
    expect(existsSync(image)).toBe(true);
    rig.start("thaw", image, "--name", "thawed");
    expect(await namesOf2("thawed")).toEqual(["one", "copied"]);
    expect(await refused("thaw", image, "--name", "kept")).toMatch(/a server named kept already/);

    const shown = await ok("log", "show", "kept");
    const second = shown.split("\n").find((line) => line.includes("add('two')"))!;
    rig.start("restore", "kept", "--as", "past", "--until", second.split(" ")[0]!);
    expect(await namesOf2("past")).toEqual(["one"]);
  });

  it("that is none, or has no log that outlives it, is refused by name", async () => {
    await rig.bench.serve("plain", fixture("grid"));
    const image = join(rig.bench.directory, "image");
    expect(await refused("freeze", "plain", "-o", image)).toMatch(/start it with --durable/);
    expect(await refused("upgrade", "plain", fixture("grid-next"))).toMatch(/there is no log/);
    expect(await refused("upgrade", "plain", "none.ts", "--end-open")).toMatch(/there is no log/);
  });
});

/** The same of one that is just being started. */
async function namesOf2(name: string): Promise<readonly string[]> {
  const socket = rig.bench.socket(name);
  await expect.poll(() => existsSync(socket), { timeout: 60_000 }).toBe(true);
  return namesOf(name);
}
