// Services and their clients in one system: what a caller sees.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  boot,
  type Client,
  DeadlineError,
  type ServiceSystem,
  syncOf,
  withOptions,
} from "../../src/boot/index.ts";
import type * as notesModule from "./fixtures/notes.ts";

type Notes = typeof notesModule;

const file = new URL("./fixtures/notes.ts", import.meta.url);

describe("a typed call", () => {
  let system: ServiceSystem;
  let notes: Client<Notes>;

  beforeAll(async () => {
    system = await boot();
    notes = await system.spawn<Notes>(file);
  });

  afterAll(() => system[Symbol.asyncDispose]());

  it("runs a method on the service's own state", async () => {
    const fresh = await system.spawn<Notes>(file);
    expect(await fresh.add("one")).toBe(1);
    expect(await fresh.add("two")).toBe(2);
    expect((await fresh.all()).map(({ text }) => text)).toEqual(["one", "two"]);
  });

  it("is answered before it returns for who asks for that", () => {
    expect(syncOf(notes).echo(7)).toBe(7);
    expect(() => syncOf(notes).add("")).toThrow("a note has a text");
  });

  it("waits for a method that waits", async () => {
    expect(await notes.slowly(1, "a")).toBe("A");
  });

  it("keeps class, code, cause and fields of an error", async () => {
    class EmptyNoteError extends Error {
      readonly code: string = "";
      readonly length: number = -1;
    }
    const strict = await system.spawn<Notes>(file, { errors: [EmptyNoteError] });
    const error = await strict.add("").catch((one: unknown) => one);
    expect(error).toBeInstanceOf(EmptyNoteError);
    expect(error).toMatchObject({ name: "EmptyNoteError", code: "EMPTY", length: 0 });
    expect((error as Error).cause).toBeInstanceOf(RangeError);
  });

  it("brings values back as they went", async () => {
    const value = {
      text: "grün 🐟",
      numbers: [0, -0, 1.5, -7, 2 ** 40, NaN],
      big: 123456789012345678901234567890n,
      map: new Map<unknown, unknown>([
        ["a", 1],
        [2, ["b"]],
      ]),
      set: new Set([1, "x"]),
      date: new Date(86_400_000),
      bytes: Uint8Array.of(1, 2, 3),
      floats: Float64Array.of(0.5, 2),
      nothing: null,
      missing: undefined,
      pattern: /a+/gi,
    };
    expect(await notes.echo(value)).toEqual(value);
  });

  it("says which part of a value cannot be sent", async () => {
    await expect(notes.echo({ a: [Symbol("x")] })).rejects.toThrow(
      /a symbol at 1\.a\.0 cannot be sent/,
    );
    const loop: { self?: unknown } = {};
    loop.self = loop;
    await expect(notes.echo(loop)).rejects.toThrow(/contains itself/);
    await expect(notes.echo("x".repeat(2 ** 21))).rejects.toThrow(/more than 1048576 bytes/);
  });

  it("streams, and stops the generator where the reader stops", async () => {
    const seen: number[] = [];
    for await (const item of notes.count(100)) seen.push(item);
    expect(seen).toHaveLength(100);
    for await (const item of notes.count(1_000_000)) if (item === 50) break;
  });

  it("lets the service call functions of its client while it is open", async () => {
    const fresh = await system.spawn<Notes>(file);
    await fresh.add("ab");
    await fresh.add("cde");
    expect(await fresh.each(async (text) => text.length)).toBe(5);
    await expect(
      fresh.each(async () => {
        throw new TypeError("no");
      }),
    ).rejects.toThrow(TypeError);
  });

  it("is given up at its deadline, and by its signal", async () => {
    await expect(withOptions(notes, { deadlineMs: 5 }).slowly(10_000, "x")).rejects.toThrow(
      DeadlineError,
    );
    const controller = new AbortController();
    const call = withOptions(notes, { signal: controller.signal }).slowly(10_000, "x");
    controller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
  });

  it("of a method that is not there says which there are", async () => {
    const other = notes as unknown as { missing(): Promise<void> };
    await expect(other.missing()).rejects.toThrow(/no method missing; it has add, all/);
  });
});
