// Durable programs joined by `::`, as a command: their cell is killed while the stream runs through them, and
// each byte comes out once.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileHostedC } from "../sdk/compile.ts";
import { Bench, until } from "../session/command.ts";

const streamBytes = 30_000_000;
const kills = 3;

let bench: Bench;
beforeEach(() => void (bench = new Bench()));
afterEach(() => bench.close());

async function stages(): Promise<string[]> {
  const files = ["source", "filter", "sink"].map((name) =>
    compileHostedC(`test/recovery/trees-${name}.c`, `-DSTREAM_BYTES=${streamBytes}`),
  );
  return Promise.all(files);
}

/** The newest start of the cell that has come to its logs. */
function newestEpoch(): number {
  try {
    const files = readdirSync(join(bench.directory, "data/shoal/stream/log"));
    return Math.max(0, ...files.map((file) => Number(/^server-3\.(\d+)/.exec(file)?.[1] ?? 0)));
  } catch {
    return 0;
  }
}

describe("programs joined by ::, run with --durable", () => {
  it(`pass each byte on once, however often their cell is killed`, async () => {
    const [source, filter, sink] = await stages();
    const words = [source!, "::", filter!, "::", sink!];
    const running = bench.start("run", "--durable", "--name", "stream", ...words);
    let epoch = 0;
    for (let kill = 0; kill < kills; kill++) {
      await until("the next cell has its logs", () => running.isOver || newestEpoch() > epoch);
      epoch = newestEpoch();
      const pid = running.cellPid;
      if (pid !== undefined) process.kill(pid, "SIGKILL");
    }
    expect(await running.ended).toBe(0);
    expect(running.stderr).toContain("was ended by SIGKILL");
    const replayed = bench.start("log", "replay", "stream");
    expect(await replayed.ended).toBe(0);
    expect(replayed.stdout).toContain("and nothing differed");
  });

  // With --connect: test/session/joined-clients.test.ts.
  it("are refused with another number of programs", async () => {
    const [source, filter, sink] = await stages();
    const durable = ["run", "--durable", "--name", "stream"];
    const whole = bench.start(...durable, source!, "::", filter!, "::", sink!);
    expect(await whole.ended).toBe(0);
    const alone = bench.start(...durable, source!);
    expect(await alone.ended).toBe(126);
    expect(alone.stderr).toContain("its number of joined programs was 3, and would be 1");
  });

  it("cannot be durable if one of them starts others", async () => {
    const spawner = await compileHostedC("test/wasi/c/processes.c");
    const running = bench.start("run", "--durable", spawner);
    expect(await running.ended).toBe(126);
    expect(running.stderr).toContain("a program that starts others cannot be durable");
  });
});
