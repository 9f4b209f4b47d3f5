// A program that waits for the console and for pipes at once, through the whole system: woken by each of
// them, by time, and by the end of either.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));

let program = "";
beforeAll(async () => {
  program = await compileHostedC("test/wasi/c/several.c");
});

describe("a program that waits for several servers", () => {
  it.each(["process", "interrupt"])("is woken by each of them, in the %s model", async (model) => {
    const args = [command, "run", "--pipefail", "--model", model, program, "::", program, "drain"];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "ignore", "pipe"] });
    const ended = new Promise((resolve) => child.on("close", resolve));
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      // Nothing is typed until it waits for that alone.
      if (said === "room\n") child.stdin.write("line\n");
      if (said === "room\ntyped\n") child.stdin.end();
    });
    expect(await ended).toBe(0);
    expect(said).toBe("room\ntyped\n");
  });
});
