// Polls of many sockets, which the network server keeps the lists of: what they find is what is there,
// whatever has happened to which socket since the last one.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.ts";
import { Errno, FdFlag } from "../../src/userlib/index.ts";
import type { FakeConnection } from "./sock-device.ts";
import { guestBadge, type Ready, SocketGuest } from "./sock-guest.ts";

const listener = 3;

/** Connections of a program, with what the test knows of them. */
class Crowd {
  readonly s: SocketGuest;
  readonly members: { fd: number; peer: FakeConnection }[] = [];

  constructor(leaves: boolean, count: number) {
    this.s = new SocketGuest({ leaves });
    for (let i = 0; i < count; i++) this.join();
  }

  join(): void {
    const [listening] = this.s.network.listeners;
    listening!.connect();
    // Others may have come before.
    const peer = listening!.queue[0]!;
    this.members.push({ fd: this.s.accept(listener, FdFlag.nonblock) as number, peer });
  }

  leave(index: number): void {
    const [gone] = this.members.splice(index, 1);
    this.s.g.close(gone!.fd);
  }

  /** A poll of all of them: each to be read, every third to be written as well, and the listener. */
  wanted(): ({ read: number } | { write: number })[] {
    return [
      { read: listener },
      ...this.members.flatMap(({ fd }, i) =>
        i % 3 === 0 ? [{ read: fd }, { write: fd }] : [{ read: fd }],
      ),
    ];
  }

  /** What a poll has to find now, without regard to order. */
  expected(): Ready[] {
    const { queue } = this.s.network.listeners[0]!;
    const found = [{ index: 0, ready: queue.length, isHangup: false, is: queue.length > 0 }];
    this.members.forEach(({ peer }, i) => {
      const available = peer.available();
      const is = available !== -Errno.again;
      found.push({ index: found.length, ready: available, isHangup: available <= 0, is });
      const room = peer.room();
      const isOpen = room !== -Errno.again;
      if (i % 3 === 0)
        found.push({ index: found.length, ready: room, isHangup: room < 0, is: isOpen });
    });
    return found
      .filter(({ is }) => is)
      .map(({ index, ready, isHangup }) => ({
        index,
        errno: 0,
        bytes: Math.max(0, ready),
        hangup: isHangup,
      }));
  }

  poll(): Ready[] | number | "waits" {
    const found = this.s.poll(...this.wanted());
    return Array.isArray(found) ? found.toSorted((a, b) => a.index - b.index) : found;
  }
}

describe.each([false, true])("a long poll made again, leaving its stack: %s", (leaves) => {
  it("finds what is ready at the first, the second and every other time", () => {
    const crowd = new Crowd(leaves, 40);
    const finishes = (answer: unknown): unknown => (answer === "waits" ? undefined : answer);
    for (let round = 0; round < 4; round++) {
      for (const { peer } of crowd.members) peer.roomBytes = 0;
      crowd.members[round]!.peer.input = "x";
      let found: unknown = finishes(crowd.poll());
      while (found === undefined) found = finishes(crowd.s.finishPoll());
      expect([round, crowd.expected()]).toEqual([
        round,
        (found as Ready[]).toSorted((a, b) => a.index - b.index),
      ]);
    }
    expect(crowd.s.service.listCount).toBe(1);
  });
});

describe("the lists of the network server", () => {
  it.each([1, 2, 3, 4, 5, 6])("never miss anything that happens to a socket: seed %i", (seed) => {
    const numbers = new Random(seed);
    const random = (count: number): number => numbers.below(count);
    const crowd = new Crowd(false, 45);
    for (const { peer } of crowd.members) peer.roomBytes = 0;
    for (let step = 0; step < 400; step++) {
      const index = random(crowd.members.length);
      const { fd, peer } = crowd.members[index]!;
      const deeds: (() => void)[] = [
        () => (peer.input += "abc"),
        () => crowd.s.recv(fd, 2),
        () => (peer.roomBytes = 5),
        () => crowd.s.write(fd, "12345"),
        () => (peer.hasEnded = random(4) === 0 || peer.hasEnded),
        () => (peer.error = random(8) === 0 ? -Errno.connreset : peer.error),
        () => crowd.s.shutdown(fd, 1 + random(2)),
        () => (random(3) === 0 ? (crowd.leave(index), crowd.join()) : undefined),
        () => void crowd.s.network.listeners[0]!.connect(),
        () => void (crowd.s.network.listeners[0]!.queue.length > 0 && crowd.s.accept(listener)),
        () => undefined,
        () => undefined,
      ];
      deeds[random(deeds.length)]!();
      if (!crowd.expected().length) continue;
      expect([step, crowd.poll()]).toEqual([step, crowd.expected()]);
    }
  });

  it("wake a poll that waits when something happens to one of its sockets, and only then", () => {
    const crowd = new Crowd(false, 40);
    for (const { peer } of crowd.members) peer.roomBytes = 0;
    crowd.members[0]!.peer.input = "x";
    for (let i = 0; i < 3; i++) expect(crowd.poll()).toHaveLength(1);
    expect(crowd.s.recv(crowd.members[0]!.fd, 5)).toBe("x");
    expect(crowd.poll()).toBe("waits");
    expect(crowd.s.service.counts().waiting).toBe(1);
    crowd.s.signal();
    crowd.members[7]!.peer.input = "y";
    crowd.s.signal();
    expect(crowd.s.finishPoll()).toEqual(crowd.expected());
    expect(crowd.s.service.counts().waiting).toBe(0);
  });

  it("go with their client, and are told anew by one that finds them gone", () => {
    const crowd = new Crowd(false, 40);
    for (let i = 0; i < 3; i++) expect(crowd.poll()).toEqual(crowd.expected());
    expect(crowd.s.service.listCount).toBe(1);
    crowd.s.service.onClientGone(guestBadge, crowd.s.g.host);
    expect(crowd.s.service.listCount).toBe(0);
    // Its sockets are gone with it: every one of them is found so.
    for (let i = 0; i < 3; i++) expect(crowd.poll()).toHaveLength(crowd.wanted().length);
  });

  it("are told in parts, and answered in parts, if they are longer than a message", () => {
    const crowd = new Crowd(false, 400);
    for (const { peer } of crowd.members) peer.input = "x";
    const all = crowd.expected();
    expect(crowd.poll()).toEqual(all);
    const parts = [crowd.poll(), crowd.poll()] as Ready[][];
    expect(parts.map(({ length }) => length)).toEqual([309, 309]);
    const found = new Set(parts.flat().map(({ index }) => index));
    expect([...found].toSorted((a, b) => a - b)).toEqual(all.map(({ index }) => index));
  });
});
