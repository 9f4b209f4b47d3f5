// Sending to a connection, ending what is sent, and polls for what can be done.
import { beforeEach, describe, expect, it } from "vitest";
import { Errno, FdFlag } from "../../src/userlib/index.ts";
import type { FakeConnection } from "./sock-device.ts";
import { SocketGuest } from "./sock-guest.ts";

const listener = 3;
const [receiving, sending, both] = [1, 2, 3];

describe.each([false, true])("sending by a program whose calls leave their stack: %s", (leaves) => {
  let s: SocketGuest;
  let peer: FakeConnection;
  let fd: number;

  beforeEach(() => {
    s = new SocketGuest({ leaves });
    peer = s.network.listeners[0].connect();
    fd = s.accept() as number;
  });

  describe("sending", () => {
    it("sends bytes of every value", () => {
      const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
      expect([s.send(fd, all), s.write(fd, all)]).toEqual([256, 256]);
      expect(peer.output).toBe(all + all);
    });

    it("waits for a peer that takes no more, and answers when all was taken", () => {
      peer.roomBytes = 4;
      expect(s.send(fd, "0123456789")).toBe("waits");
      peer.roomBytes = 3;
      s.signal();
      expect(s.g.host.isWaiting).toBe(true);
      // What the program does to its buffer meanwhile no longer matters.
      s.g.bytes.fill(0, 65_536, 65_546);
      peer.roomBytes = 100;
      s.signal();
      expect(s.finish()).toBe(10);
      expect(peer.output).toBe("0123456789");
    });

    it("answers what was taken, or EAGAIN, if it is not to block", () => {
      s.g.call("fd_fdstat_set_flags", fd, FdFlag.nonblock);
      peer.roomBytes = 4;
      expect(s.send(fd, "0123456789")).toBe(4);
      expect(s.send(fd, "456789")).toBe(-Errno.again);
      expect(peer.output).toBe("0123");
    });

    it("tells of a reset, and then that there is nobody to write to", () => {
      peer.error = -Errno.connreset;
      expect([s.send(fd, "x"), s.send(fd, "x")]).toEqual([-Errno.connreset, -Errno.pipe]);
    });

    it("ends a write that waits with what was taken when the peer goes away", () => {
      peer.roomBytes = 4;
      expect(s.send(fd, "0123456789")).toBe("waits");
      peer.error = -Errno.connreset;
      s.signal();
      expect(s.finish()).toBe(4);
      expect(s.send(fd, "x")).toBe(-Errno.pipe);
    });

    it("sends nothing at once", () => {
      peer.roomBytes = 0;
      expect(s.send(fd, "")).toBe(0);
    });

    it("refuses what cannot be sent to, and flags, of which there are none", () => {
      expect(s.send(99, "x")).toBe(-Errno.badf);
      expect(s.send(1, "x")).toBe(-Errno.notsock);
      expect(s.send(listener, "x")).toBe(-Errno.notconn);
      expect(s.send(fd, "x", 1)).toBe(-Errno.inval);
    });
  });

  describe("sock_shutdown", () => {
    it("ends what is sent, while what comes is still received", () => {
      expect(s.shutdown(fd, sending)).toBe(0);
      expect(s.write(fd, "x")).toBe(-Errno.pipe);
      peer.input = "still there";
      expect(s.recv(fd, 100)).toBe("still there");
    });

    it("ends what is received, while more can be sent", () => {
      peer.input = "dropped";
      expect(s.shutdown(fd, receiving)).toBe(0);
      expect(s.recv(fd, 100)).toBe("");
      expect(s.write(fd, "sent")).toBe(4);
    });

    it("refuses directions that are none, and sockets that are not connected", () => {
      expect([s.shutdown(fd, 0), s.shutdown(fd, 4)]).toEqual([-Errno.inval, -Errno.inval]);
      expect(s.shutdown(listener, both)).toBe(-Errno.notconn);
      expect(s.shutdown(99, both)).toBe(-Errno.badf);
      expect(s.shutdown(0, both)).toBe(-Errno.notsock);
    });
  });

  describe("poll_oneoff", () => {
    it("finds what has come, with how much, and room for what is to go", () => {
      peer.input = "abc";
      peer.roomBytes = 10;
      expect(s.poll({ read: fd }, { write: fd })).toEqual([
        { index: 0, errno: 0, bytes: 3, hangup: false },
        { index: 1, errno: 0, bytes: 10, hangup: false },
      ]);
    });

    it("waits for the first of several sockets", () => {
      const second = s.network.listeners[0].connect();
      const other = s.accept() as number;
      peer.roomBytes = 0;
      expect(s.poll({ read: fd }, { read: other }, { write: fd }, { read: listener })).toBe(
        "waits",
      );
      s.signal();
      expect(s.g.host.isWaiting).toBe(true);
      second.input = "x";
      s.signal();
      expect(s.finishPoll()).toEqual([{ index: 1, errno: 0, bytes: 1, hangup: false }]);
    });

    it("finds room again when a full peer has taken something", () => {
      peer.roomBytes = 0;
      expect(s.poll({ write: fd })).toBe("waits");
      peer.roomBytes = 5;
      s.signal();
      expect(s.finishPoll()).toEqual([{ index: 0, errno: 0, bytes: 5, hangup: false }]);
    });

    it("finds a listener ready when somebody waits there, and never to be written", () => {
      expect(s.poll({ write: listener }, { read: listener })).toBe("waits");
      s.network.listeners[0].connect();
      s.network.listeners[0].connect();
      s.signal();
      expect(s.finishPoll()).toEqual([{ index: 1, errno: 0, bytes: 2, hangup: false }]);
    });

    it("tells of the peer's end and of a broken connection, which need no waiting any more", () => {
      peer.hasEnded = true;
      expect(s.poll({ read: fd })).toEqual([{ index: 0, errno: 0, bytes: 0, hangup: true }]);
      peer.error = -Errno.connreset;
      expect(s.poll({ read: fd }, { write: fd })).toEqual([
        { index: 0, errno: 0, bytes: 0, hangup: true },
        { index: 1, errno: 0, bytes: 0, hangup: true },
      ]);
      expect(s.recv(fd, 1)).toBe(-Errno.connreset);
      expect(s.poll({ write: fd })).toEqual([{ index: 0, errno: 0, bytes: 0, hangup: true }]);
    });

    it("ends when another thread closes what it waits for", () => {
      expect(s.poll({ read: fd })).toBe("waits");
      const words = Int32Array.of(s.g.host.table.get(fd)!.handle, 0, 0, 0, 0, 0);
      s.service.handle({ badge: 7, label: 9, words, bytes: new Uint8Array(0) }, s.g.host);
      expect(s.finishPoll()).toMatchObject([{ index: 0, hangup: true }]);
    });
  });
});
