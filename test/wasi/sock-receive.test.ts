// Receiving from a connection: what has come, what is still to come, and what never will.
import { beforeEach, describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { Errno, FdFlag } from "../../src/userlib/index.ts";
import type { FakeConnection } from "./sock-device.ts";
import { SocketGuest } from "./sock-guest.ts";

const listener = 3;
const [peek, waitAll] = [1, 2];

describe.each([false, true])(
  "receiving by a program whose calls leave their stack: %s",
  (leaves) => {
    let s: SocketGuest;
    let peer: FakeConnection;
    let fd: number;

    beforeEach(() => {
      s = new SocketGuest({ leaves });
      peer = s.network.listeners[0].connect();
      fd = s.accept() as number;
    });

    describe("receiving", () => {
      it("takes what has come, and waits only if there is nothing", () => {
        peer.input = "some data";
        expect(s.recv(fd, 4)).toBe("some");
        expect(s.receivedFlags).toBe(0);
        expect(s.read(fd, 100)).toBe(" data");
        expect(s.recv(fd, 100)).toBe("waits");
        peer.input = "late";
        s.signal();
        expect(s.finish()).toBe("late");
      });

      it("spreads what has come over several buffers", () => {
        peer.input = "abcdefgh";
        expect(s.recv(fd, [1, 2, 100])).toBe("abcdefgh");
      });

      it("looks at the data and leaves it there", () => {
        peer.input = "look";
        expect(s.recv(fd, 2, peek)).toBe("lo");
        expect(s.recv(fd, 100, peek)).toBe("look");
        expect(s.recv(fd, 100)).toBe("look");
        expect(s.recv(fd, 1, peek)).toBe("waits");
        peer.input = "x";
        s.signal();
        expect(s.finish()).toBe("x");
        expect(peer.input).toBe("x");
      });

      it("waits for all it asked for", () => {
        peer.input = "abc";
        expect(s.recv(fd, [2, 4], waitAll)).toBe("waits");
        peer.input += "de";
        s.signal();
        expect(s.g.host.isWaiting).toBe(true);
        peer.input += "fgh";
        s.signal();
        expect(s.finish()).toBe("abcdef");
        expect(s.read(fd, 10)).toBe("gh");
      });

      it("waits for more than the server keeps at once, piece by piece", () => {
        const all = "0123456789".repeat(10_000);
        peer.inputBytesMax = 30_000;
        expect(s.recv(fd, all.length, waitAll)).toBe("waits");
        for (let at = 0, answer: number | string = "waits"; answer === "waits"; at += 30_000) {
          expect(at).toBeLessThan(all.length);
          peer.input = all.slice(at, at + 30_000);
          s.signal();
          answer = s.finish();
          if (answer !== "waits") expect(answer).toBe(all);
        }
      });

      it("answers what there is if all cannot come any more", () => {
        peer.input = "abc";
        peer.hasEnded = true;
        expect(s.recv(fd, 10, waitAll)).toBe("abc");
        peer.input = "de";
        expect(s.recv(fd, 10, waitAll | peek)).toBe("de");
        peer.inputBytesMax = 2;
        peer.hasEnded = false;
        expect(s.recv(fd, 10, waitAll | peek)).toBe("de");
      });

      it("ends with the peer's end, again and again", () => {
        peer.input = "last";
        peer.hasEnded = true;
        expect(s.recv(fd, 10)).toBe("last");
        expect([s.recv(fd, 10), s.read(fd, 10)]).toEqual(["", ""]);
      });

      it("answers EAGAIN if it is not to block, also to a wait for all", () => {
        s.g.call("fd_fdstat_set_flags", fd, FdFlag.nonblock);
        expect([s.recv(fd, 1), s.read(fd, 1)]).toEqual([-Errno.again, -Errno.again]);
        expect(s.recv(fd, 1, peek)).toBe(-Errno.again);
        expect(s.recv(fd, 5, waitAll)).toBe(-Errno.again);
      });

      it("tells of a reset once, after the data that came before it", () => {
        peer.input = "before";
        peer.error = -Errno.connreset;
        expect(s.recv(fd, 10)).toBe("before");
        expect(s.recv(fd, 10)).toBe(-Errno.connreset);
        expect(s.recv(fd, 10)).toBe("");
        expect(s.write(fd, "x")).toBe(-Errno.pipe);
      });

      it("tells a reader that waits of a reset", () => {
        expect(s.recv(fd, 10)).toBe("waits");
        peer.error = -Errno.connreset;
        s.signal();
        expect(s.finish()).toBe(-Errno.connreset);
      });

      it("keeps what came for a reader that was interrupted", () => {
        expect(s.recv(fd, 10)).toBe("waits");
        s.g.host.abandon(Status.interrupted);
        expect(s.finish()).toBe(-Errno.intr);
        peer.input = "kept";
        s.signal();
        expect(s.recv(fd, 10)).toBe("kept");
      });

      it("refuses what cannot be received from", () => {
        expect(s.recv(99, 1)).toBe(-Errno.badf);
        expect(s.recv(0, 1)).toBe(-Errno.notsock);
        expect(s.recv(listener, 1)).toBe(-Errno.notconn);
        expect(s.read(listener, 1)).toBe(-Errno.notconn);
        expect(s.recv(fd, 1, 4)).toBe(-Errno.inval);
        const beyond = s.g.bytes.length - 1;
        expect(s.g.call("sock_recv", fd, 128, 1, 0, 64, beyond)).toBe(Errno.fault);
        expect(s.g.call("sock_recv", fd, 128, 1, 0, beyond, 72)).toBe(Errno.fault);
        expect(s.g.call("sock_recv", fd, beyond, 1, 0, 64, 72)).toBe(Errno.fault);
      });
    });
  },
);
