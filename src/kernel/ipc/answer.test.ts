// Answers: reply, replyAndReceive, saveReply, and what becomes of them when a party is gone.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Right, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let server: number;
let client: number;
let s: number;
let a: number;
let b: number;
let c: number;
let inner: number;
let outer: number;

beforeEach(() => {
  bench = new KernelBench();
  server = bench.space();
  client = bench.space();
  const { row, slot } = bench.own(Kind.endpoint, server);
  inner = slot;
  outer = bench.grant(client, Kind.endpoint, row, { badge: 7 });
  s = bench.thread(server);
  [a, b, c] = [bench.thread(client), bench.thread(client), bench.thread(client)];
});

/** `a` calls, and `s` has its message. */
function called(): void {
  bench.make(s, "receive", { a0: inner });
  bench.make(a, "call", { a0: outer, label: 1 });
}

const words = [6, 5, 4, 3, 2, 1];

describe("reply", () => {
  it("gives label and words to the caller, who goes on", () => {
    called();
    expect(bench.status(s, "reply", { label: 2, words })).toBe(Status.ok);
    expect(bench.answer(a)).toMatchObject({
      pending: undefined,
      status: Status.ok,
      label: 2,
      words,
    });
  });

  it("answers once", () => {
    called();
    bench.make(s, "reply", { label: 2 });
    expect(bench.status(s, "reply", { label: 3 })).toBe(Status.noReply);
    expect(bench.answer(a).label).toBe(2);
  });

  it("is refused to a thread that owes nothing", () => {
    expect(bench.status(s, "reply")).toBe(Status.noReply);
    expect(bench.status(s, "saveReply", { a0: 50 })).toBe(Status.noReply);
  });
});

describe("replyAndReceive", () => {
  it("answers and waits in one call, and the caller has the processor", () => {
    called();
    bench.make(s, "replyAndReceive", { a0: inner, label: 2 });
    expect(bench.k.current).toBe(a);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("does not hand the processor to the caller past a ready thread of higher priority", () => {
    const low = bench.thread(client, 5);
    bench.make(s, "receive", { a0: inner });
    bench.make(low, "call", { a0: outer });
    bench.run(s);
    bench.makeCurrent("replyAndReceive", { a0: inner });
    expect(bench.k.current).not.toBe(low);
    expect(bench.stateOf(low)).toBe("ready");
  });

  it("delivers a message of C queued on B before A continues", () => {
    called();
    bench.make(c, "call", { a0: outer, label: 33 });
    bench.run(s);
    bench.makeCurrent("replyAndReceive", { a0: inner, label: 2 });
    expect(bench.k.current).toBe(s);
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 33 });
    expect(bench.stateOf(a)).toBe("ready");
    expect(bench.stateOf(c)).toBe("awaitingReply");
  });

  it("passes over a caller that is gone, and receives", () => {
    called();
    bench.make(b, "objectDestroy", { a0: bench.grant(client, Kind.thread, a) });
    bench.make(s, "replyAndReceive", { a0: inner, label: 2 });
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("owing nothing is a receive", () => {
    bench.make(b, "send", { a0: outer, label: 4 });
    bench.make(s, "replyAndReceive", { a0: inner });
    expect(bench.answer(s).label).toBe(4);
  });

  it("with a bad source answers nobody", () => {
    called();
    expect(bench.status(s, "replyAndReceive", { a0: 999 })).toBe(Status.badCapability);
    expect(bench.stateOf(a)).toBe("awaitingReply");
    expect(bench.status(s, "reply")).toBe(Status.ok);
  });
});

describe("a saved reply", () => {
  it("can be given later by any thread of the space, in any order", () => {
    called();
    bench.make(s, "saveReply", { a0: 50 });
    bench.make(b, "call", { a0: outer, label: 2 });
    bench.make(s, "receive", { a0: inner });
    bench.make(s, "saveReply", { a0: 51 });
    const helper = bench.thread(server);
    expect(bench.status(helper, "reply", { a0: 51, label: 22 })).toBe(Status.ok);
    expect(bench.status(helper, "reply", { a0: 50, label: 11 })).toBe(Status.ok);
    expect([bench.answer(a).label, bench.answer(b).label]).toEqual([11, 22]);
  });

  it("is good for one answer, and its slot is free afterwards", () => {
    called();
    bench.make(s, "saveReply", { a0: 50 });
    bench.make(s, "reply", { a0: 50 });
    expect(bench.status(s, "reply", { a0: 50 })).toBe(Status.badCapability);
    expect(bench.status(s, "capabilityCopy", { a0: inner, a1: 50 })).toBe(Status.ok);
  });

  it("of an earlier call does not answer a later one", () => {
    called();
    bench.make(s, "saveReply", { a0: 50 });
    bench.make(s, "capabilityCopy", { a0: 50, a1: 51 });
    bench.make(s, "reply", { a0: 50, label: 1 });
    bench.make(s, "receive", { a0: inner });
    bench.make(a, "call", { a0: outer, label: 9 });
    expect(bench.status(s, "reply", { a0: 51, label: 66 })).toBe(Status.badCapability);
    expect(bench.stateOf(a)).toBe("awaitingReply");
  });

  it("that is deleted tells the caller that nobody will answer", () => {
    called();
    bench.make(s, "saveReply", { a0: 50 });
    bench.make(s, "capabilityDelete", { a0: 50 });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });

  it("needs a free slot, and is owed still when it gets none", () => {
    called();
    expect(bench.status(s, "saveReply", { a0: inner })).toBe(Status.slotOccupied);
    expect(bench.status(s, "reply", { label: 1 })).toBe(Status.ok);
  });
});

describe("a caller", () => {
  it("learns that its server has exited", () => {
    called();
    bench.make(s, "threadExit");
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });

  it("learns that its server forgot it by receiving anew", () => {
    called();
    bench.make(s, "receive", { a0: inner });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });

  it("learns that its server's space is gone", () => {
    called();
    const named = bench.grant(client, Kind.space, server);
    bench.make(b, "objectDestroy", { a0: named });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
    verify(bench.look());
  });

  it("that is interrupted leaves its server without anybody to answer", () => {
    called();
    bench.make(b, "threadInterrupt", { a0: bench.grant(client, Kind.thread, a) });
    expect(bench.answer(a).status).toBe(Status.interrupted);
    expect(bench.status(s, "reply")).toBe(Status.noReply);
  });

  it("that is stopped gets its answer, and stays stopped", () => {
    called();
    bench.make(b, "threadStop", { a0: bench.grant(client, Kind.thread, a, { slot: 60 }) });
    expect(bench.status(s, "reply", { label: 8 })).toBe(Status.ok);
    expect(bench.stateOf(a)).toBe("stopped");
    bench.make(b, "threadResume", { a0: 60 });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 8 });
  });
});

describe("an answer to a caller whose state is taken out", () => {
  beforeEach(() => {
    called();
    bench.make(b, "threadStop", { a0: bench.grant(client, Kind.thread, a, { slot: 60 }) });
    bench.makeCurrent("objectGetState", { a0: 60, a1: 0, a2: 64, a3: 70 });
  });

  it("waits until the caller runs again", () => {
    bench.make(s, "reply", { label: 8 });
    expect(bench.stateOf(s)).toBe("replying");
    bench.make(b, "threadResume", { a0: 60 });
    bench.settle();
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 8 });
    expect(bench.answer(s)).toMatchObject({ pending: undefined, status: Status.ok });
  });

  it("given through a capability leaves what the server owes another", () => {
    bench.make(s, "saveReply", { a0: 50 });
    bench.make(c, "call", { a0: outer, label: 3 });
    bench.make(s, "receive", { a0: inner });
    bench.make(s, "reply", { a0: 50, label: 8 });
    expect(bench.stateOf(s)).toBe("replying");
    bench.make(b, "threadResume", { a0: 60 });
    bench.settle();
    expect(bench.answer(a).label).toBe(8);
    expect(bench.status(s, "reply", { label: 9 })).toBe(Status.ok);
    expect(bench.answer(c).label).toBe(9);
    expect(bench.status(s, "capabilityCopy", { a0: inner, a1: 50 })).toBe(Status.ok);
  });

  it("waits no longer than it was told to", () => {
    bench.make(s, "reply", { label: 8, sendTimeout: 1000 });
    bench.pass(1000);
    expect(bench.answer(s).status).toBe(Status.timeout);
    bench.make(b, "threadResume", { a0: 60 });
    bench.settle();
    expect(bench.status(s, "reply", { label: 9 })).toBe(Status.ok);
    expect(bench.answer(a).label).toBe(9);
  });

  it("goes to the thread that was built from the state", () => {
    bench.make(b, "objectDestroy", { a0: 60 });
    bench.makeCurrent("objectCreate", { a0: 61, a1: Kind.thread });
    expect(bench.status(b, "objectSetState", { a0: 61, a1: 0, a2: 64 })).toBe(Status.ok);
    bench.make(s, "reply", { label: 8 });
    bench.make(b, "threadResume", { a0: 61 });
    bench.settle();
    bench.make(b, "objectGetState", { a0: 61, a1: 512, a2: 64 });
    const label = bench.memories.wordsOf(client)[512 / 4 + 5 + 5];
    expect(label).toBe(8);
    verify(bench.look());
  });

  it("is refused when the state is thrown away", () => {
    bench.make(b, "objectDestroy", { a0: 60 });
    bench.make(s, "reply", { label: 8 });
    expect(bench.stateOf(s)).toBe("replying");
    bench.make(b, "capabilityDelete", { a0: 70 });
    expect(bench.answer(s).status).toBe(Status.partnerGone);
    verify(bench.look());
  });

  it("may be read as often as one likes: reading it out does not end the call", () => {
    bench.make(b, "capabilityDelete", { a0: 70 });
    bench.make(b, "threadResume", { a0: 60 });
    bench.settle();
    expect(bench.stateOf(a)).toBe("awaitingReply");
    expect(bench.status(s, "reply", { label: 8 })).toBe(Status.ok);
    expect(bench.answer(a).label).toBe(8);
  });
});

it("a server's debt passes to the thread that is built from its state", () => {
  called();
  const operator = bench.thread(server);
  bench.make(operator, "threadStop", { a0: bench.grant(server, Kind.thread, s, { slot: 60 }) });
  bench.makeCurrent("objectGetState", { a0: 60, a1: 0, a2: 64, a3: 70 });
  bench.makeCurrent("objectDestroy", { a0: 60 });
  expect(bench.stateOf(a)).toBe("awaitingReply");
  bench.makeCurrent("objectCreate", { a0: 61, a1: Kind.thread });
  bench.makeCurrent("objectSetState", { a0: 61, a1: 0, a2: 64 });
  expect(bench.status(operator, "capabilityDelete", { a0: 70 })).toBe(Status.ok);
  expect(bench.stateOf(a)).toBe("awaitingReply");
  bench.make(operator, "objectDestroy", { a0: 61 });
  expect(bench.answer(a).status).toBe(Status.partnerGone);
});

it("a reply capability cannot be made into more rights than it has", () => {
  called();
  bench.make(s, "saveReply", { a0: 50 });
  expect(bench.status(s, "capabilityMint", { a0: 50, a1: 51, a2: Right.receive })).toBe(
    Status.noRight,
  );
});
