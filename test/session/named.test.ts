// Servers with a name and clients in other OS processes: what they say to each other, and what people are
// told when there is nobody, or somebody already.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "./command.ts";

let bench: Bench;
let kvServer = "";
let kvClient = "";
let moodyServer = "";
let moodyClient = "";

beforeAll(async () => {
  const modules = mkdtempSync(join(tmpdir(), "shoal-modules-"));
  kvServer = await compileHostedC("examples/c/kv-server.c");
  kvClient = await compileHostedC("examples/c/kv-client.c");
  moodyClient = await compileHostedC("test/session/moody-client.c");
  moodyServer = join(modules, "moody.wasm");
  writeFileSync(moodyServer, await compileC("test/session/moody-server.c"));
  return () => rmSync(modules, { recursive: true });
});

beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

describe("a server with a name", () => {
  it("answers clients of other processes, one after the other and at once", async () => {
    await bench.serve("kv", kvServer);
    expect(await bench.call("kv", kvClient, "put", "a", "some value")).toEqual(["ok"]);
    const keys = ["a", "b", "c", "d"];
    const puts = keys.map((key) => bench.call("kv", kvClient, "put", key, `value of ${key}`));
    expect(await Promise.all(puts)).toEqual(keys.map(() => ["ok"]));
    expect(await bench.call("kv", kvClient, "get", "c")).toEqual(["value of c"]);
    expect(await bench.call("kv", kvClient, "count")).toEqual(["4"]);
  });

  it("knows each client by a badge of its own, and calls of one client by the same", async () => {
    await bench.serve("moody", moodyServer);
    const first = await bench.call("moody", moodyClient, "1", "1");
    const second = await bench.call("moody", moodyClient, "1");
    const badges = [...first, ...second].map((line) => line.split(" ")[2]);
    expect(badges[0]).toBe(badges[1]);
    expect(badges[2]).not.toBe(badges[0]);
  });

  it("may leave a client waiting while it answers others", async () => {
    await bench.serve("moody", moodyServer);
    const waiting = bench.start("run", "--connect", "moody", moodyClient, "4", "1");
    expect((await bench.call("moody", moodyClient, "1"))[0]).toMatch(/^0 /);
    // Only one that came after the kept request releases it.
    while (!waiting.isOver && waiting.lines.length === 0) {
      await bench.call("moody", moodyClient, "5");
    }
    expect(await waiting.ended).toBe(0);
    expect(waiting.lines).toHaveLength(2);
  });

  it("can be reached by its user alone", async () => {
    await bench.serve("kv", kvServer);
    expect(statSync(bench.socket("kv")).mode & 0o777).toBe(0o600);
    expect(statSync(join(bench.socket("kv"), "..")).mode & 0o777).toBe(0o700);
  });

  it("is one at a time, and the second is told who has the name", async () => {
    const first = await bench.serve("kv", kvServer);
    const second = bench.start("run", "--name", "kv", kvServer);
    expect(await second.ended).toBe(2);
    expect(second.stderr).toContain(`as process ${first.child.pid}`);
    expect(await bench.call("kv", kvClient, "put", "a", "1")).toEqual(["ok"]);
  });

  it("takes over the socket and the lock of one that was killed", async () => {
    const first = await bench.serve("kv", kvServer);
    first.child.kill("SIGKILL");
    await first.ended;
    expect(statSync(bench.socket("kv")).isSocket()).toBe(true);
    const second = bench.start("run", "--name", "kv", kvServer);
    const client = await untilAnswered(() => bench.call("kv", kvClient, "put", "a", "1"));
    expect(client).toEqual(["ok"]);
    expect(second.isOver).toBe(false);
  });

  it("has its end told to clients that call, and to those that come later", async () => {
    const server = await bench.serve("moody", moodyServer);
    const client = bench.start("run", "--connect", "moody", moodyClient, "7:3", "1");
    expect(await server.ended).toBe(3);
    expect(await client.ended).toBe(0);
    expect(client.lines[0]).toBe("9");
    expect(client.stderr).toContain("shoal: moody: the server has ended");
  });

  it("that is killed is waited for no longer than the client says", async () => {
    const server = await bench.serve("moody", moodyServer);
    const options = ["--connect", "moody", "--connect-timeout", "1"];
    const client = bench.start("run", ...options, moodyClient, "1", "4", "1");
    await until("it has its first answer", () => client.lines.length === 1);
    server.child.kill("SIGKILL");
    expect(await client.ended).toBe(0);
    expect(client.lines.slice(1)).toEqual(["9", "9"]);
    expect(client.stderr).toContain("no connection to it for 1 s");
  });

  it("that is started anew without --durable does not pass for the old one", async () => {
    const first = await bench.serve("moody", moodyServer);
    const client = bench.start("run", "--connect", "moody", moodyClient, "1", "4", "1");
    await until("it has its first answer", () => client.lines.length === 1);
    first.child.kill("SIGKILL");
    await first.ended;
    bench.start("run", "--name", "moody", moodyServer);
    expect(await client.ended).toBe(0);
    // The open request is lost; the next is the first of a new session.
    expect(client.lines[1]).toBe("9");
    expect(client.lines[2]).toMatch(/^0 1 /);
    expect(client.stderr).toContain("started anew");
  });
});

describe("what people are told", () => {
  it("of a name that nobody serves: how to start it", async () => {
    const client = bench.start("run", "--connect", "nobody", kvClient);
    expect(await client.ended).toBe(127);
    expect(client.stderr).toContain("start it with shoal run --name nobody");
  });

  it.each(["", "a/b", "../x", ".hidden", "x".repeat(65)])(
    "of the name %o: that it is none",
    async (name) => {
      const server = bench.start("run", "--name", name, kvServer);
      expect(await server.ended).toBe(2);
      expect(server.stderr).toContain("is no name");
    },
  );

  it.each([
    ["--data", "x", "add --durable"],
    ["--durable", "--restart", "sometimes", "Allowed choices are always, on-failure, never"],
    ["--durable=power", "Allowed choices are memory, host, disk"],
  ])("of options that do not go together or do not exist: %s", async (...words) => {
    const expected = words.pop()!;
    const server = bench.start("run", "--name", "kv", ...words, kvServer);
    expect(await server.ended).toBe(2);
    expect(server.stderr).toContain(expected);
  });

  it("of a directory that others may enter: to close it", async () => {
    const directory = join(bench.directory, "shoal", "kv");
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
    const server = bench.start("run", "--name", "kv", kvServer);
    expect(await server.ended).toBe(2);
    expect(server.stderr).toContain("chmod 700");
  });
});

/** Tries until there is an answer: the server is only just starting. */
async function untilAnswered(ask: () => Promise<string[]>): Promise<string[]> {
  for (;;) {
    const lines = await ask();
    if (lines.length > 0) return lines;
  }
}
