// poll_oneoff over streams of several servers at once: pipes, the console, files and clocks.
import { beforeEach, describe, expect, it } from "vitest";
import { leaveStack, Status } from "../../src/abi/index.ts";
import { clockService } from "../../src/server/clock/index.ts";
import { ConsoleService } from "../../src/server/console/index.ts";
import { PipeService } from "../../src/server/pipe/index.ts";
import { Access, Ask, Errno, Filetype } from "../../src/userlib/index.ts";
import { openedRow } from "../../src/wasi/index.ts";
import { FakeDevice } from "./console-device.ts";
import { clientBadge } from "./direct-host.ts";
import { consoleSlot, grantMemory, Guest } from "./guest.ts";

const [input, output, result] = [4096, 65536, 64];
const pipeSlot = 20;
const stranger = 99;

type Wanted = { readonly ms: number } | { readonly read: number } | { readonly write: number };

describe.each([false, true])("a poll of several servers, leaving its stack: %s", (leaves) => {
  let g: Guest;
  let device: FakeDevice;
  let console: ConsoleService;
  let pipes: PipeService;
  /** Descriptors of a pipe that a stranger writes, and of one that it reads. */
  let reading: number;
  let writing: number;
  let strangers: { readonly write: number; readonly read: number };

  beforeEach(() => {
    g = new Guest({ leaves });
    device = new FakeDevice();
    console = new ConsoleService(device);
    pipes = new PipeService();
    g.host.serve(consoleSlot, console);
    g.host.serve(pipeSlot, pipes);
    g.host.serve(1, clockService({ realtimeNs: () => BigInt(g.host.timeNs) }));
    const incoming = pipes.connect(clientBadge, stranger);
    const outgoing = pipes.connect(stranger, clientBadge);
    const add = (handle: number, access: number): number =>
      g.host.table.add(openedRow(pipeSlot, handle, Filetype.unknown, access));
    reading = add(incoming.read, Access.read);
    writing = add(outgoing.write, Access.write);
    strangers = { write: incoming.write, read: outgoing.read };
  });

  function strange(label: number, words: number[], bytes = new Uint8Array(0)): void {
    const all = Int32Array.from({ length: 6 }, (_, i) => words[i] ?? 0);
    pipes.handle({ badge: stranger, label, words: all, bytes }, g.host);
  }

  const strangerWrites = (count: number): void =>
    strange(Ask.write, [strangers.write], new Uint8Array(count));

  function args(...wanted: Wanted[]): [number, number, number, number] {
    const { view } = g;
    wanted.forEach((one, i) => {
      const at = input + i * 48;
      g.bytes.fill(0, at, at + 48);
      view.setBigUint64(at, BigInt(i), true);
      if ("ms" in one) {
        view.setUint32(at + 16, 1, true);
        view.setBigUint64(at + 24, BigInt(one.ms) * 1_000_000n, true);
        return;
      }
      view.setUint8(at + 8, "read" in one ? 1 : 2);
      view.setUint32(at + 16, "read" in one ? one.read : one.write, true);
    });
    return [input, output, wanted.length, result];
  }

  function events(): unknown[] {
    const { view } = g;
    return Array.from({ length: view.getUint32(result, true) }, (_, i) => {
      const at = output + i * 32;
      return {
        index: Number(view.getBigUint64(at, true)),
        errno: view.getUint16(at + 8, true),
        bytes: Number(view.getBigUint64(at + 16, true)),
        hangup: (view.getUint16(at + 24, true) & 1) !== 0,
      };
    });
  }

  const begin = (all: [number, number, number, number]): number => g.call("poll_oneoff", ...all);
  const resume = (all: [number, number, number, number]): number =>
    g.host.resume("poll_oneoff", ...all);

  it("finds what is ready at any of them", () => {
    strangerWrites(5);
    device.input = "abc";
    expect(begin(args({ read: 0 }, { read: reading }, { write: writing }))).toBe(0);
    expect(events()).toEqual([
      { index: 0, errno: 0, bytes: 3, hangup: false },
      { index: 1, errno: 0, bytes: 5, hangup: false },
      { index: 2, errno: 0, bytes: 65_536, hangup: false },
    ]);
  });

  it("waits for the first, whichever server it is at", () => {
    const wakes: [wake: () => void, fd: number][] = [
      [(): void => strangerWrites(1), reading],
      [typed, 0],
    ];
    for (const [wake, fd] of wakes) {
      const all = args({ read: 0 }, { read: reading }, { ms: 1000 });
      expect(begin(all)).toBe(leaveStack);
      wake();
      expect(resume(all)).toBe(0);
      expect(events()).toHaveLength(1);
      g.read(fd, 100);
    }
  });

  function typed(): void {
    device.input = "x";
    console.onSignal(1, g.host);
  }

  it("reports what became ready meanwhile at another", () => {
    const all = args({ read: 0 }, { read: reading });
    expect(begin(all)).toBe(leaveStack);
    device.input = "x";
    strangerWrites(2);
    expect(resume(all)).toBe(0);
    expect(events()).toMatchObject([{ index: 0 }, { index: 1, bytes: 2 }]);
  });

  it("is not fooled by a signal that came to nothing", () => {
    const all = args({ read: 0 }, { read: reading });
    expect(begin(all)).toBe(leaveStack);
    g.host.signal(clientBadge, -1);
    expect(resume(all)).toBe(leaveStack);
    strangerWrites(1);
    expect(resume(all)).toBe(0);
    expect(events()).toMatchObject([{ index: 1 }]);
  });

  it("waits until the clock is due, counted from its beginning", () => {
    const all = args({ read: 0 }, { read: reading }, { ms: 1000 });
    expect(begin(all)).toBe(leaveStack);
    g.host.timeNs += 400_000_000;
    g.host.signal(clientBadge, -1);
    expect(resume(all)).toBe(leaveStack);
    expect(g.host.timeoutUs).toBe(600_000);
    g.host.timeNs += 600_000_000;
    g.host.abandon(Status.timeout);
    expect(resume(all)).toBe(0);
    expect(events()).toMatchObject([{ index: 2, errno: 0 }]);
  });

  it("does not wait for a clock that is due already, nor with a file among them", () => {
    expect(begin(args({ read: 0 }, { read: reading }, { ms: 0 }))).toBe(0);
    expect(events()).toMatchObject([{ index: 2 }]);
    grantMemory(g, 30, "/");
    g.create("a", "x", 5);
    const file = g.open("a", { at: 5 });
    expect(begin(args({ read: 0 }, { read: reading }, { read: file }, { ms: 1000 }))).toBe(0);
    expect(events()).toMatchObject([{ index: 2, bytes: 1 }]);
  });

  it("reports hang-ups: of input that ended, and of output that nobody reads", () => {
    const all = args({ read: 0 }, { read: reading }, { ms: 1000 });
    expect(begin(all)).toBe(leaveStack);
    pipes.onClientGone(stranger, g.host);
    expect(resume(all)).toBe(0);
    expect(events()).toEqual([{ index: 1, errno: 0, bytes: 0, hangup: true }]);
    begin(args({ read: 0 }, { write: writing }));
    expect(events()).toEqual([{ index: 1, errno: 0, bytes: 0, hangup: true }]);
  });

  it("is interrupted with EINTR", () => {
    const all = args({ read: 0 }, { read: reading });
    expect(begin(all)).toBe(leaveStack);
    g.host.abandon(Status.interrupted);
    expect(resume(all)).toBe(Errno.intr);
  });

  it("asks for more streams than a message has room for", () => {
    const rows = Array.from({ length: 700 }, () => {
      const { read } = pipes.connect(clientBadge, stranger);
      return g.host.table.add(openedRow(pipeSlot, read, Filetype.unknown, Access.read));
    });
    const all = args(...rows.map((read) => ({ read })), { read: reading });
    expect(begin(all)).toBe(leaveStack);
    strangerWrites(1);
    expect(resume(all)).toBe(0);
    expect(events()).toMatchObject([{ index: 700 }]);
  });
});
