// The system's process is killed, with its programs at work: whoever comes next takes over, no program ever has
// two processes, and clients notice nothing but the wait.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { type Running, until } from "../session/command.ts";
import { isThere, SystemRig } from "./rig.ts";

const seed = 11;
const transferCount = 300;

let rig: SystemRig;
let ledgerServer = "";
let ledgerClient = "";
let actor = "";

beforeAll(async () => {
  const modules = mkdtempSync(join(tmpdir(), "shoal-modules-"));
  ledgerServer = join(modules, "ledger.wasm");
  writeFileSync(ledgerServer, await compileC("examples/c/ledger-server.c"));
  ledgerClient = await compileHostedC("examples/c/ledger-client.c");
  actor = await compileHostedC("test/up/actor.c");
  return () => rmSync(modules, { recursive: true });
});
beforeEach(() => void (rig = new SystemRig()));
afterEach(() => rig.close());

function runLedger(...manner: readonly string[]) {
  return rig.run("run", "--detach", ...manner, "--name", "ledger", ledgerServer);
}

function work(): Running {
  return rig.start("run", "--connect", "ledger", ledgerClient, "work", `${transferCount}`);
}

/** Every transfer was made once. */
async function expectOnce(clients: readonly Running[]): Promise<void> {
  for (const client of clients) expect([await client.ended, client.stderr]).toEqual([0, ""]);
  const audit = await rig.bench.call("ledger", ledgerClient, "audit");
  const transfers = clients.length * transferCount;
  const accounts = clients.length * 2;
  expect(audit).toEqual([
    `audit: ok ${accounts} accounts, ${accounts}000 in all, ${transfers} transfers`,
  ]);
}

describe("a background system that is killed", () => {
  it.each([["--durable=host"], ["--durable=disk"]])(
    `with a server at %s and two clients is brought back by them (seed ${seed})`,
    async (level) => {
      const random = new Random(seed);
      await runLedger(level);
      const clients = [work(), work()];
      const said = (): number => clients.reduce((sum, { stdout }) => sum + stdout.length, 0);
      const isOver = (): boolean => clients.every((client) => client.isOver);
      const systems = new Set<number>();
      for (let kills = 0; kills < 4 && !isOver(); kills++) {
        const before = said();
        const more = 1 + random.below(1500);
        await until("the clients get on", () => isOver() || said() >= before + more);
        if (!isOver()) systems.add(await rig.killSystem());
      }
      await expectOnce(clients);
      expect(systems.size).toBeGreaterThan(1);
      expect([...systems].filter(isThere)).toEqual([]);
    },
  );

  it("has its cells ended before others take their place, even those that were stopped", async () => {
    await runLedger("--durable");
    const [cell] = rig.cellPids;
    process.kill(cell!, "SIGSTOP");
    await rig.killSystem();
    await rig.run("up");
    expect(isThere(cell!)).toBe(false);
    const now = await rig.when("ledger", ({ state }) => state === "running");
    expect(now.epoch).toBeGreaterThan(1);
    expect(now.pid).not.toBe(cell);
  });

  it("has its cells end by themselves, when nobody takes over", async () => {
    await runLedger();
    const [cell] = rig.cellPids;
    await rig.killSystem();
    await until("the cell has noticed", () => !isThere(cell!));
  });

  it("is brought back by a client that comes later", async () => {
    await runLedger("--durable");
    const former = await rig.killSystem();
    await expectOnce([work()]);
    expect((await rig.status()).pid).not.toBe(former);
  });

  it("leaves what a reboot leaves: files that name processes which are gone, or are others by now", async () => {
    await runLedger("--durable");
    const [cell] = rig.cellPids;
    await rig.killSystem();
    await until("the cell is dead, too", () => !isThere(cell!));
    const note = join(rig.directory, "programs", "ledger", "cell");
    const [, started, boot] = readFileSync(note, "utf8").trim().split(" ");
    // Its number belongs to somebody else now; and a process with number and time of another boot.
    const bystander = rig.start("run", actor, "sleep:60000");
    writeFileSync(note, `${bystander.child.pid} ${started} ${boot}\n`);
    await rig.run("up");
    await rig.when("ledger", ({ state }) => state === "running");
    expect(bystander.isOver).toBe(false);
    await expectOnce([work()]);
  });

  it("says of a program that somebody else runs by then who that is, and tries again when it is told to", async () => {
    await runLedger("--durable");
    await rig.killSystem();
    const [cell] = rig.cellPids;
    await until("the cell has noticed", () => cell === undefined || !isThere(cell));
    rmSync(rig.bench.socket("ledger"), { force: true });
    const other = await rig.bench.serve("ledger", "--durable", ledgerServer);
    await rig.run("up");
    const { state, end } = await rig.program("ledger");
    expect({ state, how: end?.how }).toEqual({
      state: "failed",
      how: expect.stringContaining(`is run by process ${other.child.pid}`) as string,
    });
    other.child.kill("SIGTERM");
    await other.ended;
    expect((await rig.run("start", "ledger")).code).toBe(0);
    await expectOnce([work()]);
  });

  it("does not come back by itself when it was ended on purpose", async () => {
    await runLedger("--durable");
    await rig.run("down");
    const { code, stderr } = await rig.run("run", "--connect", "ledger", ledgerClient, "audit");
    expect({ code, stderr }).toEqual({
      code: 127,
      stderr: expect.stringContaining("shoal up starts both") as string,
    });
    await rig.run("up");
    await expectOnce([work()]);
  });
});
