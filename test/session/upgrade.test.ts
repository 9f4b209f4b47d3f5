// The log of a durable server, looked at while it runs, and another program put in its place: clients see
// neither, and a program that would do otherwise is not taken.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readServerLog } from "../../src/boot/index.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "./command.ts";

const transferCount = 20;

let bench: Bench;
let ledgerServer = "";
let sameServer = "";
let otherServer = "";
let ledgerClient = "";

beforeAll(async () => {
  const modules = mkdtempSync(join(tmpdir(), "shoal-modules-"));
  ledgerServer = join(modules, "ledger.wasm");
  sameServer = join(modules, "same.wasm");
  otherServer = join(modules, "other.wasm");
  const code = await compileC("examples/c/ledger-server.c");
  writeFileSync(ledgerServer, code);
  writeFileSync(sameServer, withSection(code, "of another build"));
  writeFileSync(otherServer, await compileC("test/session/moody-server.c"));
  ledgerClient = await compileHostedC("examples/c/ledger-client.c");
  return () => rmSync(modules, { recursive: true });
});

beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

/** The same program as another file: with a custom section more, of a short name. */
function withSection(code: Uint8Array, name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return Uint8Array.of(...code, 0, bytes.length + 1, bytes.length, ...bytes);
}

async function command(
  ...args: readonly string[]
): Promise<{ code: number | NodeJS.Signals; said: string }> {
  const running = bench.start(...args);
  const code = await running.ended;
  return { code, said: running.stdout + running.stderr };
}

function dataOf(name: string): string {
  return join(bench.directory, "data", "shoal", name);
}

describe("the log of a durable server", () => {
  it("can be shown, checked and replayed while the server runs", async () => {
    await bench.serve("ledger", "--durable", ledgerServer);
    await bench.call("ledger", ledgerClient, "work", `${transferCount}`);
    const shown = await command("log", "show", "ledger");
    expect(shown.said.split("\n")[0]).toMatch(/^0 {2}receive = ok from \d+ \[label /);
    const records = shown.said.trimEnd().split("\n").length;
    expect(records).toBeGreaterThan(transferCount);
    expect((await command("log", "verify", "ledger")).said).toContain(`${records} records`);
    const replayed = await command("log", "replay", "ledger");
    expect(replayed.said).toContain(`${records} records replayed`);
    const part = await command("log", "replay", "ledger", "--until", "3", "--trace", "calls");
    expect(part.said).toContain("3 records replayed");
    expect(part.said).toContain("receive(11) = ok");
  });

  it("is said not to be there by name", async () => {
    const { code, said } = await command("log", "show", "nobody");
    expect(code).toBe(127);
    expect(said).toContain("there is no log of a server named nobody");
  });
});

describe("the upgrade of a durable server", () => {
  it("switches to a program that does the same, and clients notice nothing", async () => {
    const server = await bench.serve("ledger", "--durable", ledgerServer);
    await bench.call("ledger", ledgerClient, "work", `${transferCount}`);
    const old = server.cellPid;
    const { code, said } = await command("upgrade", "ledger", sameServer);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("did the same") });
    await bench.call("ledger", ledgerClient, "work", `${transferCount}`);
    expect(server.cellPid).not.toBe(old);
    const audit = await bench.call("ledger", ledgerClient, "audit");
    expect(audit[0]).toContain(`${2 * transferCount} transfers`);
  });

  it("refuses a program that does otherwise, and the old one goes on", async () => {
    const server = await bench.serve("ledger", "--durable", ledgerServer);
    await bench.call("ledger", ledgerClient, "work", `${transferCount}`);
    const old = server.cellPid;
    const { code, said } = await command("upgrade", "ledger", otherServer);
    expect(code).toBe(126);
    expect(said).toContain("ledger is as it was");
    expect(server.cellPid).toBe(old);
    const audit = await bench.call("ledger", ledgerClient, "audit");
    expect(audit[0]).toContain(`${transferCount} transfers`);
  });

  it("begins anew with any program that can run, if that is said, whatever became of the log", async () => {
    await bench.serve("ledger", "--durable", "--log-max", "64k", ledgerServer);
    await bench.call("ledger", ledgerClient, "work", "2000");
    const data = dataOf("ledger");
    await until("its log is cut", () => (readServerLog(data)?.first ?? 0) > 0);
    const refused = await command("upgrade", "ledger", otherServer);
    expect({ code: refused.code, said: refused.said }).toEqual({
      code: 126,
      said: expect.stringContaining("say --anew"),
    });
    for (const time of [1, 2]) {
      const { code, said } = await command("upgrade", "ledger", sameServer, "--anew");
      expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining("begins anew") });
      expect(readdirSync(join(data, `before-${time}`)).toSorted()).toEqual(["images", "log"]);
      const audit = await bench.call("ledger", ledgerClient, "audit");
      expect(audit[0]).toContain("0 transfers");
      await bench.call("ledger", ledgerClient, "work", `${transferCount}`);
    }
  });

  it("does not begin anew with what cannot run, and the old one goes on", async () => {
    const server = await bench.serve("ledger", "--durable", ledgerServer);
    const old = server.cellPid;
    const text = join(bench.directory, "text.wasm");
    writeFileSync(text, "no program");
    expect((await command("upgrade", "ledger", text, "--anew")).code).toBe(126);
    expect(server.cellPid).toBe(old);
    expect(readdirSync(dataOf("ledger")).filter((name) => name.startsWith("before"))).toEqual([]);
  });

  it("is the only way to run another program over a log", async () => {
    const server = await bench.serve("ledger", "--durable", ledgerServer);
    await bench.call("ledger", ledgerClient, "audit");
    server.child.kill("SIGTERM");
    await server.ended;
    const { code, said } = await command("run", "--name", "ledger", "--durable", otherServer);
    expect(code).toBe(126);
    expect(said).toContain("it belongs to another program");
  });
});
