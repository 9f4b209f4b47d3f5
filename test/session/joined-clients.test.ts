// Two durable programs that are joined, each a client of a durable server, each with a session of its own: their
// cell is killed again and again, and every request of both is made once.
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileC, compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "./command.ts";

let bench: Bench;
beforeEach(() => (bench = new Bench()));
afterEach(() => bench.close());

/** So many that they take a while, and what the first program prints of them has room in the pipe that nobody reads. */
const transfers = 1000;

it.each([["host"], ["disk"]])(
  "joined clients at level %s go on with their sessions after every loss of their cell",
  async (level) => {
    const server = join(bench.directory, "ledger.wasm");
    writeFileSync(server, await compileC("examples/c/ledger-server.c"));
    const client = await compileHostedC("examples/c/ledger-client.c");
    await bench.serve("ledger", "--durable", server);
    const work = [client, "work", `${transfers}`];
    const options = [`--durable=${level}`, "--name", "pair", "--connect", "ledger"];
    const pair = bench.start("run", ...options, ...work, "::", ...work);
    const made = async (): Promise<number> => {
      const [audit = ""] = await bench.call("ledger", client, "audit");
      return Number(/(\d+) transfers/.exec(audit)?.[1]);
    };
    await until("its cell is there", () => pair.cellPid !== undefined);
    let losses = 0;
    for (const share of [0, 0.2, 0.4, 0.6, 0.8]) {
      while (!pair.isOver && (await made()) < share * 2 * transfers) continue;
      const { cellPid } = pair;
      if (cellPid === undefined) continue;
      process.kill(cellPid, "SIGKILL");
      losses++;
      await until("it is started again", () => pair.isOver || isAnother(pair.cellPid, cellPid));
    }
    expect({ code: await pair.ended, said: pair.stderr }).toMatchObject({ code: 0 });
    expect(losses).toBeGreaterThan(0);
    const [audit] = await bench.call("ledger", client, "audit");
    expect(audit).toBe(`audit: ok 4 accounts, 4000 in all, ${2 * transfers} transfers`);
  },
);

function isAnother(pid: number | undefined, before: number): boolean {
  return pid !== undefined && pid !== before;
}
