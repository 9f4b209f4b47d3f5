// Durable servers as commands: whatever is done to the process in which they run, a client outside gets
// each answer once, and whoever looks after them is told what happened.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, type Running, until } from "./command.ts";

const seed = 5;
const transferCount = 400;

let bench: Bench;
let ledgerServer = "";
let ledgerClient = "";
let moodyServer = "";
let relayServer = "";
let moodyClient = "";
let journalServer = "";
let journalClient = "";

beforeAll(async () => {
  const modules = mkdtempSync(join(tmpdir(), "shoal-modules-"));
  ledgerServer = join(modules, "ledger.wasm");
  moodyServer = join(modules, "moody.wasm");
  relayServer = join(modules, "relay.wasm");
  writeFileSync(relayServer, await compileC("test/session/relay.c"));
  writeFileSync(ledgerServer, await compileC("examples/c/ledger-server.c"));
  writeFileSync(moodyServer, await compileC("test/session/moody-server.c"));
  ledgerClient = await compileHostedC("examples/c/ledger-client.c");
  moodyClient = await compileHostedC("test/session/moody-client.c");
  journalServer = await compileHostedC("test/recovery/journal-server.c");
  journalClient = await compileHostedC("test/recovery/journal-client.c");
  return () => rmSync(modules, { recursive: true });
});

beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

function killCell(server: Running): void {
  const pid = server.cellPid;
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

describe("a durable server", () => {
  const manners: readonly [string, readonly string[]][] = [
    ["at level host", ["--durable=host"]],
    ["at level disk", ["--durable=disk"]],
    ["whose log is cut at images", ["--durable=host", "--log-max", "64k"]],
  ];

  it.each(manners)(
    `%s makes each transfer once, however often its process is killed (seed ${seed})`,
    async (_, manner) => {
      const random = new Random(seed);
      const server = await bench.serve("ledger", ...manner, ledgerServer);
      const start = (): Running =>
        bench.start("run", "--connect", "ledger", ledgerClient, "work", `${transferCount}`);
      const clients = [start(), start()];
      const said = (): number => clients.reduce((sum, { stdout }) => sum + stdout.length, 0);
      const isOver = (): boolean => clients.every((client) => client.isOver);
      for (let kills = 0; kills < 6 && !isOver(); kills++) {
        const before = said();
        const more = 1 + random.below(2000);
        await until("the clients get on", () => isOver() || said() >= before + more);
        killCell(server);
      }
      for (const client of clients) expect(await client.ended).toBe(0);
      const numbers = clients.flatMap(({ lines }) => transfersIn(lines));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 2 * transferCount }, (_, i) => i + 1),
      );
      const audit = await bench.call("ledger", ledgerClient, "audit");
      expect(audit).toEqual([`audit: ok 4 accounts, 4000 in all, ${2 * transferCount} transfers`]);
      expect(server.stderr).toContain("was ended by SIGKILL");
    },
  );

  it("keeps its files open, and writes each line once that was not under way", async () => {
    const count = 300;
    const work = join(bench.directory, "work");
    mkdirSync(work);
    const granted = ["--dir", `${work}::/work`];
    const server = await bench.serve("journal", "--durable", ...granted, journalServer, "/work/j");
    const client = bench.start("run", "--connect", "journal", journalClient, "1", `${count}`);
    for (let at = 40; at < count; at += 40) {
      await until("the client gets on", () => client.lines.length >= at || client.isOver);
      killCell(server);
    }
    expect({ code: await client.ended, said: server.stderr }).toEqual({
      code: 0,
      said: expect.stringContaining("was ended by SIGKILL"),
    });
    const lines = readFileSync(join(work, "j"), "utf8").trimEnd().split("\n");
    const numbers = lines.map((line) => Number(line.split(" ")[1]));
    // A line whose write was under way may be there twice, one after the other.
    const once = numbers.filter((number, i) => number !== numbers[i - 1]);
    expect(once).toEqual(Array.from({ length: count }, (_, i) => i + 1));
    const other = readFileSync(join(work, "other.txt"), "utf8").trimEnd().split(" ");
    expect(other).toEqual(Array.from({ length: count }, (_, i) => `${i + 1}`));
  });

  it("goes on where it was when it is started again by hand, supervisor and all", async () => {
    const first = await bench.serve("moody", "--durable", moodyServer);
    expect(await bench.call("moody", moodyClient, "1", "1")).toHaveLength(2);
    const cell = first.cellPid!;
    first.child.kill("SIGKILL");
    await first.ended;
    await until("the cell has noticed", () => !isThere(cell));
    rmSync(bench.socket("moody"));
    await bench.serve("moody", "--durable", moodyServer);
    expect((await bench.call("moody", moodyClient, "1"))[0]).toMatch(/^0 3 /);
  });

  it("answers a client that was waiting while its supervisor was killed and started again", async () => {
    const first = await bench.serve("moody", "--durable", moodyServer);
    const client = bench.start("run", "--connect", "moody", moodyClient, "1", "6:1500000", "1");
    await until("the first answer", () => client.lines.length === 1);
    const cell = first.cellPid!;
    first.child.kill("SIGKILL");
    await first.ended;
    await until("the cell has noticed", () => !isThere(cell));
    bench.start("run", "--durable", "--name", "moody", moodyServer);
    expect(await client.ended).toBe(0);
    expect(client.lines.map((line) => line.split(" ")[1])).toEqual(["1", "2", "3"]);
  });

  it("whose process is stopped is started anew, and its client hears of one server only", async () => {
    const server = await bench.serve("moody", "--durable", "--hang-seconds", "1", moodyServer);
    expect(await bench.call("moody", moodyClient, "1")).toHaveLength(1);
    process.kill(server.cellPid!, "SIGSTOP");
    const [line] = await bench.call("moody", moodyClient, "1");
    expect(line).toMatch(/^0 2 /);
    expect(server.stderr).toContain("its process has not run for 1 s");
  });

  it("that never answers a request is ended, and told of", async () => {
    // A program that does not count its work is found out by its supervisor.
    const options = ["--durable", "--level", "checkpoint", "--hang-seconds", "1"];
    const server = await bench.serve("moody", ...options, "--restart", "never", moodyServer);
    const client = bench.start(
      "run",
      "--connect",
      "moody",
      "--connect-timeout",
      "1",
      moodyClient,
      "2",
    );
    expect(await server.ended).toBe(137);
    expect(await client.ended).toBe(0);
    expect(client.lines).toEqual(["9"]);
  });

  it("that counts its fuel sets a request aside that makes it loop, and serves on in the same process", async () => {
    const options = ["--durable", "--level", "preempt", "--hang-seconds", "4"];
    const server = await bench.serve("moody", ...options, moodyServer);
    const lines = await bench.call("moody", moodyClient, "1", "2", "1");
    // The answer of what is set aside begins with the reason, here that of fuel.
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["1", "3", "2"]);
    expect(server.stderr).toContain("is set aside");
    expect(server.stderr).not.toContain("starting it again");
  });

  it("ends as its program does, and is not started again", async () => {
    const server = await bench.serve("moody", "--durable", moodyServer);
    await bench.call("moody", moodyClient, "7:5");
    expect(await server.ended).toBe(5);
    expect(server.stderr).toBe("");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends with its supervisor at %s", async (signal) => {
    const server = await bench.serve("moody", "--durable", moodyServer);
    const cell = server.cellPid!;
    server.child.kill(signal);
    expect(await server.ended).toBe(signal === "SIGINT" ? 130 : 143);
    expect(isThere(cell)).toBe(false);
  });

  it("is given up when it dies again and again without answering anything", async () => {
    const options = ["--durable", "--restart-limit", "2"];
    const server = await bench.serve("moody", ...options, moodyServer);
    while (!server.isOver) {
      const isAgain = await Promise.race([
        until("it runs again", () => server.isOver || server.cellPid !== undefined),
        server.ended,
      ]);
      expect(isAgain === undefined || isAgain === 134).toBe(true);
      if (!server.isOver) killCell(server);
    }
    expect(await server.ended).toBe(134);
    expect(server.stderr).toContain("given up: it died 3 times within 60 s");
  });

  it("has its data to itself, under whatever name", async () => {
    const data = join(bench.directory, "mine");
    const server = await bench.serve("one", "--durable", "--data", data, moodyServer);
    const other = bench.start("run", "--durable", "--name", "two", "--data", data, moodyServer);
    expect(await other.ended).toBe(2);
    expect(other.stderr).toContain(`in use by process ${server.child.pid}`);
  });

  it("says so when the command line of its cell is wrong, once", async () => {
    const server = bench.start("run", "--durable", "--name", "x", "no-such-file.wasm");
    expect(await server.ended).toBe(127);
    expect(server.stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("a durable server that calls another", () => {
  it(`makes each request of it once, whichever of their processes is killed (seed ${seed})`, async () => {
    const random = new Random(seed);
    const ledger = await bench.serve("ledger", "--durable", ledgerServer);
    const relay = await bench.serve("relay", "--durable", "--connect", "ledger", relayServer);
    const client = bench.start("run", "--connect", "relay", ledgerClient, "work", "100");
    for (let kills = 0; kills < 10 && !client.isOver; kills++) {
      const more = client.stdout.length + 1 + random.below(150);
      await until("the client gets on", () => client.isOver || client.stdout.length >= more);
      killCell(kills % 2 === 0 ? relay : ledger);
    }
    expect(await client.ended).toBe(0);
    expect(transfersIn(client.lines)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    const audit = await bench.call("ledger", ledgerClient, "audit");
    expect(audit).toEqual(["audit: ok 2 accounts, 2000 in all, 100 transfers"]);
  });
});

/** The numbers of the transfers that a client was told of. */
function transfersIn(lines: readonly string[]): number[] {
  return lines
    .filter((line) => line.startsWith("transfer: ok"))
    .map((line) => Number(line.split(" ")[2]));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
