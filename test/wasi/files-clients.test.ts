// Two programs that are clients of one file server: each has its own descriptors, both see one tree, and
// what one asks for is done before the other's next call.
import { beforeEach, describe, expect, it } from "vitest";
import { fileService, MemoryFiles } from "../../src/server/files/index.ts";
import { Errno, FdFlag, OpenFlag, type Service } from "../../src/userlib/index.ts";
import { bothRights, Guest, type Stat, writeRight } from "./guest.ts";

/** The same server under another badge. */
function asClient(service: Service, badge: number): Service {
  return { ...service, handle: (message, host) => service.handle({ ...message, badge }, host) };
}

describe("two clients of one file server", () => {
  let service: Service;
  let one: Guest;
  let other: Guest;
  beforeEach(() => {
    let timeNs = 1n;
    service = fileService("shared", new MemoryFiles({ nowNs: () => timeNs++ }));
    one = new Guest();
    other = new Guest();
    one.grant(10, asClient(service, 1), "/");
    other.grant(10, asClient(service, 2), "/");
  });

  it("cannot both make a file", () => {
    const exclusive = { flags: OpenFlag.create | OpenFlag.exclusive, rights: writeRight };
    expect(one.open("lock", exclusive)).toBe(4);
    expect(other.open("lock", exclusive)).toBe(-Errno.exist);
    one.unlink("lock");
    expect(other.open("lock", exclusive)).toBe(4);
  });

  it("append behind each other", () => {
    const options = { flags: OpenFlag.create, rights: writeRight, fdFlags: FdFlag.append };
    const [mine, theirs] = [one.open("log", options), other.open("log", options)];
    for (let i = 0; i < 3; i++) {
      one.write(mine, "one;");
      other.write(theirs, "other;");
    }
    expect(one.content("log")).toBe("one;other;".repeat(3));
    expect([one.tell(mine), other.tell(theirs)]).toEqual([24n, 30n]);
  });

  it("have positions, handles and flags of their own", () => {
    one.create("f", "0123456789");
    const [mine, theirs] = [one.open("f", { rights: bothRights }), other.open("f")];
    expect(one.read(mine, 4)).toBe("0123");
    expect(other.read(theirs, 2)).toBe("01");
    one.close(mine);
    expect(other.read(theirs, 2)).toBe("23");
    expect(other.write(theirs, "x")).toBe(-Errno.badf);
  });

  it("see what the other has written, removed and renamed at once", () => {
    one.create("f", "old");
    const theirs = other.open("f", { rights: bothRights });
    const mine = one.open("f", { rights: bothRights });
    one.write(mine, "new");
    expect(other.read(theirs, 9)).toBe("new");
    one.rename("f", "g");
    other.pwrite(theirs, "N", 0n);
    expect(one.content("g")).toBe("New");
    one.unlink("g");
    expect((other.fstat(theirs) as Stat).links).toBe(0n);
    expect(other.pread(theirs, 9, 0n)).toBe("New");
  });

  it("lose what they had open when they are gone, and nobody else does", () => {
    one.create("f", "x");
    const [mine, theirs] = [one.open("f"), other.open("f")];
    service.onClientGone?.(1, one.host);
    expect(other.read(theirs, 1)).toBe("x");
    expect(one.read(mine, 1)).toBe(-Errno.badf);
  });
});
