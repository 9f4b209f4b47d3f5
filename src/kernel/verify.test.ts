// verify: a kernel that is right passes, and a word that is wrong is named. Each corruption stands for
// a rule of its own; the simulator's planted defects show that the rules are needed.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Register, smallLimits, StackState, Status, Syscall } from "../abi/index.ts";
import { CountingMemories } from "../../test/support/counting-memories.ts";
import {
  createKernel,
  createObject,
  createRootSpace,
  enter,
  grant,
  type Kernel,
  portalReturned,
  schedule,
  startThread,
  verify,
} from "./index.ts";
import {
  Endpoint,
  endpointShift,
  Header,
  Mutex,
  mutexShift,
  Reply,
  replyShift,
  Space,
  spaceShift,
  Thread,
  threadShift,
} from "./layout.ts";

interface Bench {
  readonly k: Kernel;
  readonly space: number;
  readonly server: number;
  readonly client: number;
  readonly endpoint: number;
  readonly mutex: number;
}

/** Two threads, an endpoint in slot 2, a portal in slot 3, a mutex in slot 4. */
function makeBench(): Bench {
  const k = createKernel({ limits: smallLimits, memories: new CountingMemories() });
  const space = createRootSpace(k);
  const portals = createRootSpace(k);
  const endpoint = createObject(k, Kind.endpoint, space);
  const portal = createObject(k, Kind.endpoint, portals, [1]);
  const mutex = createObject(k, Kind.mutex, space);
  grant(k, space, 2, { kind: Kind.endpoint, row: endpoint });
  grant(k, space, 3, { kind: Kind.endpoint, row: portal });
  grant(k, space, 4, { kind: Kind.mutex, row: mutex });
  const server = createObject(k, Kind.thread, space);
  const client = createObject(k, Kind.thread, space);
  startThread(k, server);
  startThread(k, client);
  schedule(k);
  return { k, space, server, client, endpoint, mutex };
}

function make(k: Kernel, call: number, a0: number, timeoutUs = -1): void {
  k.registers.fill(0);
  k.registers[Register.call] = call;
  k.registers[Register.a0] = a0;
  k.registers[Register.sendTimeout] = timeoutUs;
  k.registers[Register.receiveTimeout] = timeoutUs;
  enter(k);
}

/** The server waits to receive, and the client runs. */
function serve({ k }: Bench): void {
  make(k, Syscall.receive, 2);
}

let bench: Bench;

beforeEach(() => {
  bench = makeBench();
});

describe("a kernel that is right", () => {
  it("passes with nobody waiting, with a receiver waiting, and with a caller waiting", () => {
    verify(bench.k);
    serve(bench);
    verify(bench.k);
    make(bench.k, Syscall.call, 2);
    expect(bench.k.current).toBe(bench.server);
    verify(bench.k);
  });

  it("passes while the fast path has a portal unwritten, and stays unwritten", () => {
    const { k } = bench;
    make(k, Syscall.call, 3);
    expect(k.lazyCount).toBe(1);
    verify(k);
    expect(k.lazyCount).toBe(1);
    portalReturned(k);
    expect(k.registers[Register.status]).toBe(Status.ok);
    verify(k);
  });
});

describe("a word that is wrong", () => {
  const thread = (row: number, word: number) => (row << threadShift) + word;

  it.each<[string, (bench: Bench) => void, RegExp]>([
    [
      "a ready thread that left its queue",
      ({ k, client }) => void (k.threads[thread(client, Thread.readyIn)] = 0),
      /knows its queue/,
    ],
    ["a bit of an empty queue", ({ k }) => void (k.readyBits |= 1), /bit stands for each queue/],
    ["a count of stale rows", ({ k }) => void k.staleReady++, /stale ready rows are counted/],
    [
      "a ready thread above the running one",
      ({ k, server }) => void (k.threads[thread(server, Thread.priority)] = 3),
      /switch wanted/,
    ],
    [
      "a deadline in no list",
      ({ k, client }) => void (k.threads[thread(client, Thread.timed)] = 1),
      /deadline that counts/,
    ],
    [
      "a thread that waits on nothing it is queued at",
      ({ k, client }) => void (k.threads[thread(client, Thread.waitsOn)] = 7),
      /waits on nothing/,
    ],
    [
      "a partner that does not know",
      ({ k, client, server }) => void (k.threads[thread(client, Thread.partner)] = server),
      /partners name each other/,
    ],
    [
      "a reply object of another thread",
      ({ k, server, client }) =>
        void (k.replies[(k.threads[thread(server, Thread.reply)] << replyShift) + Reply.thread] =
          client),
      /names its thread/,
    ],
    [
      "an armed reply object whose thread runs",
      ({ k, server }) =>
        void (k.replies[(k.threads[thread(server, Thread.reply)] << replyShift) + Reply.armed] = 1),
      /somebody can answer/,
    ],
    [
      "a count of threads",
      ({ k, space }) => void k.spaces[(space << spaceShift) + Space.threadCount]++,
      /counts its threads/,
    ],
    [
      "a thread that may run without its stack",
      ({ k, client }) => void (k.threads[(client << threadShift) + Thread.stack] = StackState.out),
      /has its stack/,
    ],
    [
      "a count of active portals",
      ({ k, space }) => void k.spaces[(space << spaceShift) + Space.activeCount]++,
      /counts its active portals/,
    ],
    [
      "a charge",
      ({ k, space }) => void k.spaces[(space << spaceShift) + Space.objectCount]--,
      /charged what is used/,
    ],
    [
      "a count of slots",
      ({ k, space }) => void k.spaces[(space << spaceShift) + Space.slotCount]++,
      /counts its capabilities/,
    ],
    [
      "a count of names",
      ({ k, endpoint }) => void k.endpoints[(endpoint << endpointShift) + Header.capabilityCount]++,
      /counts its names/,
    ],
    [
      "a holder that does not know",
      ({ k, mutex, client }) =>
        void (k.tables[Kind.mutex].words[(mutex << mutexShift) + Mutex.owner] = client),
      /holder's list/,
    ],
    [
      "an endpoint in a set that has it not",
      ({ k, endpoint }) => void (k.endpoints[(endpoint << endpointShift) + Endpoint.set] = 1),
      /set's list/,
    ],
  ])("is found: %s", (_name, spoil, message) => {
    verify(bench.k);
    spoil(bench);
    expect(() => verify(bench.k)).toThrow(message);
  });

  it("is found in a queue: a receiver that waits where a sender waits", () => {
    serve(bench);
    const { k, client, endpoint } = bench;
    const at = (endpoint << endpointShift) + Endpoint.senders;
    k.endpoints[at] = k.endpoints[at + 1] = client;
    expect(() => verify(k)).toThrow(/a queued thread waits/);
  });

  it("is found in the derivation tree: a child that its parent does not know", () => {
    const { k } = bench;
    make(k, Syscall.capabilityCopy, 2);
    k.registers.fill(0);
    k.registers.set([Syscall.capabilityCopy, 2, 5]);
    enter(k);
    verify(k);
    const page = k.spaces[(bench.space << spaceShift) + Space.pages];
    k.capabilities[(((page << 8) | 2) << 3) + 5] = 0;
    expect(() => verify(k)).toThrow(/a parent knows its child/);
  });
});
