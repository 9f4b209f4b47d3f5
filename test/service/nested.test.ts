// Services that call services, and in which order calls run.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boot, type Client, type ServiceSystem } from "../../src/boot/index.ts";
import type * as notesModule from "./fixtures/notes.ts";
import type * as relayModule from "./fixtures/relay.ts";

type Relay = typeof relayModule;

const url = (name: string): URL => new URL(`./fixtures/${name}.ts`, import.meta.url);

describe("a service that calls another", () => {
  let system: ServiceSystem;
  let relay: Client<Relay>;

  beforeAll(async () => {
    system = await boot();
    const notes = await system.spawn<typeof notesModule>(url("notes"));
    relay = await system.spawn<Relay>(url("relay"), { grants: { notes } });
  });

  afterAll(() => system[Symbol.asyncDispose]());

  it("gets values, streams and errors as any client does", async () => {
    expect(await relay.pass({ a: [1, new Date(0)] })).toEqual({ a: [1, new Date(0)] });
    expect(await relay.sum(40)).toBe(820);
    expect(await relay.refused()).toBe("EmptyNoteError RangeError: 0");
  });

  it("is told what it was granted when it asks for something else", async () => {
    await expect(relay.missing()).rejects.toThrow(/was not granted "other"; it was granted notes/);
  });

  it("can be called with a label and bytes in MessagePack, as from any language", async () => {
    // ["echo", 7]
    const bytes = Uint8Array.of(0x92, 0xa4, 0x65, 0x63, 0x68, 0x6f, 0x07);
    expect(await relay.raw(1, bytes)).toMatchObject({ label: 0, bytes: Uint8Array.of(7) });
    const { label } = await relay.raw(1, Uint8Array.of(0xc1));
    expect(label).toBe(1);
    expect((await relay.raw(99, bytes)).label).toBe(1);
  });

  it("runs one call at a time, in the order in which they came", async () => {
    const serial = await system.spawn<Relay>(url("relay"));
    await Promise.all([serial.step("a", 20), serial.step("b", 1)]);
    expect(await serial.step("c", 0)).toEqual([
      "a begins",
      "a ends",
      "b begins",
      "b ends",
      "c begins",
      "c ends",
    ]);
  });

  it("that is concurrent lets calls take turns where they await", async () => {
    const concurrent = await system.spawn<Relay>(url("relay-concurrent"));
    await Promise.all([concurrent.step("a", 40), concurrent.step("b", 1)]);
    expect((await concurrent.step("c", 0)).slice(0, 4)).toEqual([
      "a begins",
      "b begins",
      "b ends",
      "a ends",
    ]);
  });

  it("whose system has ended tells its callers", async () => {
    const other = await boot();
    const alone = await other.spawn<Relay>(url("relay"));
    const open = alone.step("a", 60_000).catch((error: Error) => error.name);
    await other[Symbol.asyncDispose]();
    expect(await open).toBe("ServiceGoneError");
    await expect(alone.step("b", 0)).rejects.toThrow(/has ended/);
  });
});
