// Sockets as descriptors: how they are accepted, what they say of themselves, and how they close.
import { beforeEach, describe, expect, it } from "vitest";
import { Errno, FdFlag, Filetype } from "../../src/userlib/index.ts";
import { grantMemory } from "./guest.ts";
import type { FakeConnection } from "./sock-device.ts";
import { SocketGuest } from "./sock-guest.ts";

const listener = 3;

describe.each([false, true])("sockets of a program whose calls leave their stack: %s", (leaves) => {
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

    it("answers EMFILE while no other descriptor fits, and loses no connection by that", () => {
      const { rows } = s.g.host.table;
      const row = rows[fd];
      while (rows.length < 65_536) rows.push(row);
      const late = s.network.listeners[0].connect();
      expect(s.accept()).toBe(-Errno.mfile);
      rows.length = fd + 1;
      const accepted = s.accept() as number;
      s.write(accepted, "kept");
      expect(late.output).toBe("kept");
    });

    it("ends with EBADF when another thread closes the listener", () => {
      expect(s.accept()).toBe("waits");
      const message = { badge: 7, label: 9, words: new Int32Array(6), bytes: new Uint8Array(0) };
      s.service.handle(message, s.g.host);
      expect(s.finish()).toBe(-Errno.badf);
      expect(s.network.listeners[0].isClosed).toBe(true);
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
