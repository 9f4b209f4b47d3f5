// Send, receive and call meeting at an endpoint: the rules of rendezvous, one by one.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Next, Register, Right, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";
import { PortalForm } from "../object/endpoint.ts";
import { verify } from "../verify.ts";

let bench: KernelBench;
let server: number;
let client: number;
/** Threads of each side, and the slots in which each side names the endpoint. */
let s: number;
let a: number;
let b: number;
let c: number;
let inner: number;
let outer: number;
let row: number;

beforeEach(() => {
  bench = new KernelBench();
  server = bench.space();
  client = bench.space();
  ({ row, slot: inner } = bench.own(Kind.endpoint, server));
  outer = bench.grant(client, Kind.endpoint, row, { badge: 7 });
  s = bench.thread(server);
  [a, b, c] = [bench.thread(client), bench.thread(client), bench.thread(client)];
});

const words = [1, 2, 3, 4, 5, 6];

describe("send", () => {
  it("gives label, six words and the badge to a receiver that waits", () => {
    bench.make(s, "receive", { a0: inner });
    expect(bench.status(a, "send", { a0: outer, label: 9, words })).toBe(Status.ok);
    expect(bench.answer(s)).toMatchObject({ status: Status.ok, label: 9, words, badge: 7 });
  });

  it("waits for a receiver, and goes on when its message is taken", () => {
    bench.make(a, "send", { a0: outer, label: 9 });
    expect(bench.stateOf(a)).toBe("sending");
    bench.make(s, "receive", { a0: inner });
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 9 });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok });
  });

  it("is refused by a portal, which has nobody to receive", () => {
    const { slot } = bench.own(Kind.endpoint, client, [PortalForm.portal, 1]);
    expect(bench.status(a, "send", { a0: slot })).toBe(Status.wrongState);
  });

  it("needs the right to send", () => {
    const slot = bench.grant(client, Kind.endpoint, row, { rights: Right.receive });
    expect(bench.status(a, "send", { a0: slot })).toBe(Status.noRight);
    expect(bench.status(a, "call", { a0: slot })).toBe(Status.noRight);
  });

  it("is refused through a capability to something else, and through none", () => {
    const { slot } = bench.own(Kind.mutex, client);
    expect(bench.status(a, "send", { a0: slot })).toBe(Status.badCapability);
    expect(bench.status(a, "send", { a0: 12_345 })).toBe(Status.badCapability);
    expect(bench.status(a, "send", { a0: -1 })).toBe(Status.badCapability);
  });
});

describe("senders", () => {
  it("are served in the order in which they called", () => {
    for (const [thread, label] of [
      [b, 1],
      [a, 2],
      [c, 3],
    ] as const) {
      bench.make(thread, "send", { a0: outer, label });
    }
    const labels = [0, 0, 0].map(() => {
      bench.make(s, "receive", { a0: inner });
      return bench.answer(s).label;
    });
    expect(labels).toEqual([1, 2, 3]);
  });

  it("whose capability was revoked while they waited are still served: their message is queued", () => {
    bench.make(a, "send", { a0: outer, label: 4 });
    bench.make(b, "capabilityDelete", { a0: outer });
    bench.make(s, "receive", { a0: inner });
    expect(bench.answer(s)).toMatchObject({ label: 4, badge: 7 });
    expect(bench.answer(a).status).toBe(Status.ok);
  });

  it("learn that the endpoint is gone", () => {
    bench.make(a, "send", { a0: outer });
    bench.make(b, "call", { a0: outer });
    bench.make(s, "objectDestroy", { a0: inner });
    expect([a, b].map((thread) => bench.answer(thread).status)).toEqual([
      Status.partnerGone,
      Status.partnerGone,
    ]);
  });
});

describe("receive", () => {
  it("waits, and learns that the endpoint is gone", () => {
    bench.make(s, "receive", { a0: inner });
    expect(bench.stateOf(s)).toBe("receiving");
    const other = bench.thread(server);
    bench.make(other, "objectDestroy", { a0: inner });
    expect(bench.answer(s).status).toBe(Status.partnerGone);
  });

  it("lets in one badge only when it names one", () => {
    const other = bench.grant(client, Kind.endpoint, row, { badge: 8 });
    bench.make(a, "send", { a0: outer, label: 1 });
    bench.make(b, "send", { a0: other, label: 2 });
    bench.make(s, "receive", { a0: inner, a3: 8 });
    expect(bench.answer(s)).toMatchObject({ label: 2, badge: 8 });
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("that is closed is passed over by a sender it does not want, who finds an open one", () => {
    const open = bench.thread(server);
    bench.make(s, "receive", { a0: inner, a3: 99 });
    bench.make(open, "receive", { a0: inner });
    bench.make(a, "send", { a0: outer, label: 5 });
    expect(bench.answer(open).label).toBe(5);
    expect(bench.stateOf(s)).toBe("receiving");
  });

  it("needs the right to receive", () => {
    expect(
      bench.status(s, "receive", {
        a0: bench.grant(server, Kind.endpoint, row, { rights: Right.send }),
      }),
    ).toBe(Status.noRight);
  });

  it("is refused at a portal and at what is no endpoint", () => {
    const portal = bench.own(Kind.endpoint, server, [PortalForm.portal, 1]).slot;
    const mutex = bench.own(Kind.mutex, server).slot;
    expect(bench.status(s, "receive", { a0: portal })).toBe(Status.wrongState);
    expect(bench.status(s, "receive", { a0: mutex })).toBe(Status.badCapability);
  });
});

describe("timeouts", () => {
  it("of 0 never wait", () => {
    expect(bench.status(a, "send", { a0: outer, sendTimeout: 0 })).toBe(Status.timeout);
    expect(bench.status(s, "receive", { a0: inner, receiveTimeout: 0 })).toBe(Status.timeout);
    expect(bench.status(a, "call", { a0: outer, sendTimeout: 0 })).toBe(Status.timeout);
  });

  it("of 0 still meet a partner that waits", () => {
    bench.make(a, "send", { a0: outer, label: 3 });
    bench.make(s, "receive", { a0: inner, receiveTimeout: 0 });
    expect(bench.answer(s).label).toBe(3);
  });

  it("of -1 last for ever", () => {
    bench.make(a, "send", { a0: outer });
    bench.pass(1_800_000_000);
    expect(bench.stateOf(a)).toBe("sending");
  });

  it("end a wait to send on time, and not before", () => {
    bench.make(a, "send", { a0: outer, sendTimeout: 5000 });
    bench.pass(4999);
    expect(bench.stateOf(a)).toBe("sending");
    bench.pass(1);
    expect(bench.answer(a).status).toBe(Status.timeout);
  });

  it("of the two phases of a call count separately", () => {
    bench.make(a, "call", { a0: outer, sendTimeout: 5000, receiveTimeout: 3000 });
    bench.pass(4000);
    bench.make(s, "receive", { a0: inner });
    bench.pass(2999);
    expect(bench.stateOf(a)).toBe("awaitingReply");
    bench.pass(1);
    expect(bench.answer(a).status).toBe(Status.timeout);
    expect(bench.status(s, "reply", {})).toBe(Status.noReply);
  });

  it("below -1 are refused", () => {
    expect(bench.status(a, "send", { a0: outer, sendTimeout: -2 })).toBe(Status.badArgument);
    expect(bench.status(s, "receive", { a0: inner, receiveTimeout: -9 })).toBe(Status.badArgument);
  });

  it("of a call that leaves no time for the answer send nothing", () => {
    bench.make(s, "receive", { a0: inner });
    expect(bench.status(a, "call", { a0: outer, receiveTimeout: 0 })).toBe(Status.timeout);
    expect(bench.stateOf(s)).toBe("receiving");
  });
});

describe("the direct switch", () => {
  it("hands the processor from caller to server without asking the scheduler", () => {
    bench.make(s, "receive", { a0: inner });
    bench.run(a);
    expect(bench.makeCurrent("call", { a0: outer, label: 1 })).toBe(Next.switched);
    expect(bench.k.current).toBe(s);
    expect(bench.k.registers[Register.label]).toBe(1);
  });

  it("never overtakes a ready thread of higher priority", () => {
    const high = bench.thread(client, 20);
    const low = bench.thread(server, 10);
    bench.make(low, "receive", { a0: inner });
    bench.run(a);
    bench.makeCurrent("call", { a0: outer });
    expect(bench.k.current).toBe(high);
    expect(bench.answer(low)).toMatchObject({ pending: undefined, status: Status.ok });
  });

  it("does not let a woken receiver of higher priority wait for its sender", () => {
    const high = bench.thread(server, 20);
    bench.make(high, "receive", { a0: inner });
    bench.make(a, "send", { a0: outer });
    expect(bench.k.current).toBe(high);
  });
});

describe("interrupts and deaths", () => {
  it.each(["send", "call"] as const)("end a %s that waits", (name) => {
    bench.make(a, name, { a0: outer });
    const slot = bench.grant(client, Kind.thread, a);
    expect(bench.status(b, "threadInterrupt", { a0: slot })).toBe(Status.ok);
    expect(bench.answer(a).status).toBe(Status.interrupted);
  });

  it("of a waiting sender take its message out of the queue", () => {
    bench.make(a, "send", { a0: outer });
    const slot = bench.grant(client, Kind.thread, a);
    bench.make(b, "objectDestroy", { a0: slot });
    expect(bench.status(s, "receive", { a0: inner, receiveTimeout: 0 })).toBe(Status.timeout);
    verify(bench.look());
  });
});

describe("endpoint sets", () => {
  let set: number;
  let second: { row: number; slot: number };
  let secondOuter: number;

  beforeEach(() => {
    set = bench.own(Kind.endpointSet, server).slot;
    second = bench.own(Kind.endpoint, server);
    secondOuter = bench.grant(client, Kind.endpoint, second.row, { badge: 8 });
    bench.make(s, "setAdd", { a0: set, a1: inner });
    bench.make(s, "setAdd", { a0: set, a1: second.slot });
  });

  it("receive from any member", () => {
    bench.make(s, "receive", { a0: set });
    bench.make(a, "send", { a0: secondOuter, label: 2 });
    expect(bench.answer(s)).toMatchObject({ label: 2, badge: 8 });
  });

  it("serve their members in turn, so that a busy one starves nobody", () => {
    bench.make(a, "send", { a0: outer, label: 1 });
    bench.make(b, "send", { a0: outer, label: 2 });
    bench.make(c, "send", { a0: secondOuter, label: 3 });
    const labels = [0, 0, 0].map(() => {
      bench.make(s, "receive", { a0: set });
      return bench.answer(s).label;
    });
    expect(labels).toEqual([1, 3, 2]);
  });

  it("find the member whose sender a closed receive lets in", () => {
    bench.make(a, "send", { a0: outer, label: 1 });
    bench.make(b, "send", { a0: secondOuter, label: 2 });
    bench.make(s, "receive", { a0: set, a3: 8 });
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 2 });
  });

  it("serve a sender that waited at an endpoint before it joined", () => {
    const late = bench.own(Kind.endpoint, server);
    const lateOuter = bench.grant(client, Kind.endpoint, late.row);
    const other = bench.thread(server);
    bench.make(a, "send", { a0: lateOuter, label: 6 });
    bench.make(s, "receive", { a0: set });
    expect(bench.status(other, "setAdd", { a0: set, a1: late.slot })).toBe(Status.ok);
    bench.settle();
    expect(bench.answer(s)).toMatchObject({ pending: undefined, label: 6 });
  });

  it("refuse a member of another set, a portal, and to remove a stranger", () => {
    const portal = bench.own(Kind.endpoint, server, [PortalForm.portal, 1]).slot;
    const stranger = bench.own(Kind.endpoint, server).slot;
    expect(bench.status(s, "setAdd", { a0: set, a1: inner })).toBe(Status.wrongState);
    expect(bench.status(s, "setAdd", { a0: set, a1: portal })).toBe(Status.wrongState);
    expect(bench.status(s, "setRemove", { a0: set, a1: stranger })).toBe(Status.wrongState);
  });

  it("that end leave their members usable", () => {
    bench.make(s, "objectDestroy", { a0: set });
    bench.make(a, "send", { a0: outer, label: 1 });
    bench.make(s, "receive", { a0: inner });
    expect(bench.answer(s).label).toBe(1);
  });
});

it("IPC leaves as many rows as there were before", () => {
  const before = bench.liveCounts();
  bench.make(s, "receive", { a0: inner });
  bench.make(a, "call", { a0: outer });
  bench.make(s, "replyAndReceive", { a0: inner });
  bench.make(b, "send", { a0: outer });
  expect(bench.liveCounts()).toEqual(before);
  verify(bench.look());
});
