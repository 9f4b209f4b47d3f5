// Sockets as a program sees them: every function, every errno, and what happens when a peer goes away.
import { beforeEach, describe, expect, it } from "vitest";
import { Status } from "../../src/abi/index.ts";
import { Errno, FdFlag, Filetype } from "../../src/userlib/index.ts";
import { grantMemory, Guest } from "./guest.ts";
import type { FakeConnection } from "./sock-device.ts";
import { SocketGuest } from "./sock-guest.ts";

const listener = 3;
const [receiving, sending, both] = [1, 2, 3];
const [peek, waitAll] = [1, 2];

describe.each([false, true])("a program whose calls leave their stack: %s", (leaves) => {
  let s: SocketGuest;
  let peer: FakeConnection;
  let fd: number;

  beforeEach(() => {
    s = new SocketGuest({ leaves });
    peer = s.network.listeners[0].connect();
    fd = s.accept() as number;
  });

  describe("sock_accept", () => {
    it("answers the connections in the order in which they came", () => {
      expect(fd).toBe(4);
      const [first, second] = [s.network.listeners[0].connect(), s.network.listeners[0].connect()];
      const [a, b] = [s.accept() as number, s.accept() as number];
      s.write(a, "a");
      s.write(b, "b");
      expect([first.output, second.output]).toEqual(["a", "b"]);
    });

    it("waits for a connection", () => {
      expect(s.accept()).toBe("waits");
      s.signal();
      expect(s.g.host.isWaiting).toBe(true);
      s.network.listeners[0].connect();
      s.signal();
      expect(s.finish()).toBe(5);
    });

    it("does not wait at a listener that is not to block", () => {
      expect(s.g.call("fd_fdstat_set_flags", listener, FdFlag.nonblock)).toBe(0);
      expect(s.accept()).toBe(-Errno.again);
    });

    it("gives the connection the flags that were asked for, and none of the listener's", () => {
      s.g.call("fd_fdstat_set_flags", listener, FdFlag.nonblock);
      s.network.listeners[0].connect();
      s.network.listeners[0].connect();
      expect(s.g.fdstat(s.accept() as number)).toMatchObject({ flags: 0 });
      const quick = s.accept(listener, FdFlag.nonblock) as number;
      expect(s.g.fdstat(quick)).toMatchObject({ flags: FdFlag.nonblock });
      expect(s.recv(quick, 1)).toBe(-Errno.again);
    });

    it("refuses what cannot be accepted from", () => {
      grantMemory(s.g, 11, "/");
      const directory = fd + 1;
      expect(s.accept(99)).toBe(-Errno.badf);
      expect(s.accept(directory)).toBe(-Errno.notsock);
      expect(s.accept(fd)).toBe(-Errno.inval);
      expect(s.accept(listener, FdFlag.append)).toBe(-Errno.inval);
      expect(s.g.call("sock_accept", listener, 0, s.g.bytes.length - 2)).toBe(Errno.fault);
    });

    it("ends with EBADF when another thread closes the listener", () => {
      expect(s.accept()).toBe("waits");
      const message = { badge: 7, label: 9, words: new Int32Array(6), bytes: new Uint8Array(0) };
      s.service.handle(message, s.g.host);
      expect(s.finish()).toBe(-Errno.badf);
      expect(s.network.listeners[0].isClosed).toBe(true);
    });
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

  describe("a socket as a descriptor", () => {
    it("is of its type, and may do what its rights say", () => {
      const type = Filetype.socketStream;
      const [accepts, shuts, reads] = [1n << 29n, 1n << 28n, 1n << 1n];
      const ofListener = s.g.fdstat(listener) as { rights: bigint; inheriting: bigint };
      const ofConnection = s.g.fdstat(fd) as { rights: bigint };
      expect(ofListener).toMatchObject({ type });
      expect(ofListener.rights & (accepts | shuts | reads)).toBe(accepts);
      expect(ofConnection).toMatchObject({ type });
      expect(ofConnection.rights & (accepts | shuts | reads)).toBe(shuts | reads);
      expect(ofListener.inheriting).toBe(ofConnection.rights);
      expect(s.g.fstat(fd)).toMatchObject({ type, size: 0n });
      expect(s.g.fstat(listener)).toMatchObject({ type });
    });

    it("has no position, no size and no entries", () => {
      expect(s.g.seek(fd, 0n, 0)).toBe(-Errno.spipe);
      expect(s.g.tell(fd)).toBe(-Errno.spipe);
      expect(s.g.pread(fd, 1, 0n)).toBe(-Errno.spipe);
      expect(s.g.call("fd_filestat_set_size", fd, 0n)).toBe(Errno.inval);
      expect(s.g.call("fd_sync", fd)).toBe(Errno.inval);
      expect(s.g.readdir(fd, 100)).toBe(-Errno.notdir);
      expect(s.g.open("x", { at: fd })).toBe(-Errno.notdir);
    });

    it("is found among what was granted, as something that is no directory", () => {
      grantMemory(s.g, 11, "/data");
      const tags = [3, 4, 5].map((one) => [
        s.g.call("fd_prestat_get", one, 64),
        s.g.view.getUint8(64),
      ]);
      expect(tags[0]).toEqual([0, 1]);
      expect(tags[1][0]).toBe(Errno.badf);
      expect(tags[2]).toEqual([0, 0]);
      expect(s.g.call("fd_prestat_dir_name", 3, 64, 10)).toBe(Errno.badf);
    });

    it("closes once, and its number is the next one's", () => {
      expect([s.g.close(fd), s.g.close(fd)]).toEqual([0, -Errno.badf]);
      expect(peer.isClosed).toBe(true);
      expect(s.recv(fd, 1)).toBe(-Errno.badf);
      s.network.listeners[0].connect();
      expect(s.accept()).toBe(fd);
    });

    it("closes when it is renumbered over", () => {
      s.network.listeners[0].connect();
      const other = s.accept() as number;
      expect(s.g.call("fd_renumber", other, fd)).toBe(0);
      expect(peer.isClosed).toBe(true);
      expect(s.write(fd, "x")).toBe(1);
    });
  });
});

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

  it("needs no signal while nobody waits", () => {
    const s = new SocketGuest();
    expect(s.service.needsSignal()).toBe(false);
    s.accept();
    expect([s.service.needsSignal(), s.service.needsSignal()]).toEqual([true, false]);
  });
});
