// The network server and its clients: who may do what, and what is left when they have gone.
import { describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { Guest } from "./guest.ts";
import { SocketGuest } from "./sock-guest.ts";

describe("the network, asked by several clients", () => {
  it("answers nobody who was granted nothing", () => {
    const s = new SocketGuest({ badges: [] });
    expect(s.accept()).toBe(-Errno.badf);
    expect(new Guest().call("sock_accept", 3, 0, 64)).toBe(Errno.badf);
  });

  it("lets go of what a client had that is gone, and of no other's", () => {
    const s = new SocketGuest({ badges: [7, 8] });
    const ours = s.network.listeners[0].connect();
    s.accept();
    const theirs = s.network.listeners[0].connect();
    const words = Int32Array.of(0, 0, 0, 0, 0, 0);
    const message = { badge: 8, label: 14, words, bytes: new Uint8Array(0) };
    expect(s.service.handle(message, s.g.host)).toMatchObject({ label: 0 });
    s.service.onClientGone(7, s.g.host);
    expect([ours.isClosed, theirs.isClosed]).toEqual([true, false]);
    expect(s.network.listeners[0].isClosed).toBe(false);
    s.service.onClientGone(8, s.g.host);
    expect([theirs.isClosed, s.network.listeners[0].isClosed]).toEqual([true, true]);
    expect(s.service.counts()).toEqual({ handles: 0, waiting: 0 });
  });

  it("keeps a connection open until each of the two that have it has closed it", () => {
    const s = new SocketGuest({ badges: [7, 8] });
    const peer = s.network.listeners[0].connect();
    const fd = s.accept() as number;
    const ask = (badge: number, label: number, ...words: number[]): unknown => {
      const six = Int32Array.of(words[0] ?? 0, words[1] ?? 0, 0, 0, 0, 0);
      return s.service.handle({ badge, label, words: six, bytes: new Uint8Array(0) }, s.g.host);
    };
    const { handle } = s.g.host.table.get(fd)!;
    expect(ask(7, 12, handle, 8)).toEqual({ label: 0, words: [1] });
    s.g.close(fd);
    expect(peer.isClosed).toBe(false);
    expect(ask(8, 9, 1)).toMatchObject({ label: 0 });
    expect(peer.isClosed).toBe(true);
  });

  it("has as many handles and waiters as before when all that was opened is closed", () => {
    const s = new SocketGuest();
    const before = s.service.counts();
    expect(before).toEqual({ handles: 1, waiting: 0 });
    for (let round = 0; round < 3; round++) {
      const fds = Array.from({ length: 50 }, () => {
        s.network.listeners[0].connect();
        return s.accept() as number;
      });
      expect(s.service.counts().handles).toBe(51);
      expect(s.recv(fds[0], 1)).toBe("waits");
      expect(s.service.counts().waiting).toBe(1);
      s.g.host.abandon(Status.interrupted);
      expect(s.finish()).toBe(-Errno.intr);
      for (const fd of fds) s.g.close(fd);
      expect(s.service.counts()).toEqual(before);
    }
  });

  it("needs no signal while nobody waits", () => {
    const s = new SocketGuest();
    expect(s.service.needsSignal()).toBe(false);
    s.accept();
    expect([s.service.needsSignal(), s.service.needsSignal()]).toEqual([true, false]);
  });
});
