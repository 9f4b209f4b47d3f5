// Tool servers as they are published, and one of our own, behind clients that are configured with `shoal
// attach`. The long version of the first test is tool-proof.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { published, type Target, ToolBench } from "./tool-bench.ts";
import { runProof } from "./tool-proof.ts";

const seed = Number(process.env["SEED"] ?? 7);
const counter = fileURLToPath(new URL("../../examples/tool-servers/counter.ts", import.meta.url));
const timeout = 100_000;

let bench: ToolBench;

beforeEach(() => {
  bench = new ToolBench();
});

afterEach(() => bench.close());

async function add(client: Client, delayMs = 0): Promise<number> {
  const params = { name: "add", arguments: { delayMs } };
  const { content } = await client.callTool(params, undefined, { timeout });
  return Number((content as { text: string }[])[0]!.text);
}

function counting(file = "requests.txt"): readonly string[] {
  const path = join(bench.directory, file);
  writeFileSync(path, "");
  return [process.execPath, counter, path];
}

/** Requests that the server began to work on, by number. */
function begun(file = "requests.txt"): string[] {
  return readFileSync(join(bench.directory, file), "utf8").split("\n").slice(0, -1);
}

describe(`published tool servers behind shoal attach (seed ${seed})`, () => {
  it("answer as if nobody had killed them, nor what is behind them", async () => {
    const { kills } = await runProof(9, seed);
    expect(kills.server + kills.cell + kills.supervisor).toBeGreaterThan(3);
  });

  it("keep what they were told: server-memory", async () => {
    const env = { MEMORY_FILE_PATH: join(bench.directory, "memory.jsonl") };
    const { client, ready } = bench.attach("memory", published("memory"), { env });
    await ready;
    const targets: readonly Target[] = ["server", "cell", "server", "supervisor"];
    for (const [i, target] of targets.entries()) {
      const entities = [{ name: `e${i}`, entityType: "test", observations: [target] }];
      const made = client.callTool({ name: "create_entities", arguments: { entities } });
      bench.kill("memory", target);
      await made;
    }
    const graph = await client.callTool({ name: "read_graph", arguments: {} });
    const { entities } = graph.structuredContent as { entities: { name: string }[] };
    expect(entities.map(({ name }) => name)).toEqual(["e0", "e1", "e2", "e3"]);
  });
});

describe(`a tool server that counts (seed ${seed})`, () => {
  it.each(["host", "disk"])("is never asked again what it has answered, at %s", async (level) => {
    const words = [`--durable=${level}`];
    const { client, ready } = bench.attach("counter", counting(), { words });
    await ready;
    const random = new Random(seed);
    const timesWhenAnswered = new Map<string, number>();
    const times = (id: string): number => begun().filter((one) => one === id).length;
    for (let i = 0; i < 8; i++) {
      const first = timesWhenAnswered.size;
      const calls = [0, 1, 2].map(() => add(client, random.below(80)));
      bench.kill("counter", i % 3 === 2 ? "cell" : "server");
      await Promise.all(calls);
      for (let id = first + 1; id <= first + 3; id++)
        timesWhenAnswered.set(`${id}`, times(`${id}`));
    }
    for (const [id, count] of timesWhenAnswered) {
      expect(count).toBeGreaterThan(0);
      // Once, and once more for the kill that came meanwhile.
      expect(count).toBeLessThan(3);
      expect([id, times(id)]).toEqual([id, count]);
    }
  });

  it("counts on where it was, if it was said that its state is in memory", async () => {
    const words = ["--state", "memory"];
    const { client, ready } = bench.attach("counter", counting(), { words });
    await ready;
    expect(await add(client)).toBe(1);
    expect(await add(client)).toBe(2);
    bench.kill("counter", "server");
    expect(await add(client)).toBe(3);
    bench.kill("counter", "cell");
    expect(await add(client)).toBe(4);
  });

  it("dies of a request twice, which then fails, and others do not", async () => {
    const { client, ready } = bench.attach("counter", counting());
    await ready;
    const crash = client.callTool({ name: "crash", arguments: {} }, undefined, { timeout });
    const others = Promise.all([add(client, 20), add(client, 20)]);
    await expect(crash).rejects.toThrow(/died 2 times while it worked on this request/);
    await others;
    // However often: a server is given up only when it dies without anything to do.
    for (let i = 0; i < 3; i++) {
      const again = client.callTool({ name: "crash", arguments: {} }, undefined, { timeout });
      await expect(again).rejects.toThrow(/died 2 times/);
    }
    await add(client);
  });

  it("is each client's own", async () => {
    const one = bench.attach("counter", counting("one.txt"));
    const other = bench.attach("counter", counting("other.txt"));
    await Promise.all([one.ready, other.ready]);
    expect([await add(one.client), await add(one.client), await add(other.client)]).toEqual([
      1, 2, 1,
    ]);
    expect([begun("one.txt").length, begun("other.txt").length]).toEqual([2, 1]);
  });
});
