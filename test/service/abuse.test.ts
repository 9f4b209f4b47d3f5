// What a service can do to others: as stated, nothing but use up the core's time and memory.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boot, type Client, type ServiceSystem } from "../../src/boot/index.ts";
import type * as rogueModule from "./fixtures/rogue.ts";

type Rogue = typeof rogueModule;

describe("a rogue service", () => {
  let system: ServiceSystem;
  let rogue: Client<Rogue>;
  const lines: string[] = [];

  beforeAll(async () => {
    system = await boot({ log: (service, line) => lines.push(`${service}: ${line}`) });
    rogue = await system.spawn<Rogue>(new URL("./fixtures/rogue.ts", import.meta.url));
  });

  afterAll(async () => {
    expect(await rogue.fine()).toBe(1);
    await system[Symbol.asyncDispose]();
  });

  it("that throws what is no error hurts only the call", async () => {
    expect(await rogue.throwNull().catch((error: unknown) => error)).toBe(null);
    expect(await rogue.throwProxy().catch((error: unknown) => error)).toEqual({});
    await expect(rogue.rejectLater()).rejects.toThrow("later");
  });

  it("whose promise is rejected while nobody listens is told of, and the process lives", async () => {
    expect(await rogue.forget()).toBe("forgotten");
    await expect
      .poll(() => lines.join("\n"))
      .toMatch(/rogue: .*nobody listened: Error: nobody listens/);
  });

  it("cannot change primordials, of its own realm or of ours", async () => {
    await expect(rogue.pollute()).rejects.toThrow(TypeError);
    await expect(rogue.patchArrays()).rejects.toThrow(TypeError);
    await expect(rogue.freezeGlobals()).rejects.toThrow(TypeError);
    expect("polluted" in {}).toBe(false);
  });

  it("may still name its errors and override what it inherits", async () => {
    expect(await rogue.name()).toBe("Renamed own");
  });

  it("whose answer cannot be sent is told which part of it, and its caller too", async () => {
    await expect(rogue.answerFunction()).rejects.toThrow(/the answer holds a function at inner\.0/);
    await expect(rogue.answerPromise()).rejects.toThrow(
      /a promise at inner cannot be sent: await it/,
    );
    await expect(rogue.answerLoop()).rejects.toThrow(/contains itself/);
    await expect(rogue.answerHuge()).rejects.toThrow(/more than 1048576 bytes/);
  });

  it("finds no way out of its realm, at the end of the stack either", async () => {
    expect(await rogue.escape()).toEqual([]);
    await expect(rogue.deep()).rejects.toThrow(RangeError);
    expect(await rogue.overflowIntoHost()).toBe("nothing");
  });

  it("that streams without end waits for its reader", async () => {
    let count = 0;
    for await (const item of rogue.flood()) {
      expect(item).toHaveLength(1000);
      if (++count === 200) break;
    }
  });

  it("that calls its client's function a thousand times gets a thousand answers", async () => {
    const seen: number[] = [];
    expect(await rogue.callMany(async (value) => void seen.push(value))).toBe(1000);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it("that imports a power of the host is refused with what to do instead", async () => {
    const file = new URL("./fixtures/reads-files.ts", import.meta.url);
    await expect(system.spawn(file)).rejects.toThrow(
      /cannot import node:fs \(from reads-files\.ts\).*Grant it/,
    );
  });

  it("that is none is refused with what to write", async () => {
    const file = new URL("./fixtures/no-service.ts", import.meta.url);
    await expect(system.spawn(file)).rejects.toThrow(
      /no default export: write export default service/,
    );
  });
});
