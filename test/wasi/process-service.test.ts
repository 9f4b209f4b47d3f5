// The process server without a system: who may start, end, wait for and ask about whom, and that nothing
// a client sends breaks it.
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { InitialSlot } from "../../src/abi/index.ts";
import { createLauncher } from "../../src/boot/launcher.ts";
import type { Session } from "../../src/boot/session.ts";
import {
  type Launcher,
  ProcessService,
  type StartRequest,
} from "../../src/server/process/index.ts";
import { readStart } from "../../src/server/process/start-request.ts";
import { Errno, ProcessAsk, ProcessState, startRowWords } from "../../src/userlib/index.ts";
import { ServiceRig } from "./service-rig.ts";

const seed = 20261121;

interface Launched {
  readonly pid: number;
  readonly parent: number;
  readonly request: StartRequest;
  readonly code: Uint8Array;
}

describe("the process server", () => {
  let service: ProcessService;
  let rig: ServiceRig;
  let launched: Launched[];
  let abandoned: number[];
  let released: number[];
  let first: number;

  beforeEach(() => {
    launched = [];
    abandoned = [];
    released = [];
    const launcher: Launcher = {
      launch: (pid, parent, request, code) => void launched.push({ pid, parent, request, code }),
      abandon: (pid) => void abandoned.push(pid),
    };
    service = new ProcessService(launcher);
    rig = new ServiceRig(service);
    first = adopt(service.table.add(0, "first").pid);
  });

  function adopt(pid: number): number {
    service.adopt(pid, 1000 + pid, () => released.push(pid));
    return pid;
  }

  /** A child that runs. */
  function child(parent: number): number {
    const pid = rig.now(parent, ProcessAsk.create).words[0]!;
    const starting = rig.ask(parent, ProcessAsk.start, [pid, 1, 0, 0], new Uint8Array([65, 0]));
    adopt(pid);
    service.launched(pid, Errno.success);
    signal();
    expect(starting.got?.errno).toBe(0);
    return pid;
  }

  function signal(): void {
    service.onSignal(1, rig);
  }

  function end(pid: number, code = 0, fault = 0): void {
    service.ended(pid, service.codeOf(pid, code), fault);
    signal();
    rig.gone(pid);
  }

  it("answers anybody who asks about anybody", () => {
    const pid = child(first);
    expect(rig.now(pid, ProcessAsk.self).words.slice(0, 3)).toEqual([pid, first, first]);
    const { running } = ProcessState;
    const info = rig.now(77, ProcessAsk.info, [pid]);
    expect(info).toMatchObject({ words: [pid, first, first, running, 0], text: "A" });
    expect(rig.now(77, ProcessAsk.list).words[0]).toBe(2);
    expect(rig.now(77, ProcessAsk.info, [999]).errno).toBe(Errno.srch);
    expect(rig.now(77, ProcessAsk.self).errno).toBe(Errno.srch);
  });

  it("tells a parent that waits of the child that it waits for, once", () => {
    const [one, two] = [child(first), child(first)];
    const any = rig.ask(first, ProcessAsk.wait, [0]);
    const second = rig.ask(first, ProcessAsk.wait, [two]);
    end(one, 7);
    expect(any.got).toMatchObject({ errno: 0, words: [one, 7, 0] });
    expect(second.got).toBeUndefined();
    end(two, 0, 3);
    expect(second.got?.words).toEqual([two, 0, 3]);
    expect(rig.now(first, ProcessAsk.wait, [two]).errno).toBe(Errno.child);
    expect(released).toEqual([one, two]);
  });

  it("keeps an end for a parent that has not asked yet", () => {
    const pid = child(first);
    expect(rig.now(first, ProcessAsk.wait, [pid, 1]).words).toEqual([0, 0, 0]);
    end(pid, 5);
    expect(rig.now(first, ProcessAsk.info, [pid]).words[3]).toBe(ProcessState.ended);
    expect(rig.now(first, ProcessAsk.wait, [0, 1]).words).toEqual([pid, 5, 0]);
  });

  it("forgets the children of a process that ends, and keeps what runs", () => {
    const parent = child(first);
    const [runs, ended] = [child(parent), child(parent)];
    end(ended);
    end(parent);
    expect(service.table.get(ended)).toBeUndefined();
    expect(service.table.get(runs)?.parent).toBe(0);
    end(runs);
    expect(service.table.rows.map(({ pid }) => pid)).toEqual([first, parent]);
  });

  it("ends descendants only, by their spaces", () => {
    const parent = child(first);
    const pid = child(parent);
    expect(rig.now(pid, ProcessAsk.kill, [first, 9]).errno).toBe(Errno.perm);
    expect(rig.now(parent, ProcessAsk.kill, [parent, 9]).errno).toBe(Errno.perm);
    expect(rig.now(first, ProcessAsk.kill, [pid, 99]).errno).toBe(Errno.inval);
    expect(rig.now(first, ProcessAsk.kill, [pid, 0]).errno).toBe(0);
    expect(rig.destroyed).toEqual([]);
    expect(rig.now(first, ProcessAsk.kill, [pid, 9]).errno).toBe(0);
    expect(rig.destroyed).toEqual([1000 + pid]);
    end(pid, 0);
    expect(rig.now(parent, ProcessAsk.wait, [pid]).words).toEqual([pid, 137, 0]);
  });

  it("changes the group of the caller and its children, and of nobody else", () => {
    const pid = child(first);
    expect(rig.now(pid, ProcessAsk.setGroup, [0, 0]).errno).toBe(0);
    expect(service.table.get(pid)?.group).toBe(pid);
    expect(rig.now(first, ProcessAsk.setGroup, [pid, 44]).errno).toBe(0);
    expect(service.table.get(pid)?.group).toBe(44);
    expect(rig.now(pid, ProcessAsk.setGroup, [first, 1]).errno).toBe(Errno.perm);
  });

  it("starts a module that came in parts, for the parent that made the child alone", () => {
    const pid = rig.now(first, ProcessAsk.create).words[0]!;
    rig.now(first, ProcessAsk.code, [pid], new Uint8Array([1, 2]));
    rig.now(first, ProcessAsk.code, [pid], new Uint8Array([3]));
    expect(rig.now(77, ProcessAsk.code, [pid], new Uint8Array(1)).errno).toBe(Errno.srch);
    expect(rig.now(77, ProcessAsk.start, [pid]).errno).toBe(Errno.srch);
    const starting = rig.ask(first, ProcessAsk.start, [pid, 0, 0, 0]);
    expect(launched.map(({ code }) => [...code])).toEqual([[1, 2, 3]]);
    expect(rig.now(first, ProcessAsk.start, [pid]).errno).toBe(Errno.srch);
    service.launched(pid, Errno.noexec);
    signal();
    expect(starting.got?.errno).toBe(Errno.noexec);
    expect([service.table.get(pid), abandoned]).toEqual([undefined, [pid]]);
  });

  it("lets go of a child that was never started when its parent ends", () => {
    const parent = child(first);
    const pid = rig.now(parent, ProcessAsk.create).words[0]!;
    end(parent);
    expect([service.table.get(pid), abandoned]).toEqual([undefined, [pid]]);
  });

  it("limits what is kept of modules, each and all together", () => {
    const megabytes = new Uint8Array(16 * 1024 * 1024);
    const send = (pid: number): number => rig.now(first, ProcessAsk.code, [pid], megabytes).errno;
    const pids = Array.from({ length: 5 }, () => rig.now(first, ProcessAsk.create).words[0]!);
    for (const pid of pids.slice(0, 4)) {
      expect([send(pid), send(pid), send(pid), send(pid)]).toEqual([0, 0, 0, 0]);
      expect(send(pid)).toBe(Errno.toobig);
    }
    expect(send(pids[4]!)).toBe(Errno.nomem);
    rig.now(first, ProcessAsk.kill, [pids[0]!, 9]);
    expect(send(pids[4]!)).toBe(0);
  });

  it("limits the children of a process", () => {
    let made = 0;
    while (rig.now(first, ProcessAsk.create).errno === 0) made++;
    expect(made).toBe(256);
  });

  it(`answers whatever is sent, seed ${seed}`, () => {
    const word = fc.oneof(
      fc.integer({ min: -2, max: 6 }),
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    );
    const words = fc.array(word, { minLength: 6, maxLength: 6 });
    const message = fc.tuple(
      fc.integer({ min: 0, max: 11 }),
      words,
      fc.uint8Array({ maxLength: 300 }),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        for (const [label, all, bytes] of messages) {
          const { got } = rig.ask(first, label, all, bytes);
          expect(got === undefined || got.errno >= 0).toBe(true);
        }
      }),
      { seed, numRuns: 300 },
    );
    end(first);
    expect(service.table.rows.filter(({ state }) => state === ProcessState.made)).toEqual([]);
  });

  it(`reads no request that is not one, seed ${seed}`, () => {
    const count = fc.integer({ min: -1, max: 4 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), count, count, count, (bytes, a, b, c) => {
        const request = readStart(bytes, a, b, c);
        if (request === undefined) return;
        const needed = request.descriptors.length * startRowWords * 4;
        expect([a, b, c].every((one) => one >= 0)).toBe(true);
        expect(request.args.length + request.env.length + needed).toBeLessThanOrEqual(bytes.length);
      }),
      { seed, numRuns: 2000 },
    );
  });
});

describe("a launch", () => {
  const descriptor = {
    fd: 0,
    server: InitialSlot.firstFiles,
    handle: 0,
    filetype: 3,
    access: 3,
    flags: 0,
    rights: 0,
    inheriting: 0,
    offset: 0,
    preopen: "/",
  };

  it("is refused if the parent names a server that it may not call itself", () => {
    const told: [number, number][] = [];
    const session = {
      mayCall: (_pid: number, slot: number) => slot !== InitialSlot.firstFiles,
      processServers: {
        processes: { launched: (pid: number, errno: number) => told.push([pid, errno]) },
        started: { raise: () => undefined },
      },
      // The launcher gets no further than this part of a session.
    } as unknown as Session;
    const launcher = createLauncher(session, () => Promise.reject(new Error("not reached")));
    launcher.launch(5, 4, { args: [], env: [], descriptors: [descriptor] }, new Uint8Array(0));
    expect(told).toEqual([[5, Errno.perm]]);
  });
});
