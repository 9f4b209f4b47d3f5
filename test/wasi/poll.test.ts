// poll_oneoff: clocks, files and streams at once.
import { beforeEach, describe, expect, it } from "vitest";
import { leaveStack, Status } from "../../src/abi/index.ts";
import { clockService } from "../../src/server/clock/index.ts";
import { ConsoleService } from "../../src/server/console/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { FakeDevice } from "./console-device.ts";
import { consoleSlot, grantMemory, Guest } from "./guest.ts";

const [input, output, result] = [4096, 16384, 64];
const [realtime, monotonic] = [0, 1];
const millisecondNs = 1_000_000n;
const dayStartNs = 1_795_000_000_000_000_000n;

interface Clock {
  readonly id: number;
  readonly timeNs: bigint;
  readonly isAbsolute?: boolean;
}

type Subscription =
  | { readonly clock: Clock }
  | { readonly read: number }
  | { readonly write: number };

interface Event {
  readonly index: number;
  readonly errno: number;
  readonly type: number;
  readonly bytes: bigint;
  readonly hangup: boolean;
}

describe.each([false, true])("poll_oneoff by a program that leaves its stack: %s", (leaves) => {
  let g: Guest;
  let device: FakeDevice;
  let service: ConsoleService;

  beforeEach(() => {
    g = new Guest({ leaves });
    device = new FakeDevice();
    service = new ConsoleService(device);
    g.host.serve(consoleSlot, service);
    const realtimeNs = (): bigint => dayStartNs + BigInt(g.host.timeNs);
    g.host.serve(1, clockService({ realtimeNs }));
    grantMemory(g, 10, "/");
  });

  function write(subscriptions: readonly Subscription[]): [number, number, number, number] {
    const { view } = g;
    subscriptions.forEach((one, i) => {
      const at = input + i * 48;
      g.bytes.fill(0, at, at + 48);
      view.setBigUint64(at, BigInt(1000 + i), true);
      if ("clock" in one) {
        view.setUint32(at + 16, one.clock.id, true);
        view.setBigUint64(at + 24, one.clock.timeNs, true);
        view.setUint16(at + 40, one.clock.isAbsolute === true ? 1 : 0, true);
        return;
      }
      view.setUint8(at + 8, "read" in one ? 1 : 2);
      view.setUint32(at + 16, "read" in one ? one.read : one.write, true);
    });
    return [input, output, subscriptions.length, result];
  }

  function events(): Event[] {
    const { view } = g;
    return Array.from({ length: view.getUint32(result, true) }, (_, i) => {
      const at = output + i * 32;
      return {
        index: Number(view.getBigUint64(at, true)) - 1000,
        errno: view.getUint16(at + 8, true),
        type: view.getUint8(at + 10),
        bytes: view.getBigUint64(at + 16, true),
        hangup: (view.getUint16(at + 24, true) & 1) !== 0,
      };
    });
  }

  function poll(...subscriptions: Subscription[]): Event[] | number {
    const errno = g.call("poll_oneoff", ...write(subscriptions));
    return errno === 0 ? events() : errno;
  }

  const after = (ms: bigint): Subscription => ({
    clock: { id: monotonic, timeNs: ms * millisecondNs },
  });

  it("sleeps for an interval, and not less", () => {
    const before = g.host.timeNs;
    expect(poll({ clock: { id: monotonic, timeNs: 1_500n } })).toMatchObject([
      { index: 0, type: 0 },
    ]);
    expect(g.host.timeNs - before).toBe(2_000);
  });

  it("sleeps until a time of either clock, and not at all if it is past", () => {
    const until = BigInt(g.host.timeNs) + 3n * millisecondNs;
    poll({ clock: { id: monotonic, timeNs: until, isAbsolute: true } });
    expect(g.host.timeNs).toBe(Number(until));
    poll({ clock: { id: monotonic, timeNs: until, isAbsolute: true } });
    expect(g.host.timeNs).toBe(Number(until));
    const later = dayStartNs + until + millisecondNs;
    expect(poll({ clock: { id: realtime, timeNs: later, isAbsolute: true } })).toHaveLength(1);
    const overshoot = BigInt(g.host.timeNs) - (until + millisecondNs);
    // The time of day goes through a number on its way: it is exact to a fraction of a microsecond.
    expect(overshoot).toBeGreaterThanOrEqual(-1000n);
    expect(overshoot).toBeLessThanOrEqual(1000n);
  });

  it("sleeps for longer than one kernel call can", () => {
    const before = g.host.timeNs;
    const dayMs = 86_400_000n;
    expect(poll(after(dayMs))).toHaveLength(1);
    expect(g.host.timeNs - before).toBe(Number(dayMs * millisecondNs));
  });

  it("reports the earliest clock, and those due with it", () => {
    expect(poll(after(5n), after(2n), after(2n))).toMatchObject([{ index: 1 }, { index: 2 }]);
    expect(poll(after(0n), after(1n))).toMatchObject([{ index: 0 }]);
  });

  it("finds files always ready, and does not sleep then", () => {
    const before = g.host.timeNs;
    g.create("a", "four");
    const fd = g.open("a");
    const found = poll(after(1000n), { read: fd }, { write: fd });
    expect(found).toMatchObject([
      { index: 2, type: 2, errno: 0 },
      { index: 1, type: 1, errno: 0, bytes: 4n },
    ]);
    g.read(fd, 3);
    expect(poll({ read: fd })).toMatchObject([{ bytes: 1n, hangup: false }]);
    g.read(fd, 3);
    expect(poll({ read: fd })).toMatchObject([{ bytes: 0n, hangup: false }]);
    expect(poll({ read: 3 })).toMatchObject([{ errno: 0, hangup: false }]);
    expect(g.host.timeNs).toBe(before);
  });

  it("reports a bad descriptor or clock as the event of its subscription", () => {
    expect(poll({ read: 99 }, after(1000n))).toMatchObject([{ index: 0, errno: Errno.badf }]);
    expect(poll({ clock: { id: 9, timeNs: 1n } })).toMatchObject([{ errno: Errno.inval }]);
  });

  it("refuses a poll of nothing", () => {
    expect(g.call("poll_oneoff", input, output, 0, result)).toBe(Errno.inval);
    expect(g.call("poll_oneoff", g.bytes.length - 8, output, 1, result)).toBe(Errno.fault);
  });

  it("finds input that is there, with how much, and output that can be written", () => {
    device.input = "abc";
    expect(poll({ read: 0 }, { write: 1 })).toMatchObject([
      { index: 0, type: 1, bytes: 3n, hangup: false },
      { index: 1, type: 2 },
    ]);
  });

  it("reports the end of input as a hang-up", () => {
    device.isAtEnd = true;
    expect(poll({ read: 0 })).toMatchObject([{ index: 0, hangup: true, bytes: 0n }]);
  });

  it("waits for input until it comes", () => {
    const args = write([after(1000n), { read: 0 }]);
    expect(g.call("poll_oneoff", ...args)).toBe(leaveStack);
    device.input = "x";
    service.onSignal(1, g.host);
    expect(g.host.resume("poll_oneoff", ...args)).toBe(0);
    expect(events()).toMatchObject([{ index: 1, bytes: 1n }]);
  });

  it("waits for input until the clock is due", () => {
    const args = write([{ read: 0 }, after(1000n)]);
    expect(g.call("poll_oneoff", ...args)).toBe(leaveStack);
    g.host.timeNs += 1_000_000_000;
    g.host.abandon(Status.timeout);
    expect(g.host.resume("poll_oneoff", ...args)).toBe(0);
    expect(events()).toMatchObject([{ index: 1, type: 0 }]);
  });

  it("asks for input without waiting when the time is nothing", () => {
    expect(poll({ read: 0 }, after(0n))).toMatchObject([{ index: 1, type: 0 }]);
    device.input = "x";
    expect(poll({ read: 0 }, after(0n))).toMatchObject([{ index: 0 }]);
  });

  it("is interrupted with EINTR", () => {
    const args = write([{ read: 0 }]);
    expect(g.call("poll_oneoff", ...args)).toBe(leaveStack);
    g.host.abandon(Status.interrupted);
    expect(g.host.resume("poll_oneoff", ...args)).toBe(Errno.intr);
  });

  it("leaves nothing behind at the server when it times out again and again", () => {
    const args = write([{ read: 0 }, after(1n)]);
    const answered: number[] = [];
    const { answer } = g.host;
    g.host.answer = (ticket, message) => {
      answered.push(ticket);
      return answer.call(g.host, ticket, message);
    };
    for (let i = 0; i < 3; i++) {
      expect(g.call("poll_oneoff", ...args)).toBe(leaveStack);
      g.host.timeNs += 1_000_000;
      g.host.abandon(Status.timeout);
      expect(g.host.resume("poll_oneoff", ...args)).toBe(0);
    }
    // The service lets go of each earlier ticket when its thread asks anew.
    expect(answered).toEqual([1, 2]);
  });
});
