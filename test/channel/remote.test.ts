// A service and its client on two sides of a link: values, errors, streams, functions, deadlines and the death of the
// service's core, over the carriers of Node and over simulated ones.
import { describe, expect, it } from "vitest";
import { Link, Rpc } from "../../src/channel/index.ts";
import { RemoteClient, RemoteService } from "../../src/remote/index.ts";
import {
  clientOf,
  DeadlineError,
  type Methods,
  service,
  type ServiceDefinition,
  ServiceGoneError,
  withOptions,
} from "../../src/service/index.ts";
import { hostWorld, sharedWorld } from "./node-worlds.ts";
import { inWorld, type MakeWorld, type World } from "./world.ts";

class OddError extends Error {
  override readonly name = "OddError";
  readonly number: number;

  constructor(number: number) {
    super(`${number} is odd`);
    this.number = number;
  }
}

const never = new Promise<number>(() => undefined);

const definition = service({
  state: () => ({ sum: 0 }),
  methods: {
    add: ({ state }, amount: number): number => (state.sum += amount),
    slowly: async ({ state }, amount: number): Promise<number> => {
      await Promise.resolve();
      return (state.sum += amount);
    },
    half: (_context, number: number): number => {
      if (number % 2 !== 0) throw new OddError(number);
      return number / 2;
    },
    echo: (_context, value: unknown): unknown => value,
    count: function* (_context, to: number) {
      for (let i = 1; i <= to; i++) yield i;
    },
    each: async (_context, to: number, tell: (i: number) => Promise<number>): Promise<number> => {
      let sum = 0;
      for (let i = 1; i <= to; i++) sum += await tell(i);
      return sum;
    },
    never: (): Promise<number> => never,
  },
});

interface Module {
  readonly default: typeof definition;
}

function clientAndService(world: World, looks: number) {
  const serving = new RemoteService({
    // Who serves does not know of what kind the state is.
    definition: definition as ServiceDefinition<unknown, Methods<unknown>>,
    state: { sum: 0 },
    surroundings: surroundings(),
    caller: 7,
  });
  const right = new Link(world.right);
  serving.answerBy(new Rpc(right, serving));
  const left = new Link(world.left);
  const link = new RemoteClient({ rpc: new Rpc(left), looks, onWaiting: () => undefined });
  world.drive(right);
  world.drive(left);
  return clientOf<Module>({ link, identity: [11, 12], errors: [OddError] });
}

function surroundings() {
  const absent = (): never => {
    throw new Error("nothing is around this service");
  };
  return { now: absent, sleep: absent, connect: absent, server: absent, log: absent };
}

const worlds: readonly (readonly [string, MakeWorld])[] = [
  ["shared memory", sharedWorld],
  ["mapped memory", (shape) => hostWorld(shape, true)],
  ["Unix socket", (shape) => hostWorld(shape, false)],
];

describe.each(worlds)("a service over %s", (_name, make) => {
  it("answers values of any size, one after the other and many at once", () =>
    inWorld(make, async (world) => {
      const client = clientAndService(world, 100);
      expect(await client.add(5)).toBe(5);
      expect(await client.slowly(2)).toBe(7);
      const all = await Promise.all(Array.from({ length: 50 }, () => client.add(1)));
      expect(all.at(-1)).toBe(57);
      for (const value of [undefined, null, { a: [1, "x".repeat(40)] }, "y".repeat(5000)]) {
        expect(await client.echo(value)).toEqual(value);
      }
    }));

  it("throws what the service threw, with its class and fields", () =>
    inWorld(make, async (world) => {
      const client = clientAndService(world, 0);
      expect(await client.half(6)).toBe(3);
      const error = await client.half(7).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OddError);
      expect((error as OddError).number).toBe(7);
    }));

  it("streams, and calls functions of the client", () =>
    inWorld(make, async (world) => {
      const client = clientAndService(world, 0);
      const seen: number[] = [];
      for await (const i of client.count(40)) seen.push(i);
      expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      expect(await client.each(4, async (i) => i * 10)).toBe(100);
    }));

  it("gives a call up at its deadline, and goes on with others", () =>
    inWorld(make, async (world) => {
      const client = clientAndService(world, 0);
      const late = withOptions(client, { deadlineMs: 5 }).never();
      await expect(late).rejects.toBeInstanceOf(DeadlineError);
    }));

  it("rejects every call that is open when the core of the service dies", () =>
    inWorld(make, async (world) => {
      const client = clientAndService(world, 0);
      expect(await client.add(1)).toBe(1);
      const open = [client.never(), client.never()].map((call) =>
        call.catch((reason: unknown) => reason),
      );
      world.loseRight();
      for (const reason of await Promise.all(open)) expect(reason).toBeInstanceOf(ServiceGoneError);
      await expect(client.add(1)).rejects.toBeInstanceOf(ServiceGoneError);
    }));
});
