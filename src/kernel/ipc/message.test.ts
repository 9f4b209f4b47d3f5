// Long messages: what they carry, each byte copied once; whose fault a refusal is; and descriptors of
// programs that mean harm.
import { beforeEach, describe, expect, it } from "vitest";
import {
  Descriptor,
  Kind,
  messageBytesMax,
  messageCapabilitiesMax,
  moveFlag,
  Right,
  Status,
} from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import {
  descriptorWord,
  fillPattern,
  type LongMessage,
  putDescriptor,
} from "../../../test/support/long-message.ts";
import { verify } from "../verify.ts";

const memoryBytes = 262_144;
const at = 512;

let bench: KernelBench;
let server: number;
let client: number;
let s: number;
let a: number;
let inner: number;
let outer: number;
let endpoint: number;

beforeEach(() => {
  bench = new KernelBench();
  server = bench.space(memoryBytes);
  client = bench.space(memoryBytes);
  const made = bench.own(Kind.endpoint, server);
  endpoint = made.row;
  inner = made.slot;
  outer = bench.grant(client, Kind.endpoint, endpoint, { badge: 7 });
  [s, a] = [bench.thread(server), bench.thread(client)];
});

const message = (long: LongMessage) => putDescriptor(bench, client, at, long);
const room = (long: LongMessage) => putDescriptor(bench, server, at, long);

/** The receiver waits, then the sender sends. */
function sendLong(sent: LongMessage, into: LongMessage): number {
  bench.make(s, "receive", { a0: inner, a2: room(into) });
  return bench.status(a, "send", { a0: outer, a1: message(sent), sendTimeout: 0 });
}

function textAt(space: number, address: number, bytes: number): string {
  return Buffer.from(bench.memories.bytes(space).subarray(address, address + bytes)).toString(
    "hex",
  );
}

describe("a long message", () => {
  it.each(["sender", "receiver"])("is copied once when the %s comes last", (last) => {
    fillPattern(bench, client, [4096, 50_000]);
    const a1 = message({ words: [1024, 4], direct: [4096, 20_000], indirect: [[24_096, 30_000]] });
    const a2 = room({ words: [2048, 4], direct: [65_536, 20_000], indirect: [[100_000, 30_000]] });
    if (last === "sender") bench.make(s, "receive", { a0: inner, a2 });
    bench.make(a, "send", { a0: outer, a1 });
    if (last === "receiver") bench.make(s, "receive", { a0: inner, a2 });
    expect(bench.answer(s)).toMatchObject({ pending: undefined, status: Status.ok, badge: 7 });
    expect(textAt(server, 65_536, 20_000)).toBe(textAt(client, 4096, 20_000));
    expect(textAt(server, 100_000, 30_000)).toBe(textAt(client, 24_096, 30_000));
    expect(bench.memories.copiedBytes).toBe(16 + 50_000);
  });

  it("fills the receiver's buffers one after the other, wherever its own strings end", () => {
    fillPattern(bench, client, [4096, 300]);
    const sent = {
      direct: [4096, 100],
      indirect: [
        [4196, 150],
        [4346, 50],
      ],
    } as const;
    const status = sendLong(sent, {
      direct: [8192, 10],
      indirect: [
        [9000, 200],
        [10_000, 500],
      ],
    });
    expect(status).toBe(Status.ok);
    const arrived = [
      [8192, 10],
      [9000, 200],
      [10_000, 90],
    ].map(([from, n]) => textAt(server, from, n));
    expect(arrived.join("")).toBe(textAt(client, 4096, 300));
  });

  it("tells the receiver what came, in its own descriptor", () => {
    sendLong({ words: [1024, 2], direct: [4096, 100] }, { words: [2048, 9], direct: [8192, 500] });
    const counts = [Descriptor.wordCount, Descriptor.directBytes, Descriptor.indirectCount];
    expect(counts.map((word) => descriptorWord(bench, server, at, word))).toEqual([2, 100, 0]);
  });

  it("that is short tells a receiver with a descriptor that nothing long came", () => {
    bench.make(s, "receive", { a0: inner, a2: room({ words: [2048, 9], direct: [8192, 500] }) });
    bench.make(a, "send", { a0: outer, label: 1 });
    expect(descriptorWord(bench, server, at, Descriptor.directBytes)).toBe(0);
    expect(descriptorWord(bench, server, at, Descriptor.wordCount)).toBe(0);
  });

  it("that is empty fits a receiver without a descriptor", () => {
    bench.make(s, "receive", { a0: inner });
    expect(bench.status(a, "send", { a0: outer, a1: message({}) })).toBe(Status.ok);
  });
});

describe("a message too long", () => {
  it.each<[string, LongMessage, LongMessage]>([
    ["bytes", { direct: [4096, 101] }, { direct: [4096, 100] }],
    ["words", { words: [4096, 3] }, { words: [4096, 2] }],
    [
      "bytes over several strings",
      {
        indirect: [
          [4096, 60],
          [4096, 60],
        ],
      },
      { direct: [0, 100] },
    ],
  ])("for the receiver's %s blames the sender and leaves the receiver waiting", (_, sent, into) => {
    expect(sendLong(sent, into)).toBe(Status.messageTooLong);
    expect(bench.stateOf(s)).toBe("receiving");
    expect(bench.memories.copiedBytes).toBe(0);
  });

  it("for a receiver without buffers blames the sender", () => {
    bench.make(s, "receive", { a0: inner });
    const a1 = message({ direct: [4096, 1] });
    expect(bench.status(a, "send", { a0: outer, a1 })).toBe(Status.messageTooLong);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("of a sender that waits wakes that sender, and the receive goes on to the next", () => {
    const next = bench.thread(client);
    bench.make(a, "send", { a0: outer, a1: message({ direct: [4096, 101] }) });
    bench.make(next, "send", { a0: outer, label: 5 });
    bench.make(s, "receive", { a0: inner, a2: room({ direct: [4096, 100] }) });
    expect(bench.answer(a).status).toBe(Status.messageTooLong);
    expect(bench.answer(s).label).toBe(5);
  });
});

describe("a bad descriptor", () => {
  const bad: readonly [string, LongMessage, number][] = [
    ["a buffer outside memory", { direct: [memoryBytes - 10, 11] }, Status.badAddress],
    ["a buffer that wraps around", { direct: [-8, 64] }, Status.badAddress],
    ["words that are not aligned", { words: [4098, 2] }, Status.badAddress],
    ["an indirect string outside memory", { indirect: [[memoryBytes, 1]] }, Status.badAddress],
    ["a negative size", { direct: [4096, -1] }, Status.badArgument],
    ["more bytes than any message has", { direct: [0, messageBytesMax + 1] }, Status.badArgument],
    ["a negative count of words", { words: [4096, -5] }, Status.badArgument],
  ];

  it.each(bad)("of a sender with %s is refused", (_, sent, status) => {
    bench.make(s, "receive", { a0: inner, a2: room({ direct: [4096, 100] }) });
    expect(bench.status(a, "send", { a0: outer, a1: message(sent) })).toBe(status);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it.each(bad)("of a receiver with %s is refused at once", (_, into, status) => {
    expect(bench.status(s, "receive", { a0: inner, a2: room(into) })).toBe(status);
  });

  it("that lies outside memory or unaligned is refused", () => {
    bench.make(s, "receive", { a0: inner });
    for (const a1 of [memoryBytes - 4, 514, -4]) {
      expect(bench.status(a, "send", { a0: outer, a1 })).toBe(Status.badAddress);
    }
  });

  it("put under a waiting receiver blames the receiver, and the sender waits for another", () => {
    bench.make(s, "receive", { a0: inner, a2: room({ direct: [4096, 100] }) });
    room({ direct: [memoryBytes, 100] });
    bench.make(a, "send", { a0: outer, a1: message({ direct: [4096, 10] }) });
    expect(bench.answer(s).status).toBe(Status.badAddress);
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("whose buffers lie over itself harms nobody but its owner", () => {
    fillPattern(bench, client, [4096, 512], 0x55);
    const into = { direct: [at, 512], indirect: [[at + 44, 100]] } as const;
    sendLong({ direct: [4096, 512] }, into);
    bench.make(a, "send", { a0: outer, a1: message({ direct: [at, 400] }), sendTimeout: 0 });
    verify(bench.look());
  });

  it("over whose capability list the message is copied passes what was checked", () => {
    const notification = bench.own(Kind.notification, client).slot;
    fillPattern(bench, client, [4096, 512], 0x33);
    // The receiver's list of slots lies at its descriptor plus 208.
    const into = { direct: [at + 200, 100], capabilities: [90] } as const;
    expect(sendLong({ direct: [4096, 100], capabilities: [notification] }, into)).toBe(Status.ok);
    expect(bench.status(s, "notificationPoll", { a0: 90 })).toBe(Status.ok);
  });
});

describe("capabilities in a message", () => {
  it("are copied as children of the sender's", () => {
    const { slot } = bench.own(Kind.notification, client);
    expect(sendLong({ capabilities: [slot] }, { capabilities: [90] })).toBe(Status.ok);
    expect(bench.status(s, "notificationSignal", { a0: 90, a1: 1 })).toBe(Status.ok);
    bench.make(a, "capabilityRevoke", { a0: slot });
    expect(bench.status(s, "notificationSignal", { a0: 90, a1: 1 })).toBe(Status.badCapability);
  });

  it("are moved when the sender says so", () => {
    const { slot } = bench.own(Kind.notification, client);
    expect(sendLong({ capabilities: [slot | moveFlag] }, { capabilities: [90] })).toBe(Status.ok);
    expect(bench.status(a, "notificationSignal", { a0: slot, a1: 1 })).toBe(Status.badCapability);
    expect(bench.status(s, "notificationSignal", { a0: 90, a1: 1 })).toBe(Status.ok);
  });

  it("pass only through an endpoint capability with the right to grant", () => {
    const { slot } = bench.own(Kind.notification, client);
    const narrow = bench.grant(client, Kind.endpoint, endpoint, { rights: Right.send });
    bench.make(s, "receive", { a0: inner, a2: room({ capabilities: [90] }) });
    const a1 = message({ capabilities: [slot] });
    expect(bench.status(a, "send", { a0: narrow, a1 })).toBe(Status.noRight);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("must exist and be derivable", () => {
    const { row, slot } = bench.own(Kind.notification, client);
    const fixed = bench.grant(client, Kind.notification, row, { rights: Right.send });
    expect(sendLong({ capabilities: [999] }, { capabilities: [90] })).toBe(Status.badCapability);
    const a1 = message({ capabilities: [fixed] });
    expect(bench.status(a, "send", { a0: outer, a1 })).toBe(Status.noRight);
    bench.make(a, "capabilityCopy", { a0: slot, a1: 95 });
    const moved = message({ capabilities: [slot | moveFlag] });
    expect(bench.status(a, "send", { a0: outer, a1: moved })).toBe(Status.badArgument);
  });

  it("cannot be moved twice in one message", () => {
    const { slot } = bench.own(Kind.notification, client);
    const twice = { capabilities: [slot | moveFlag, slot | moveFlag] };
    expect(sendLong(twice, { capabilities: [90, 91] })).toBe(Status.badArgument);
  });

  it("that are to go to one slot blame the receiver", () => {
    const [one, two] = [1, 2].map(() => bench.own(Kind.notification, client).slot);
    bench.make(s, "receive", { a0: inner, a2: room({ capabilities: [90, 90] }) });
    bench.make(a, "send", { a0: outer, a1: message({ capabilities: [one, two] }) });
    expect(bench.answer(s).status).toBe(Status.badArgument);
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("that find their slot taken blame the receiver", () => {
    const { slot } = bench.own(Kind.notification, client);
    bench.make(s, "receive", { a0: inner, a2: room({ capabilities: [inner] }) });
    bench.make(a, "send", { a0: outer, a1: message({ capabilities: [slot] }) });
    expect(bench.answer(s).status).toBe(Status.slotOccupied);
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("are at most so many", () => {
    const { slot } = bench.own(Kind.notification, client);
    const list = Array.from({ length: messageCapabilitiesMax + 1 }, () => slot);
    bench.make(s, "receive", { a0: inner });
    const a1 = message({ capabilities: list });
    expect(bench.status(a, "send", { a0: outer, a1 })).toBe(Status.badArgument);
  });
});

describe("regions in a message", () => {
  it("come with their size", () => {
    const { slot } = bench.own(Kind.region, client, [12_288]);
    expect(sendLong({ regions: [slot] }, { regions: [90] })).toBe(Status.ok);
    const list = descriptorWord(bench, server, at, Descriptor.regionAddress);
    expect(bench.memories.load(server, list + 4)).toBe(12_288);
    expect(bench.status(s, "regionRead", { a0: 90, a2: 4096, a3: 100 })).toBe(Status.ok);
  });

  it("are regions and nothing else", () => {
    const { slot } = bench.own(Kind.notification, client);
    expect(sendLong({ regions: [slot] }, { regions: [90] })).toBe(Status.badCapability);
  });
});

it("long messages leave as many rows as there were before", () => {
  const before = bench.liveCounts();
  sendLong({ direct: [4096, 1000] }, { direct: [4096, 1000] });
  expect(bench.liveCounts()).toEqual(before);
});
