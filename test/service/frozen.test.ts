// Services of `boot()` are frozen, thawed and forked: each goes on from the state that there was, in its form or another.
import { afterAll, beforeAll, expect, it } from "vitest";
import { boot, type ServiceSystem } from "../../src/boot/index.ts";
import type * as notesModule from "./fixtures/notes.ts";

type Notes = typeof notesModule;

const url = (name: string): URL => new URL(`./fixtures/${name}.ts`, import.meta.url);

let system: ServiceSystem;
beforeAll(async () => {
  system = await boot();
});
afterAll(() => system[Symbol.asyncDispose]());

it("a copy has the state that there was, and is another", async () => {
  const notes = await system.spawn<Notes>(url("notes"));
  await notes.add("one");
  const copy = await system.fork(notes);
  await copy.add("copied");
  await notes.add("two");
  expect((await notes.all()).map(({ text }) => text)).toEqual(["one", "two"]);
  expect((await copy.all()).map(({ text }) => text)).toEqual(["one", "copied"]);
});

it("what is frozen waits for calls that are open, and survives its system", async () => {
  const first = await boot();
  const notes = await first.spawn<Notes>(url("notes"));
  const slow = notes.slowly(30, "slow");
  const frozen = structuredClone(await first.freeze(notes));
  expect(await slow).toBe("SLOW");
  await first[Symbol.asyncDispose]();
  const thawed = await system.spawn<Notes>(url("notes"), { from: frozen });
  expect((await thawed.all()).map(({ text }) => text)).toEqual(["slow"]);
});

it("what stays open, and what is no service of the system, is refused", async () => {
  const notes = await system.spawn<Notes>(url("notes"));
  const slow = notes.slowly(200, "slow");
  await expect(system.freeze(notes, 20)).rejects.toThrow(/still open after 20 ms/);
  await slow;
  const other = await boot();
  await expect(other.freeze(notes)).rejects.toThrow(/no client of a service that this system/);
  await other[Symbol.asyncDispose]();
});

it("another form of the service goes on from it, if it says how", async () => {
  const grid = await system.spawn(url("grid"), { grants: {} });
  const { add } = grid as unknown as { add(name: string): Promise<string> };
  await add("one");
  const from = await system.freeze(grid);
  const next = await system.spawn(url("grid-next"), { from });
  const { all, form } = next as unknown as {
    all(): Promise<readonly { name: string }[]>;
    form(): Promise<number>;
  };
  expect((await all()).map(({ name }) => name)).toEqual(["one"]);
  expect(await form()).toBe(3);
  await expect(system.spawn(url("upgrade-missing"), { from })).rejects.toThrow(/has no upgrade/);
});
