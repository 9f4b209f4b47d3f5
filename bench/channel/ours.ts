// Our calls by threads that drive their link and do nothing else: one after the other, and many under way.
import { type IncomingMessage, Link, Optimism, Rpc } from "../../src/channel/index.ts";
import type { Carrier } from "../../src/machine/carrier.ts";
import { driveUntil, sharedCarrier } from "../../src/machine/node/index.ts";
import { inFlight } from "./floors.ts";
import { type Between, type Client, since, type Sides } from "./subject.ts";

class SumWaiter {
  sum = 0;
  left = 0;

  answered(_call: number, { words, at }: IncomingMessage): void {
    this.sum += words[at + 1];
    this.left--;
  }

  failed(_call: number, error: Error): void {
    throw error;
  }
}

/** Answers a number with the one after it. */
export class NextServer {
  served = 0;
  rpc: Rpc | undefined;

  request(call: number, { words, at }: IncomingMessage): void {
    const rpc = this.rpc!;
    const to = rpc.beginAnswer();
    rpc.link.words[to] = words[at + 1] + 1;
    rpc.publishAnswer(call, to, 4);
    this.served++;
  }

  abandoned(): void {}
  ended(): void {}
}

function makeCall(rpc: Rpc, waiter: SumWaiter, number: number): number {
  const at = rpc.begin();
  rpc.link.words[at] = number;
  return rpc.call(at, 4, waiter);
}

/** Serves calls over a carrier, doing nothing else. */
export function rpcServer(carrier: Carrier, looks: number): (count: number) => void {
  const link = new Link(carrier);
  const server = new NextServer();
  const bet = new Optimism(looks);
  server.rpc = new Rpc(link, server);
  return (count) => {
    const end = server.served + count;
    driveUntil(link, () => server.served === end, bet);
  };
}

/** Makes one call after the other over a carrier, doing nothing else. */
export function rpcClient(carrier: Carrier, looks: number): Client {
  const calls = new Rpc(new Link(carrier));
  const waiter = new SumWaiter();
  const bet = new Optimism(looks);
  return (count, samples) => {
    waiter.sum = 0;
    for (let i = 0; i < count; i++) {
      const beginMs = samples === undefined ? 0 : performance.now();
      const call = makeCall(calls, waiter, i);
      driveUntil(calls.link, () => !calls.isOpen(call), bet);
      if (samples !== undefined) samples[i] = since(beginMs);
    }
    return waiter.sum;
  };
}

const serving = ({ memory, looks }: Between) => rpcServer(sharedCarrier(memory, 1), looks);

/** One call after the other, both threads driving their link and nothing else. */
export const rpc: Sides = {
  client: ({ memory, looks }) => rpcClient(sharedCarrier(memory, 0), looks),
  server: serving,
};

/** The same with 48 calls under way. */
export const pipelinedRpc: Sides = {
  client: ({ memory }) => {
    const calls = new Rpc(new Link(sharedCarrier(memory, 0)));
    const waiter = new SumWaiter();
    return (count) => {
      waiter.sum = 0;
      waiter.left = count;
      let made = 0;
      while (waiter.left > 0) {
        while (made < count && made - (count - waiter.left) < inFlight) {
          makeCall(calls, waiter, made++);
        }
        calls.link.turn(inFlight);
      }
      return waiter.sum;
    };
  },
  server: serving,
};
