// For orientation: what a round trip to a server costs in TypeScript alone, with the language's own
// ways to keep a server's place between requests, and with no isolation of any kind.
import type { Subject } from "../harness/rounds.ts";
import { expectedEmptySum, replyMask } from "./message.ts";

export const scriptServerNames = {
  generator: "server/generator",
  asyncFunction: "server/asyncFunction",
} as const;

export function scriptServerFloors(operations: number): Subject[] {
  const expected = expectedEmptySum(operations);
  const server = generatorServer();
  server.next();
  const { generator, asyncFunction } = scriptServerNames;
  return [
    { name: generator, operations, expected, run: () => callGenerator(server, operations) },
    { name: asyncFunction, operations, expected, run: () => callAsync(operations) },
  ];
}

type Server = Generator<number, never, number>;

function* generatorServer(): Server {
  let label = yield 0;
  for (;;) label = yield label ^ replyMask;
}

function callGenerator(server: Server, operations: number): number {
  let sum = 0;
  for (let label = 0; label < operations; label++) sum = (sum + server.next(label).value) | 0;
  return sum;
}

async function asyncServer(label: number): Promise<number> {
  return label ^ replyMask;
}

async function callAsync(operations: number): Promise<number> {
  let sum = 0;
  for (let label = 0; label < operations; label++) sum = (sum + (await asyncServer(label))) | 0;
  return sum;
}
