// All that `shoal run` runs is run by the background system, too: tool servers, services, programs joined by pipes.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { until } from "../session/command.ts";
import { isThere, SystemRig } from "./rig.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

let rig: SystemRig;
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

/** A tool server that answers each request with what it was given. */
const echoServer = `
import { createInterface } from "node:readline";
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result: params }) + "\\n");
});
`;

it("a tool server: its client on attach does not notice that the system was killed", async () => {
  const script = join(rig.bench.directory, "echo.mjs");
  writeFileSync(script, echoServer);
  const command = ["--", process.execPath, script];
  expect(await rig.run("run", "--detach", "--durable", "--name", "echo", ...command)).toMatchObject(
    {
      code: 0,
    },
  );
  const attached = spawn(process.execPath, [join(root, "bin/shoal.js"), "attach", "echo"], {
    env: { ...process.env, ...rig.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: attached.stdout })[Symbol.asyncIterator]();
  const call = async (id: number): Promise<unknown> => {
    const method = id === 1 ? "initialize" : "tools/call";
    const request = { jsonrpc: "2.0", id, method, params: { id } };
    attached.stdin.write(`${JSON.stringify(request)}\n`);
    return JSON.parse((await lines.next()).value as string) as unknown;
  };
  expect(await call(1)).toEqual({ jsonrpc: "2.0", id: 1, result: { id: 1 } });
  const [cell] = rig.cellPids;
  const former = await rig.killSystem();
  // For as long as it has not noticed it would answer, and nobody would need another.
  await until("the cell has noticed", () => !isThere(cell!));
  expect(await call(2)).toEqual({ jsonrpc: "2.0", id: 2, result: { id: 2 } });
  expect(rig.systemPid).not.toBe(former);
  attached.stdin.end();
  expect(await new Promise((resolve) => attached.on("close", resolve))).toBe(0);
});

it.each([["plain", []] as const, ["durable", ["--durable"]] as const])(
  "a %s service comes back when its process is killed",
  async (_, manner) => {
    const file = join(root, "test/service/fixtures/notes.ts");
    const options = ["--detach", ...manner, "--name", "notes"];
    expect(await rig.run("run", ...options, file)).toMatchObject({ code: 0, stderr: "" });
    const { pid } = await rig.when("notes", ({ state }) => state === "running");
    await rig.run("kill", "-s", "KILL", "notes");
    await rig.when("notes", (now) => now.state === "running" && now.pid !== pid);
  },
);

it("programs joined by pipes: the output of the last is theirs", async () => {
  const actor = await compileHostedC("test/up/actor.c");
  const joined = [actor, "out:lost", "::", actor, "out:kept"];
  await rig.run("run", "--detach", "--name", "pair", ...joined);
  await rig.when("pair", ({ state }) => state === "ended");
  expect((await rig.run("logs", "pair")).stdout).toBe("kept\n");
});
