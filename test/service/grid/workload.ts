// What clients do to a service in the grid, all kinds of it at once, and what must have come of it: every answer as
// if nothing had been lost, every effect once, here and at the server that it calls.
import type { Client } from "../../../src/service/index.ts";
import { clientOf, withOptions } from "../../../src/service/index.ts";
import { Status } from "../../../src/abi/index.ts";
import type { ServiceParts } from "../../../src/boot/service/make-service.ts";
import { CodecReader, CodecWriter } from "../../../src/service/index.ts";
import type * as gridModule from "../fixtures/grid.ts";
import { SurvivingLink } from "./surviving-link.ts";
import type { ServiceWorld } from "./service-world.ts";

export type Grid = Client<typeof gridModule>;

/** A durable server: asked the same again, it gives the same answer, and does it once. */
export class Bank {
  readonly transfers: number[] = [];
  readonly #answers = new Map<string, number>();
  readonly #reader = new CodecReader();
  readonly #writer = new CodecWriter(4096);

  readonly ask: ServiceParts["ask"] = (_target, { label, words, bytes }, over) => {
    const key = `${label} ${words.join(" ")}`;
    let receipt = this.#answers.get(key);
    if (receipt === undefined) {
      const [, amount] = this.#reader.read(bytes, bytes.length) as [string, number];
      this.transfers.push(amount);
      receipt = this.transfers.length;
      this.#answers.set(key, receipt);
    }
    this.#writer.write(receipt);
    const answer = this.#writer.bytes.slice(0, this.#writer.length);
    setImmediate(() => {
      over({ status: Status.ok, label: 0, words: new Int32Array(6), bytes: answer });
    });
  };
}

export function clientIn(world: ServiceWorld, number: number): Grid {
  return clientOf<typeof gridModule>({ link: new SurvivingLink(world), identity: [number, 7] });
}

/** Names of all that is entered, in any order. */
export const entered = ["a1", "a2", "b1", "c1", "d1", "e1", "f1", "g1", "h1"] as const;

/** Does all that a service can be asked for. Answers what was noticed; nothing should be. */
export async function work(grid: Grid, bank: Bank): Promise<string[]> {
  const noticed: string[] = [];
  const expect = (what: string, isSo: boolean): void => {
    if (!isSo) noticed.push(what);
  };
  const ids = new Set<string>();
  await Promise.all([
    (async () => {
      ids.add(await grid.add("a1"));
      ids.add(await grid.later("b1", 3));
      ids.add(await grid.add("a2"));
    })(),
    (async () => expect("a receipt", (await grid.pay("c1", 5)) === 1))(),
    (async () => {
      const items: string[] = [];
      for await (const item of withOptions(grid, { ahead: 2 }).stream("d1", 7)) items.push(item);
      expect(`a stream: ${items.join()}`, items.join() === streamOf("d1", 7));
    })(),
    (async () => {
      const asked: number[] = [];
      const sum = await grid.each("e1", async (value) => {
        asked.push(value);
        return value * 10;
      });
      expect(
        `functions called with ${asked.join()}: ${sum}`,
        asked.join() === "1,2,3" && sum === 60,
      );
    })(),
  ]);
  await expectRejection(grid.fail("f1"), "RangeError: f1 fails", noticed);
  // A call that is given up ends at its service, too.
  await expectRejection(
    withOptions(grid, { deadlineMs: 5 }).never("g1"),
    "DeadlineError: there was no answer within 5 ms",
    noticed,
  );
  ids.add(await grid.add("h1"));
  expect("an id twice", ids.size === 4);
  const done = await grid.all();
  const names = done.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1));
  expect(`entered ${names.join()}`, names.join() === entered.join());
  expect(
    "ids are those that were answered",
    [...ids].every((id) => done.some((one) => one.id === id)),
  );
  expect(`transfers ${bank.transfers.join()}`, bank.transfers.join() === "5");
  return noticed;
}

function streamOf(name: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${name} ${i}`).join();
}

async function expectRejection(
  call: Promise<unknown>,
  why: string,
  noticed: string[],
): Promise<void> {
  const error = await call.then(
    () => "nothing",
    (reason: unknown) => String(reason),
  );
  if (error !== why) noticed.push(`${error} in place of ${why}`);
}
