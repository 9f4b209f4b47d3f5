// Portals: a function of another space on the caller's stack. Every test runs with the fast path and
// without: nobody may be able to tell.
import { beforeEach, describe, expect, it } from "vitest";
import {
  FaultReason,
  Kind,
  Next,
  portalNestingMax,
  Register,
  Status,
  stateWord,
} from "../../abi/index.ts";
import { type CallArguments, KernelBench } from "../../../test/support/kernel-bench.ts";
import { fillPattern, putDescriptor } from "../../../test/support/long-message.ts";
import { portalDetached } from "../event.ts";
import { PortalForm } from "../object/endpoint.ts";
import { verify } from "../verify.ts";

describe.each([true, false])("a portal (fast path %s)", (fastPath) => {
  let bench: KernelBench;
  let server: number;
  let client: number;
  let a: number;
  let b: number;
  let door: number;
  let row: number;

  beforeEach(() => {
    bench = new KernelBench({ techniques: { fastPath } });
    server = bench.space();
    client = bench.space();
    [a, b] = [bench.thread(client), bench.thread(client)];
    ({ door, row } = portalOf(server, client));
  });

  function portalOf(
    space: number,
    user: number,
    form: number = PortalForm.portal,
    descriptor = 0,
  ): { door: number; row: number } {
    const made = bench.own(Kind.endpoint, space, [form, 5, descriptor]).row;
    return { door: bench.grant(user, Kind.endpoint, made, { badge: 7 }), row: made };
  }

  function enterPortal(args: CallArguments = {}): void {
    expect(bench.make(a, "call", { a0: door, ...args })).toBe(Next.portal);
  }

  const words = [1, 2, 3, 4, 5, 6];

  it("finds label, words and badge in the registers, and the caller its answer", () => {
    enterPortal({ label: 3, words });
    expect(bench.k.portal).toBe(row);
    expect(bench.answer(bench.k.current)).toMatchObject({ label: 3, words, badge: 7 });
    expect(bench.portalReturns({ label: 4, words: [9] })).toBe(Next.resume);
    expect(bench.k.current).toBe(a);
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: 0, label: 4, badge: 0 });
  });

  it("has its caller wait for the reply while it runs", () => {
    enterPortal();
    expect(bench.stateOf(a)).toBe("awaitingReply");
    verify(bench.look());
  });

  it("may make calls, and goes on behind them", () => {
    enterPortal();
    expect(bench.makeCurrent("clockRead")).toBe(Next.resume);
    expect(bench.portalReturns({ label: 1 })).toBe(Next.resume);
  });

  it.each<[string, () => CallArguments, "receive" | "send" | "threadSleep" | "notificationWait"]>([
    ["receive", () => ({ a0: bench.own(Kind.endpoint, server).slot }), "receive"],
    ["send", () => ({ a0: bench.own(Kind.endpoint, server).slot }), "send"],
    ["sleep", () => ({ receiveTimeout: 100 }), "threadSleep"],
    ["wait", () => ({ a0: bench.own(Kind.notification, server).slot }), "notificationWait"],
  ])("may not wait: a %s is refused, and it goes on", (_, args, name) => {
    const made = args();
    enterPortal();
    expect(bench.makeCurrent(name, made)).toBe(Next.resume);
    expect(bench.k.registers[Register.status]).toBe(Status.portalMayNotBlock);
    expect(bench.portalReturns({ label: 2 })).toBe(Next.resume);
    expect(bench.answer(a).label).toBe(2);
  });

  it("may not exit, nor destroy itself", () => {
    enterPortal();
    bench.makeCurrent("threadExit");
    expect(bench.k.registers[Register.status]).toBe(Status.wrongState);
    bench.portalReturns();
    expect(bench.answer(a).status).toBe(Status.ok);
  });

  it("that answers later leaves its caller waiting for any thread of its space", () => {
    const helper = bench.thread(server);
    enterPortal();
    bench.makeCurrent("saveReply", { a0: 90 });
    bench.portalReturns();
    expect(bench.stateOf(a)).toBe("awaitingReply");
    expect(bench.status(helper, "reply", { a0: 90, label: 12 })).toBe(Status.ok);
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 12 });
    verify(bench.look());
  });

  it("that answers later keeps to the time that its caller has", () => {
    enterPortal({ receiveTimeout: 700 });
    bench.makeCurrent("saveReply", { a0: 90 });
    bench.portalReturns();
    bench.pass(699);
    expect(bench.stateOf(a)).toBe("awaitingReply");
    bench.pass(1);
    expect(bench.answer(a).status).toBe(Status.timeout);
  });

  it("that answers later, to a caller with no time, leaves it with a timeout", () => {
    enterPortal({ receiveTimeout: 0 });
    bench.makeCurrent("saveReply", { a0: 90 });
    bench.portalReturns();
    expect(bench.answer(a).status).toBe(Status.timeout);
  });

  it("that traps gives its caller a status, and serves the next", () => {
    enterPortal();
    expect(bench.portalFaults(FaultReason.trap)).toBe(Next.resume);
    expect(bench.answer(a).status).toBe(Status.portalFault);
    expect(bench.k.notices.at(-1)).toMatchObject({ notice: "fault", space: server });
    enterPortal({ label: 1 });
    bench.portalReturns({ label: 2 });
    expect(bench.answer(a).label).toBe(2);
  });

  it("that uses up its fuel gives its caller a status of its own", () => {
    enterPortal();
    bench.portalFaults(FaultReason.fuel);
    expect(bench.answer(a).status).toBe(Status.portalFuel);
  });

  it("of a space that is active is busy, unless it is re-entrant", () => {
    const self = bench.grant(server, Kind.endpoint, row);
    const again = portalOf(server, server, PortalForm.reentrantPortal).door;
    enterPortal();
    expect(bench.makeCurrent("call", { a0: self })).toBe(Next.resume);
    expect(bench.k.registers[Register.status]).toBe(Status.busy);
    expect(bench.makeCurrent("call", { a0: again, label: 4 })).toBe(Next.portal);
    bench.portalReturns({ label: 5 });
    expect(bench.k.registers[Register.label]).toBe(5);
    bench.portalReturns({ label: 6 });
    expect(bench.answer(a).label).toBe(6);
    verify(bench.look());
  });

  it("nests as deep as the limit, and no deeper", () => {
    const again = portalOf(server, server, PortalForm.reentrantPortal).door;
    enterPortal();
    for (let depth = 1; depth < portalNestingMax; depth++) {
      expect(bench.makeCurrent("call", { a0: again, label: depth })).toBe(Next.portal);
    }
    expect(bench.makeCurrent("call", { a0: again })).toBe(Next.resume);
    expect(bench.k.registers[Register.status]).toBe(Status.nestingTooDeep);
    verify(bench.look());
    for (let depth = portalNestingMax; depth > 0; depth--) bench.portalReturns({ label: depth });
    expect(bench.k.current).toBe(a);
    expect(bench.answer(a).label).toBe(1);
    verify(bench.look());
  });

  it("that destroys its caller goes on, and its answer is nobody's", () => {
    const slot = bench.grant(server, Kind.thread, a);
    enterPortal();
    expect(bench.makeCurrent("objectDestroy", { a0: slot })).toBe(Next.resume);
    expect(bench.k.registers[Register.status]).toBe(Status.ok);
    verify(bench.look());
    bench.portalReturns({ label: 4 });
    expect(bench.k.current).toBe(b);
    verify(bench.look());
  });

  it("that destroys its caller's space goes on, and its answer is nobody's", () => {
    const slot = bench.grant(server, Kind.space, client);
    enterPortal();
    bench.makeCurrent("objectDestroy", { a0: slot });
    expect(bench.k.registers[Register.status]).toBe(Status.ok);
    bench.portalReturns({ label: 4 });
    expect(bench.k.current).toBe(0);
    verify(bench.look());
  });

  it("that stops its caller answers it all the same, and it stays stopped", () => {
    const slot = bench.grant(server, Kind.thread, a);
    enterPortal();
    bench.makeCurrent("threadStop", { a0: slot });
    bench.portalReturns({ label: 4 });
    expect(bench.stateOf(a)).toBe("stopped");
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 4 });
    verify(bench.look());
  });

  it("that interrupts its caller has nobody to answer, and the caller goes on", () => {
    const slot = bench.grant(server, Kind.thread, a);
    enterPortal();
    bench.makeCurrent("threadInterrupt", { a0: slot });
    bench.portalReturns({ label: 4 });
    bench.run(b);
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.interrupted });
    verify(bench.look());
  });

  it("nested in another may not answer later: the outer one is told at once", () => {
    const second = bench.space();
    const later = portalOf(second, server).door;
    enterPortal();
    expect(bench.makeCurrent("call", { a0: later })).toBe(Next.portal);
    bench.makeCurrent("saveReply", { a0: 90 });
    expect(bench.portalReturns()).toBe(Next.resume);
    expect(bench.k.registers[Register.status]).toBe(Status.portalMayNotBlock);
    bench.portalReturns({ label: 8 });
    expect(bench.answer(a).label).toBe(8);
    verify(bench.look());
  });

  it("whose space is destroyed by a portal above it ends when it returns", () => {
    const second = bench.space();
    const above = portalOf(second, server).door;
    const slot = bench.grant(second, Kind.space, server);
    enterPortal();
    bench.makeCurrent("call", { a0: above });
    bench.makeCurrent("objectDestroy", { a0: slot });
    expect(bench.k.registers[Register.status]).toBe(Status.ok);
    bench.portalReturns({ label: 1 });
    // What is left of the destroyed space runs to its return, and is refused every call.
    bench.makeCurrent("clockRead");
    expect(bench.k.registers[Register.status]).toBe(Status.wrongState);
    bench.portalReturns({ label: 2 });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
    expect(bench.status(b, "call", { a0: door })).toBe(Status.badCapability);
    verify(bench.look());
  });

  it("cannot destroy the space that it runs in", () => {
    const slot = bench.grant(server, Kind.space, server);
    enterPortal();
    bench.makeCurrent("objectDestroy", { a0: slot });
    expect(bench.k.registers[Register.status]).toBe(Status.wrongState);
    bench.portalReturns();
  });

  it("whose frames are taken out goes on as a thread, and its caller waits for it", () => {
    enterPortal({ label: 1 });
    const activation = bench.k.current;
    portalDetached(bench.k);
    expect(bench.stateOf(a)).toBe("awaitingReply");
    verify(bench.look());
    bench.run(activation);
    bench.portalReturns({ label: 6 });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, label: 6 });
    verify(bench.look());
  });

  it("takes and gives long messages, each byte copied once", () => {
    const long = portalOf(server, client, PortalForm.portal, 512).door;
    fillPattern(bench, client, [4096, 3000]);
    fillPattern(bench, server, [16_384, 2000], 9);
    putDescriptor(bench, server, 512, { direct: [4096, 4000] });
    putDescriptor(bench, server, 1024, { direct: [16_384, 2000] });
    const a1 = putDescriptor(bench, client, 512, { direct: [4096, 3000] });
    const a2 = putDescriptor(bench, client, 1024, { direct: [32_768, 2500] });
    expect(bench.make(a, "call", { a0: long, a1, a2 })).toBe(Next.portal);
    bench.portalReturns({ a1: 1024, label: 1 });
    expect(bench.answer(a).status).toBe(Status.ok);
    expect(bench.memories.copiedBytes).toBe(5000);
    expect(bench.memories.bytes(server)[4096 + 2999]).toBe(
      bench.memories.bytes(client)[4096 + 2999],
    );
    expect(bench.memories.bytes(client)[32_768 + 1999]).toBe(
      bench.memories.bytes(server)[16_384 + 1999],
    );
  });

  it("whose long answer does not fit tells the caller so", () => {
    putDescriptor(bench, server, 1024, { direct: [16_384, 2000] });
    enterPortal();
    bench.portalReturns({ a1: 1024, label: 1 });
    expect(bench.answer(a).status).toBe(Status.messageTooLong);
  });

  it("is created with a form that exists, and told by its state", () => {
    const slot = bench.grant(client, Kind.endpoint, row);
    bench.make(a, "objectGetState", { a0: slot, a1: 0, a2: 16 });
    expect(bench.memories.wordsOf(client)[stateWord("endpoint", "handler")]).toBe(5);
    const create = { a0: 95, a1: Kind.endpoint, words: [2] };
    expect(bench.status(a, "objectCreate", create)).toBe(Status.badArgument);
  });

  it("leaves as many rows as there were before", () => {
    const before = bench.liveCounts();
    enterPortal();
    bench.portalReturns();
    enterPortal();
    bench.portalFaults(FaultReason.trap);
    expect(bench.liveCounts()).toEqual(before);
  });
});
