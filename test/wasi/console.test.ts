// The console server: no byte is lost or overtakes another, and who is too fast waits.
import { beforeEach, describe, expect, it } from "vitest";
import { leaveStack, Status } from "../../src/abi/index.ts";
import { ConsoleService, wouldBlock } from "../../src/server/console/index.ts";
import { Ask, Errno, FdFlag, Interest } from "../../src/userlib/index.ts";
import type { Answer, Later } from "../../src/userlib/index.ts";
import { FakeDevice } from "./console-device.ts";
import { ServiceRig, type Waiting } from "./service-rig.ts";
import { consoleSlot, Guest, toBytes } from "./guest.ts";

const buffer = 4096;

describe("the console", () => {
  let g: Guest;
  let device: FakeDevice;
  let service: ConsoleService;
  const signal = (): void => service.onSignal(1, g.host);

  beforeEach(() => {
    g = new Guest();
    device = new FakeDevice();
    service = new ConsoleService(device);
    g.host.serve(consoleSlot, service);
  });

  /** The arguments of a read or write of one buffer, whose count comes to address 8. */
  function vector(fd: number, bytes: number): [number, number, number, number] {
    const [at] = g.put(new Uint8Array(new Uint32Array([buffer, bytes]).buffer));
    return [fd, at, 1, 8];
  }

  it("passes bytes of every value through, to the stream that was named", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(g.write(1, all, all)).toBe(512);
    expect(g.write(2, "error")).toBe(5);
    expect(toBytes(device.output[1])).toEqual(Uint8Array.of(...all, ...all));
    expect(device.output[2]).toBe("error");
  });

  it("writes all of it even to a device that takes a few bytes at a time", () => {
    device.chunkBytes = 3;
    expect(g.write(1, "hello world")).toBe(11);
    expect(device.output[1]).toBe("hello world");
  });

  it("makes a writer wait for a full device, and answers when all was taken", () => {
    device.room[1] = 4;
    g.bytes.set(toBytes("0123456789"), buffer);
    const args = vector(1, 10);
    expect(g.call("fd_write", ...args)).toBe(leaveStack);
    device.room[1] = 3;
    signal();
    expect(g.host.isWaiting).toBe(true);
    // What the program does to its buffer meanwhile no longer matters.
    g.bytes.fill(0, buffer, buffer + 10);
    device.room[1] = 100;
    signal();
    expect(g.host.resume("fd_write", ...args)).toBe(0);
    expect(g.view.getUint32(8, true)).toBe(10);
    expect(device.output[1]).toBe("0123456789");
  });

  it("answers a non-blocking write with what was taken, or EAGAIN", () => {
    g.call("fd_fdstat_set_flags", 1, FdFlag.nonblock);
    device.room[1] = 4;
    expect(g.write(1, "0123456789")).toBe(4);
    expect(g.write(1, "456789")).toBe(-Errno.again);
    expect(device.output[1]).toBe("0123");
  });

  it("is not ready for writing while the host takes nothing", () => {
    const rig = new ServiceRig(service);
    const asks = (): Waiting => {
      const record = new Uint8Array(new Int32Array([1, Interest.write, 0]).buffer);
      return rig.ask(3, Ask.ready, [1, 0], record);
    };
    expect(asks().got?.words[0]).toBe(1);
    device.canWrite = wouldBlock;
    const waiting = asks();
    expect(waiting.got).toBeUndefined();
    device.canWrite = 1;
    service.onSignal(1, rig);
    expect(waiting.got?.words[0]).toBe(1);
    device.canWrite = -Errno.pipe;
    const [set] = new Int32Array(toBytes(asks().got?.text ?? "").buffer);
    expect(set).toBe(Interest.write | Interest.hangup);
  });

  it("says why the host takes no more", () => {
    device.failure = -Errno.pipe;
    expect(g.write(1, "x")).toBe(-Errno.pipe);
  });

  it("ends a waiting write with what was taken when the host goes away", () => {
    device.room[1] = 4;
    const args = vector(1, 10);
    expect(g.call("fd_write", ...args)).toBe(leaveStack);
    device.failure = -Errno.pipe;
    signal();
    expect(g.host.resume("fd_write", ...args)).toBe(0);
    expect(g.view.getUint32(8, true)).toBe(4);
    expect(g.write(1, "x")).toBe(-Errno.pipe);
  });

  it("answers a read with what there is, and waits only if there is nothing", () => {
    device.input = "some input";
    expect(g.read(0, 4)).toBe("some");
    expect(g.read(0, 100)).toBe(" input");
    const args = vector(0, 100);
    expect(g.call("fd_read", ...args)).toBe(leaveStack);
    signal();
    expect(g.host.isWaiting).toBe(true);
    device.input = "late";
    signal();
    expect(g.host.resume("fd_read", ...args)).toBe(0);
    expect(g.view.getUint32(8, true)).toBe(4);
    expect(g.bytes.slice(buffer, buffer + 4)).toEqual(toBytes("late"));
  });

  it("spreads one read over several buffers", () => {
    device.input = "abcdefgh";
    expect(g.read(0, 1, 2, 100)).toBe("abcdefgh");
  });

  it("ends at the end of input, again and again", () => {
    device.isAtEnd = true;
    expect(g.read(0, 10)).toBe("");
    expect(g.read(0, 10)).toBe("");
  });

  it("answers a non-blocking read of nothing with EAGAIN", () => {
    g.call("fd_fdstat_set_flags", 0, FdFlag.nonblock);
    expect(g.read(0, 10)).toBe(-Errno.again);
  });

  it("is no file: no position, no size, no directory", () => {
    expect(g.seek(1, 0n, 0)).toBe(-Errno.spipe);
    expect(g.tell(0)).toBe(-Errno.spipe);
    expect(g.pread(0, 1, 0n)).toBe(-Errno.spipe);
    expect(g.pwrite(1, "x", 0n)).toBe(-Errno.spipe);
    expect(g.call("fd_filestat_set_size", 1, 0n)).toBe(Errno.inval);
    expect(g.call("fd_allocate", 1, 0n, 1n)).toBe(Errno.spipe);
    expect(g.call("fd_advise", 1, 0n, 0n, 0)).toBe(Errno.spipe);
    expect(g.call("fd_sync", 1)).toBe(Errno.inval);
    expect(g.readdir(0, 100)).toBe(-Errno.notdir);
    expect(g.open("x", { at: 0 })).toBe(-Errno.notdir);
    expect(g.fstat(1)).toMatchObject({ size: 0n });
  });

  it("is read at one end and written at the other", () => {
    expect(g.write(0, "x")).toBe(-Errno.badf);
    expect(g.read(1, 1)).toBe(-Errno.badf);
  });

  it("closes for good", () => {
    expect(g.close(1)).toBe(0);
    expect(g.write(1, "x")).toBe(-Errno.badf);
    expect(device.output[1]).toBe("");
  });
});

describe("the console, asked by several clients", () => {
  it("takes writes to a stream in the order in which they were asked", () => {
    const device = new FakeDevice();
    const service = new ConsoleService(device);
    device.room[1] = 2;
    const answers: [number, Answer][] = [];
    let ticket = 0;
    const host = {
      defer: (): Later => ({ later: ++ticket }),
      answer: (to: number, answer: Answer): boolean => {
        const words = answer.words === undefined ? {} : { words: [...answer.words] };
        return answers.push([to, { label: answer.label, ...words }]) > 0;
      },
      signal: () => false,
      giveUp: () => undefined,
      destroy: () => false,
      outbox: new Uint8Array(1024),
      nowNs: () => 0,
    };
    const write = (badge: number, text: string): Answer | Later => {
      const words = Int32Array.of(1, 0, 0, 0, 0, 0);
      return service.handle({ badge, label: Ask.write, words, bytes: toBytes(text) }, host);
    };
    expect(write(1, "first ")).toEqual({ later: 1 });
    expect(write(2, "second ")).toEqual({ later: 2 });
    expect(write(3, "gone ")).toEqual({ later: 3 });
    device.room[1] = 1;
    service.onSignal(1, host);
    expect(write(1, "third")).toEqual({ later: 4 });
    service.onClientGone(3, host);
    device.room[1] = 100;
    service.onSignal(1, host);
    expect(device.output[1]).toBe("first second third");
    // Whoever is gone is answered all the same, which releases the ticket.
    expect(answers.map(([to, { label }]) => [to, label])).toEqual([
      [3, Errno.intr],
      [1, 0],
      [2, 0],
      [4, 0],
    ]);
    expect(answers[1][1].words?.[0]).toBe(6);
  });

  it("reports a terminal as one, and nothing else", () => {
    const g = new Guest({ streams: { filetype: 2, isTerminal: true } });
    const nothing = new Guest({ streams: { filetype: 2, isTerminal: false } });
    const seekAndTell = (1n << 2n) | (1n << 5n);
    const rightsOf = (guest: Guest): bigint => {
      const stat = guest.fdstat(0);
      if (typeof stat === "number") throw new Error("no fdstat");
      return stat.rights & seekAndTell;
    };
    expect(rightsOf(g)).toBe(0n);
    expect(rightsOf(nothing)).toBe(seekAndTell);
  });

  it("gives up a wait that the kernel has ended", () => {
    const g = new Guest();
    const device = new FakeDevice();
    const service = new ConsoleService(device);
    g.host.serve(consoleSlot, service);
    const [at] = g.put(new Uint8Array(new Uint32Array([buffer, 4]).buffer));
    expect(g.call("fd_read", 0, at, 1, 8)).toBe(leaveStack);
    g.host.abandon(Status.interrupted);
    expect(g.host.resume("fd_read", 0, at, 1, 8)).toBe(Errno.intr);
    device.input = "kept";
    service.onSignal(1, g.host);
    expect(g.read(0, 4)).toBe("kept");
  });
});
