// Our calls from event loops that are alive: by hand, and of a service with a small object.
import { Link, Optimism, Rpc } from "../../src/channel/index.ts";
import {
  driveUntil,
  LinkLoop,
  type LinkLoopOptions,
  sharedCarrier,
} from "../../src/machine/node/index.ts";
import { RemoteClient, RemoteService } from "../../src/remote/index.ts";
import {
  type Client as ServiceClient,
  clientOf,
  type Methods,
  type ServiceDefinition,
} from "../../src/service/index.ts";
import { stepOf } from "./floors.ts";
import { NextServer } from "./ours.ts";
import type * as stepperModule from "./service/fixtures/stepper.ts";
import stepper from "./service/fixtures/stepper.ts";
import { since, type Sides } from "./subject.ts";

/** How long event loops go on looking: longer than any of them is away. */
const patienceNs = 1_000_000;
/** Looks of a client that has an event loop to go back to: some microseconds. */
const clientLooks = 1000;

function loopOptions(looks: number): LinkLoopOptions {
  return { patienceNs: looks === 0 ? 0 : patienceNs };
}

const typedClient: Sides["client"] = ({ memory, port, looks }) => {
  const link = new Link(sharedCarrier(memory, 0, port));
  const loop = new LinkLoop(loopOptions(looks));
  return whileDriven(loop, link, stepping(stepperClient(new Rpc(link), loop, looks)));
};

/** A method of a service with a small object, its client driving the link while it waits. */
export const typedRpc: Sides = {
  client: typedClient,
  server: ({ memory, port, looks }) => {
    const link = new Link(sharedCarrier(memory, 1, port));
    const counted = stepperService(link);
    const bet = new Optimism(looks);
    return (count) => {
      const end = counted.count + count;
      driveUntil(link, () => counted.count === end, bet);
    };
  },
};

/** The same between two event loops that are alive. */
export const typedLoop: Sides = {
  client: typedClient,
  server: ({ memory, port, looks }) => {
    const link = new Link(sharedCarrier(memory, 1, port));
    const counted = stepperService(link);
    return inLoop(link, counted, looks);
  },
};

/** Calls by hand between two event loops that are alive. */
export const loopedRpc: Sides = {
  client: ({ memory, port, looks }) => {
    const link = new Link(sharedCarrier(memory, 0, port));
    const calls = new Rpc(link);
    const one = (number: number): Promise<number> =>
      new Promise((answered, failed) => {
        const at = calls.begin();
        link.words[at] = number;
        calls.call(at, 4, {
          answered: (_call, message) => answered(message.words[message.at + 1]),
          failed: (_call, error) => failed(error),
        });
      });
    return whileDriven(new LinkLoop(loopOptions(looks)), link, async (count, samples) => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const beginMs = samples === undefined ? 0 : performance.now();
        sum += await one(i);
        if (samples !== undefined) samples[i] = since(beginMs);
      }
      return sum;
    });
  },
  server: ({ memory, port, looks }) => {
    const link = new Link(sharedCarrier(memory, 1, port));
    const server = new NextServer();
    server.rpc = new Rpc(link, server);
    const counted = {
      get count() {
        return server.served;
      },
    };
    return inLoop(link, counted, looks);
  },
};

interface Counted {
  readonly count: number;
}

/** Serves from the event loop, until so many calls more were served. */
function inLoop(link: Link, counted: Counted, looks: number): (count: number) => Promise<void> {
  return (count) => {
    const end = counted.count + count;
    const loop = new LinkLoop(loopOptions(looks));
    loop.add(link);
    return new Promise((resolve) => {
      const look = (): void => {
        if (counted.count < end) {
          setImmediate(look);
          return;
        }
        loop.close();
        resolve();
      };
      look();
    });
  };
}

function whileDriven(
  loop: LinkLoop,
  link: Link,
  client: (count: number, samples?: Float64Array) => Promise<number>,
) {
  return async (count: number, samples?: Float64Array) => {
    loop.add(link);
    const sum = await client(count, samples);
    loop.close();
    return sum;
  };
}

function stepperClient(calls: Rpc, loop: LinkLoop, looks: number) {
  const link = new RemoteClient({
    rpc: calls,
    looks: Math.min(looks, clientLooks),
    onWaiting: () => loop.wake(),
  });
  return clientOf<typeof stepperModule>({ link, identity: [1, 2] });
}

function stepping(client: ServiceClient<typeof stepperModule>) {
  return async (count: number, samples?: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const beginMs = samples === undefined ? 0 : performance.now();
      const step = await client.next(stepOf(i));
      sum += step.count;
      if (samples !== undefined) samples[i] = since(beginMs);
    }
    return sum;
  };
}

function stepperService(link: Link): Counted {
  const state = stepper.state!();
  const service = new RemoteService({
    // Who serves does not know of what kind the state is.
    definition: stepper as ServiceDefinition<unknown, Methods<unknown>>,
    state,
    surroundings: surroundings(),
    caller: 1,
  });
  service.answerBy(new Rpc(link, service));
  return state;
}

/** The service of this bench asks nothing of what is around it. */
function surroundings() {
  const absent = (): never => {
    throw new Error("the service of this bench is alone");
  };
  return { now: absent, sleep: absent, connect: absent, server: absent, log: absent };
}
