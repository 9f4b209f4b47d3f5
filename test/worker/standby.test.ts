// Durable servers with something that stands by, as commands: the cell that stood by takes over, one that
// dies is replaced, and nobody is left behind when the server ends.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, type Running, until } from "../session/command.ts";

let bench: Bench;
let moody = "";
let client = "";

beforeAll(async () => {
  const modules = mkdtempSync(join(tmpdir(), "shoal-standby-"));
  moody = join(modules, "moody.wasm");
  writeFileSync(moody, await compileC("test/session/moody-server.c"));
  client = await compileHostedC("test/session/moody-client.c");
  return () => rmSync(modules, { recursive: true });
});

beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

/** The cells of a supervisor, the one that serves first. */
function cellsOf({ child }: Running): number[] {
  const words = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
  return words === "" ? [] : words.split(" ").map(Number);
}

async function serveWithStandby(): Promise<Running> {
  const server = await bench.serve("moody", "--durable", "--standby", "cell", moody);
  await until("a cell stands by", () => cellsOf(server).length === 2);
  return server;
}

/** The numbers that the server has answered a client with. */
async function ask(): Promise<string[]> {
  const lines = await bench.call("moody", client, "1", "1");
  return lines.map((line) => line.split(" ").slice(0, 2).join(" "));
}

describe("a cell that stands by", () => {
  it("takes over from one that is killed, and another stands by", async () => {
    const server = await serveWithStandby();
    expect(await ask()).toEqual(["0 1", "0 2"]);
    for (const first of [3, 5]) {
      const [serving, standby] = cellsOf(server);
      process.kill(serving!, "SIGKILL");
      expect(await ask()).toEqual([`0 ${first}`, `0 ${first + 1}`]);
      expect(cellsOf(server)[0]).toBe(standby);
      await until("another stands by", () => cellsOf(server).length === 2);
    }
    expect(server.stderr).not.toContain("stand by");
  });

  it("is replaced when it dies, and nobody waits for it who calls", async () => {
    const server = await serveWithStandby();
    const [serving, standby] = cellsOf(server);
    process.kill(standby!, "SIGKILL");
    await until("another stands by", () => {
      const cells = cellsOf(server);
      return cells.length === 2 && !cells.includes(standby!);
    });
    expect(cellsOf(server)[0]).toBe(serving);
    expect(await ask()).toEqual(["0 1", "0 2"]);
    expect(server.stderr).toBe("");
  });

  it("dies together with the one that serves, and the server comes back", async () => {
    const server = await serveWithStandby();
    expect(await ask()).toEqual(["0 1", "0 2"]);
    for (const pid of cellsOf(server)) process.kill(pid, "SIGKILL");
    expect(await ask()).toEqual(["0 3", "0 4"]);
  });

  it("is given up after three deaths, which is said once, and the server serves on", async () => {
    const server = await serveWithStandby();
    const serving = cellsOf(server)[0]!;
    const isGivenUp = (): boolean => server.stderr.includes("no cell can stand by");
    for (let standby = cellsOf(server)[1]; standby !== undefined; standby = cellsOf(server)[1]) {
      const killed = standby;
      process.kill(killed, "SIGKILL");
      await until("it is replaced or given up", () => {
        const other = cellsOf(server)[1];
        return isGivenUp() || (other !== undefined && other !== killed);
      });
    }
    expect(isGivenUp()).toBe(true);
    expect(cellsOf(server)).toEqual([serving]);
    expect(await ask()).toEqual(["0 1", "0 2"]);
  });

  it("ends with its supervisor, however that ends", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const server = await serveWithStandby();
      const cells = cellsOf(server);
      server.child.kill(signal);
      await server.ended;
      await until("no cell is left", () => cells.every((pid) => !existsSync(`/proc/${pid}`)));
      rmSync(bench.socket("moody"), { force: true });
    }
  });

  it("makes way for an upgrade, and what stands by afterwards is the new program", async () => {
    const server = await serveWithStandby();
    expect(await ask()).toEqual(["0 1", "0 2"]);
    const next = join(bench.directory, "next.wasm");
    // A custom section more: another program that does the same.
    writeFileSync(next, Buffer.concat([readFileSync(moody), Buffer.from([0, 2, 1, 0x78])]));
    const upgrade = bench.start("upgrade", "moody", next);
    expect(await upgrade.ended).toBe(0);
    expect(await ask()).toEqual(["0 3", "0 4"]);
    await until("a cell stands by", () => cellsOf(server).length === 2);
    process.kill(cellsOf(server)[0]!, "SIGKILL");
    expect(await ask()).toEqual(["0 5", "0 6"]);
  });
});

describe("a core that stands by", () => {
  it("takes over from one that loops; the request that was the end of two is set aside", async () => {
    const options = ["--durable", "--level", "checkpoint", "--hang-seconds", "1"];
    const program = join(bench.directory, "program.wasm");
    copyFileSync(moody, program);
    const server = await bench.serve("moody", ...options, program);
    const cell = server.cellPid;
    // Each runs what the first has read, whatever is there by then.
    writeFileSync(program, "no program");
    const lines = await bench.call("moody", client, "1", "2", "1");
    // The answer of what is set aside begins with the reason, here that of fuel.
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["1", "3", "2"]);
    expect(server.stderr).toContain("one program has kept its core for 1 s");
    expect(server.stderr).toContain("two cores were lost at the same request, which is set aside");
    expect(server.cellPid).toBe(cell);
  });
});
