// Durable services: lost in the middle of things and brought up from their logs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { service } from "../../src/boot/index.ts";
import {
  encodeRecord,
  makeRecord,
  ServiceRecordKind,
} from "../../src/boot/service/durable/service-record.ts";
import { DurableRig, type RigOptions } from "./durable-rig.ts";
import type * as ledgerModule from "./fixtures/ledger.ts";

type Ledger = typeof ledgerModule;

const file = new URL("./fixtures/ledger.ts", import.meta.url);

describe("a durable service", () => {
  let rig: DurableRig<Ledger>;
  const open = (options: Omit<RigOptions, "file"> = {}): DurableRig<Ledger> =>
    (rig = new DurableRig<Ledger>({ file, ...options }));

  afterEach(() => rig.lose());

  it("has its state again, with the same times and random numbers", async () => {
    const { client } = await open().begin();
    for (let i = 1; i <= 5; i++) await client.add(i);
    const before = await client.all();
    const { client: again } = await rig.begin();
    expect(await again.all()).toEqual(before);
    expect(await again.add(1)).toBe(16);
  });

  it("goes on waiting for what it waited for", async () => {
    const { client } = await open().begin();
    const end = rig.log.end;
    const lost = client.later(300, 7).catch((error: unknown) => error);
    await expect.poll(() => rig.log.end).toBe(end + 1);
    const { client: again, sessions } = await rig.begin();
    expect(await lost).toBeInstanceOf(Error);
    const badge = 1;
    const reply = await new Promise<{ label: number }>((told) => sessions.whenReplied(badge, told));
    expect(reply.label).toBe(0);
    expect((await again.all()).sum).toBe(7);
  });

  it("asks servers again only for what they had not answered", async () => {
    const heard: number[] = [];
    const held = Promise.withResolvers<number>();
    const bank = service({
      methods: {
        transfer(_context, amount: number): number | Promise<number> {
          heard.push(amount);
          return heard.length === 2 ? held.promise : heard.length * 100;
        },
      },
    });
    const { client } = await open({ grants: { bank } }).begin();
    expect(await client.pay(1)).toBe(100);
    const lost = client.pay(2).catch(() => "lost");
    await expect.poll(() => heard).toEqual([1, 2]);
    const { client: again } = await rig.begin();
    expect(await lost).toBe("lost");
    await expect.poll(async () => (await again.all()).entries.length).toBe(2);
    expect(heard).toEqual([1, 2, 2]);
    expect((await again.all()).entries.map(({ receipt }) => receipt)).toEqual([100, 300]);
    held.resolve(0);
  });

  it("is brought up from an image when its log has got long", async () => {
    const directory = mkdtempSync(join(tmpdir(), "shoal-images-"));
    try {
      const { client } = await open({ images: { directory, logBytesMax: 20_000 } }).begin();
      for (let i = 0; i < 400; i++) await client.pad(`entry ${i} `.padEnd(80, "."));
      expect(rig.log.first).toBeGreaterThan(0);
      const before = await client.all();
      const { client: again } = await rig.begin();
      expect(await again.all()).toEqual(before);
      expect(await again.pad("more")).toBe(20);
    } finally {
      await rig.lose();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("says which part of its state keeps it from having images, and lives on", async () => {
    const directory = mkdtempSync(join(tmpdir(), "shoal-images-"));
    try {
      const { client, lines } = await open({ images: { directory, logBytesMax: 5000 } }).begin();
      await client.cannotBeKept();
      for (let i = 0; i < 100; i++) await client.pad("x");
      expect(lines.join("\n")).toMatch(/its state holds a function at run cannot be sent/);
      expect(await client.add(3)).toBe(3);
    } finally {
      await rig.lose();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("that does not do again what it did is refused, with the place of the first difference", async () => {
    const { client } = await open().begin();
    await client.add(1);
    await client.add(2);
    const changed = new URL("./fixtures/ledger-changed.ts", import.meta.url);
    await expect(rig.begin(changed)).rejects.toThrow(
      /at record 2 \(a request of client 1\) it says something else/,
    );
  });

  it("sets a request aside at which start after start has ended", async () => {
    const { client } = await open().begin();
    await client.add(5);
    await rig.lose();
    for (let i = 0; i < 2; i++) {
      const attempt = encodeRecord(makeRecord(ServiceRecordKind.attempt));
      rig.log.append(attempt, attempt.length);
    }
    const { client: again, sessions, lines } = await rig.begin();
    expect(lines.join("\n")).toMatch(/the request of record 2 is set aside/);
    const reply = await new Promise<{ label: number }>((told) => sessions.whenReplied(1, told));
    expect(reply.label).toBe(1);
    expect((await again.all()).sum).toBe(0);
    const { client: later } = await rig.begin();
    expect((await later.all()).sum).toBe(0);
  });

  it("is the same after any loss, whenever it comes (seeds 1 to 5)", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { client } = await open().begin();
      let random = seed;
      const next = (below: number): number => (random = (random * 48271) % 2147483647) % below;
      let sum = 0;
      let current = client;
      for (let step = 0; step < 30; step++) {
        const amount = next(10);
        expect(await current.add(amount)).toBe((sum += amount));
        if (next(6) === 0) ({ client: current } = await rig.begin());
      }
      const state = await current.all();
      expect([state.sum, state.entries.length]).toEqual([sum, 30]);
    }
  });
});
