// `shoal run --listen` as a person types it: what it says, where it listens, and what it does not take.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { shoal } from "../programs/shoal-process.ts";
import { compileHostedC } from "../sdk/compile.ts";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
let program = "";
beforeAll(async () => {
  program = await compileHostedC("examples/c/http-server.c");
});

describe("shoal run --listen", () => {
  it.each(["127.0.0.1", "[::1]"])("serves on a free port of %s, which it tells", async (host) => {
    const args = [command, "run", "--listen", `${host}:0`, program, "1"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(child, "close");
    const [said] = (await once(child.stderr.setEncoding("utf8"), "data")) as [string];
    const match = /^shoal: listening on (\S+):(\d+)\n$/.exec(said);
    expect(match?.[1]).toBe(host);
    const answer = await fetch(`http://${host}:${match?.[2]}/`, {
      headers: { connection: "close" },
    });
    expect(await answer.text()).toBe("Hello from WebAssembly!\n");
    expect(await ended).toEqual([0, null]);
  });

  it("sends what a program wrote before it ended, however slowly it is read", async () => {
    const args = [command, "run", "--listen", "127.0.0.1:0", program, "1"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(child, "close");
    const [said] = (await once(child.stderr.setEncoding("utf8"), "data")) as [string];
    const url = `http://127.0.0.1:${/:(\d+)\n$/.exec(said)?.[1]}/bytes/3000000`;
    const answer = await fetch(url, { headers: { connection: "close" } });
    expect((await answer.arrayBuffer()).byteLength).toBe(3_000_000);
    expect(await ended).toEqual([0, null]);
  });

  it("is refused where somebody listens already", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const { stderr, exitCode } = await shoal(["run", "--listen", `127.0.0.1:${port}`, program]);
    other.close();
    expect(new TextDecoder().decode(stderr)).toMatch(/somebody listens there already/);
    expect(exitCode).toBe(2);
  });

  it.each([
    ["8080", /takes HOST:PORT, such as 127.0.0.1:8080/],
    ["localhost:http", /takes HOST:PORT/],
    ["192.0.2.1:0", /no address of this machine/],
  ])("is refused with what to do: %s", async (address, says) => {
    const { stderr, exitCode } = await shoal(["run", "--listen", address, program]);
    expect(new TextDecoder().decode(stderr)).toMatch(says);
    expect(exitCode).toBe(2);
  });
});
