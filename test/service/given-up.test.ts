// Calls that are given up, when what says so comes before the call, and when the answer comes after it.
import { afterEach, beforeEach, expect, it } from "vitest";
import { Ask, CodecReader, CodecWriter, Tell, withOptions } from "../../src/service/index.ts";
import type { Answer } from "../../src/userlib/index.ts";
import { ServiceWorld } from "./grid/service-world.ts";
import { codesOf } from "./grid/test-codes.ts";
import { Bank, clientIn, type Grid } from "./grid/workload.ts";

let world: ServiceWorld;
let grid: Grid;

beforeEach(async () => {
  world = new ServiceWorld({ codes: await codesOf("grid"), kills: [], ask: new Bank().ask });
  await world.begin();
  grid = clientIn(world, 1);
});

afterEach(() => world.close());

const badge = 77;
const words = Int32Array.of(5, 6, 1, 0, 0, 0);

function ask(label: number, body: unknown): Promise<Answer> {
  const writer = new CodecWriter(4096);
  writer.write(body);
  const bytes = writer.bytes.slice(0, writer.length);
  return new Promise((resolve) => world.send({ badge, label, words, bytes }, resolve));
}

it("a call that comes after it was given up is not begun, and its caller is told why", async () => {
  await ask(Ask.abort, new RangeError("too late"));
  const { label, bytes } = await ask(Ask.call, ["add", "late"]);
  expect(label).toBe(Tell.error);
  expect(String(new CodecReader().read(bytes!, bytes!.length))).toBe("RangeError: too late");
  expect(await grid.all()).toEqual([]);
  // Once: the next call of that name is another.
  expect((await ask(Ask.call, ["add", "again"])).label).toBe(Tell.value);
});

it("of many that never come only the newest are kept", async () => {
  for (let i = 0; i < 200; i++) {
    words[2] = 1000 + i;
    await ask(Ask.abort, new RangeError("never"));
  }
  words[2] = 1000;
  expect((await ask(Ask.call, ["add", "old"])).label).toBe(Tell.value);
  words[2] = 1199;
  expect((await ask(Ask.call, ["add", "new"])).label).toBe(Tell.error);
});

it("an answer that comes after its call was given up is nobody's, an error too", async () => {
  const unheard: unknown[] = [];
  const listener = (reason: unknown): void => void unheard.push(reason);
  process.on("unhandledRejection", listener);
  try {
    const never = withOptions(grid, { deadlineMs: 5 }).never("g");
    await expect(never).rejects.toThrow(/within 5 ms/);
    await expect.poll(async () => (await grid.all()).map(({ name }) => name)).toEqual(["g"]);
    // Whatever nobody awaits is told of when the microtasks of a turn are over.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", listener);
  }
});
