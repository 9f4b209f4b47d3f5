// What services cost that nobody calls: started, and called once.
import { boot, type Client } from "../../src/boot/index.ts";
import type * as counterModule from "./fixtures/counter.ts";

type Counter = typeof counterModule;

export interface IdleCost {
  /** Of services that were started and never called. */
  readonly startUs: number;
  readonly bytes: number;
  /** Of the first call, which makes the realm. */
  readonly firstCallUs: number;
  readonly calledBytes: number;
}

const file = new URL("./fixtures/counter.ts", import.meta.url);

export async function measureIdle(count: number, calledCount: number): Promise<IdleCost> {
  const room = count + 64;
  await using system = await boot({
    limits: {
      spaces: room,
      threads: 2 * room,
      endpoints: room,
      notifications: 2 * room,
      capabilityPages: 3 * room,
    },
  });
  await system.spawn<Counter>(file);
  const services: Client<Counter>[] = [];
  const [startUs, bytes] = await costOf(count, async () => {
    services.push(await system.spawn<Counter>(file, { lazy: true }));
  });
  let called = 0;
  const [firstCallUs, calledBytes] = await costOf(calledCount, async () => {
    called += await services[called]!.next(0);
  });
  if (called !== calledCount) throw new Error(`${called} of ${calledCount} services answered`);
  return { startUs, bytes, firstCallUs, calledBytes };
}

/** Microseconds and bytes of one of many. */
async function costOf(count: number, one: () => Promise<void>): Promise<[number, number]> {
  globalThis.gc?.();
  const bytesBefore = process.memoryUsage().rss;
  const beganMs = performance.now();
  for (let i = 0; i < count; i++) await one();
  const us = ((performance.now() - beganMs) * 1000) / count;
  globalThis.gc?.();
  return [us, Math.max(1, process.memoryUsage().rss - bytesBefore) / count];
}
