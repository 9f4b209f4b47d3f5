// Notifications: bits that wait for somebody, and threads that wait for bits.
import { beforeEach, describe, expect, it } from "vitest";
import { Kind, Status } from "../../abi/index.ts";
import { KernelBench } from "../../../test/support/kernel-bench.ts";

let bench: KernelBench;
let space: number;
let a: number;
let b: number;
let c: number;

beforeEach(() => {
  bench = new KernelBench();
  space = bench.space();
  [a, b, c] = [bench.thread(space), bench.thread(space), bench.thread(space)];
});

describe("a notification", () => {
  let slot: number;
  let row: number;
  beforeEach(() => ({ row, slot } = bench.own(Kind.notification, space)));

  function poll(mask = 0): number {
    bench.make(a, "notificationPoll", { a0: slot, a1: mask });
    return bench.answer(a).words[0]!;
  }

  it("gathers bits until somebody takes them", () => {
    bench.make(b, "notificationSignal", { a0: slot, a1: 1 });
    bench.make(b, "notificationSignal", { a0: slot, a1: 4 });
    expect([poll(), poll()]).toEqual([5, 0]);
  });

  it("gives a waiter the bits of its mask, and keeps the others", () => {
    bench.make(a, "notificationWait", { a0: slot, a1: 6 });
    bench.make(b, "notificationSignal", { a0: slot, a1: 1 });
    expect(bench.stateOf(a)).toBe("waitingNotification");
    bench.make(b, "notificationSignal", { a0: slot, a1: 12 });
    expect(bench.answer(a)).toMatchObject({ pending: undefined, status: Status.ok });
    expect(bench.answer(a).words[0]).toBe(4);
    expect(poll()).toBe(9);
  });

  it("serves waiters in order, each with what its mask lets through", () => {
    bench.make(a, "notificationWait", { a0: slot, a1: 1 });
    bench.make(b, "notificationWait", { a0: slot });
    bench.make(c, "notificationSignal", { a0: slot, a1: 3 });
    expect([bench.answer(a).words[0], bench.answer(b).words[0]]).toEqual([1, 2]);
  });

  it("with a badge signals its own bits only", () => {
    const badged = bench.grant(space, Kind.notification, row, { badge: 8 });
    expect(bench.status(b, "notificationSignal", { a0: badged, a1: 9 })).toBe(Status.noRight);
    expect(bench.status(b, "notificationSignal", { a0: badged })).toBe(Status.ok);
    expect(poll()).toBe(8);
    expect(bench.status(b, "notificationSignal", { a0: slot })).toBe(Status.badArgument);
  });

  it("times out, and does not wait with no time", () => {
    expect(bench.status(a, "notificationWait", { a0: slot, receiveTimeout: 0 })).toBe(
      Status.timeout,
    );
    bench.make(a, "notificationWait", { a0: slot, receiveTimeout: 50 });
    bench.pass(50);
    expect(bench.answer(a).status).toBe(Status.timeout);
  });

  it("that is destroyed tells its waiters", () => {
    bench.make(a, "notificationWait", { a0: slot });
    bench.make(b, "objectDestroy", { a0: slot });
    expect(bench.answer(a).status).toBe(Status.partnerGone);
  });
});
