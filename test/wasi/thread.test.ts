// Threads of one process: they share a memory and a descriptor table, wait for each other without
// keeping the core, and end together. In both execution models.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  LinkError,
  type PreparedModule,
  prepareModule,
  type PrepareOptions,
  type ProgramEnd,
  Session,
  System,
} from "../../src/boot/index.ts";
import { processThreadsMax } from "../../src/abi/index.ts";
import { verify } from "../../src/kernel/index.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { Errno } from "../../src/userlib/index.ts";
import { assembleWat } from "../support/wat.ts";
import { FakeDevice } from "./console-device.ts";
import { threadPrograms, unfitPrograms } from "./thread-programs.ts";

async function prepare(
  wat: string,
  options: Partial<PrepareOptions> = {},
): Promise<PreparedModule> {
  return prepareModule(await assembleWat(wat), { fuel: false, capture: "none", ...options });
}

const models = [
  ["process", "none"],
  ["interrupt", "asyncify"],
] as const;

describe.each(models)("threads in the %s model", (model, capture) => {
  const programs = new Map<string, PreparedModule>();
  let machine: Machine;
  let system: System;
  let session: Session;
  let device: FakeDevice;
  let crash: unknown;
  let traced: string[];

  beforeAll(async () => {
    for (const [name, wat] of Object.entries(threadPrograms)) {
      programs.set(name, await prepare(wat, { capture }));
    }
  });

  beforeEach(() => {
    machine = createNodeMachine();
    device = new FakeDevice();
    traced = [];
    crash = undefined;
    system = new System({ machine, onCrash: (error) => (crash = error) });
    session = new Session(system, { grants: [], console: device, model, fuelSlice: 1000 });
  });

  afterEach(() => {
    expect(crash).toBeUndefined();
    verify(system.core.kernel);
    system.core.stop();
    machine.close();
  });

  function start(prepared: PreparedModule): Promise<ProgramEnd> {
    const ended = session.start([{ prepared, args: ["threads"], env: [] }]);
    system.core.start();
    return ended.then(([end]) => end!);
  }

  async function codeOf(name: string): Promise<number> {
    const { code, fault } = await start(programs.get(name)!);
    expect(fault).toBeUndefined();
    return code;
  }

  it("share the memory and nothing else, and know their number and argument", async () => {
    expect(await codeOf("shares")).toBe(71);
  });

  it("come and go by the thousand", async () => {
    expect(await codeOf("manyInTurn")).toBe(0);
    const { kernel } = system.core;
    expect(kernel.tables.map((table) => table?.liveCount ?? 0)).toEqual(await countsAlone());
  });

  /** Live objects by kind after a program of one thread has ended, on a system of its own. */
  async function countsAlone(): Promise<number[]> {
    const other = createNodeMachine();
    const alone = new System({ machine: other, onCrash: (error) => (crash = error) });
    const prepared = await prepare(
      `(module (memory (export "memory") 1) (func (export "_start")))`,
      { capture },
    );
    const ended = new Session(alone, { grants: [], console: new FakeDevice(), model }).start([
      { prepared, args: ["alone"], env: [] },
    ]);
    alone.core.start();
    await ended;
    other.close();
    return alone.core.kernel.tables.map((table) => table?.liveCount ?? 0);
  }

  it("are as many as there is room for, then EAGAIN, and there is room again when one ends", async () => {
    expect(await codeOf("tooMany")).toBe(processThreadsMax - 1);
  });

  it("are all woken, though more of them poll than there are bits to wake them by", async () => {
    expect(await codeOf("manyPoll")).toBe(70);
  });

  it.each([
    ["the first thread returns", "mainReturns", 0],
    ["a thread exits while the first waits for memory", "exitsMemory", 7],
    ["a thread exits while the first waits for time", "exitsTime", 7],
    ["a thread exits while the first waits for input", "exitsInput", 7],
  ])("end when %s", async (_, name, code) => {
    expect(await codeOf(name)).toBe(code);
  });

  it("do nothing any more once the process has ended, even if they were about to", async () => {
    expect(await codeOf("exitsSilently")).toBe(5);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(device.output[1]).toBe("");
  });

  it.each(["trapsInThread", "trapsInMain"])("end together when one traps: %s", async (name) => {
    const { fault } = await start(programs.get(name)!);
    expect(fault?.error).toBeInstanceOf(WebAssembly.RuntimeError);
  });

  it("leave nothing behind, whichever way they end", async () => {
    const pairs = [
      ["mainReturns", "exitsMemory"],
      ["exitsTime", "trapsInThread"],
      ["trapsInMain", "exitsInput"],
      ["threadReturns", "exitsSilently"],
      ["tooMany", "answers"],
    ] as const;
    const run = async (names: readonly string[]): Promise<void> => {
      const specs = names.map((name) => ({ prepared: programs.get(name)!, args: [name], env: [] }));
      const ended = session.start(specs);
      machine.post(() => undefined);
      await ended;
      for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    };
    const counts = (): unknown => ({
      objects: system.core.kernel.tables.map((table) => table?.liveCount ?? 0),
      capabilityPages: system.core.kernel.capabilityPages.liveCount,
      pipes: session.processServers!.pipes.counts(),
    });
    system.core.start();
    // The first runs make what stays: servers, and pages for the capabilities that they keep.
    for (const pair of pairs) await run(pair);
    const before = counts();
    for (const pair of pairs) {
      await run(pair);
      expect([pair, counts()]).toEqual([pair, before]);
      verify(system.core.kernel);
    }
  });

  it("go on when one of them returns", async () => {
    expect(await codeOf("threadReturns")).toBe(3);
  });

  it("have one descriptor table", async () => {
    expect(await codeOf("closes")).toBe(Errno.badf);
  });

  it("make way for each other while they spin", async () => {
    expect(await codeOf("spins")).toBe(9);
  });

  it("get the answers of the instructions from waits and notifications", async () => {
    expect(await codeOf("answers")).toBe(0);
  });

  it("wait for different things at once, and each gets what it waited for", async () => {
    const ended = codeOf("waitsEverywhere");
    while (device.output[1] === "") await new Promise((resolve) => setImmediate(resolve));
    device.input = "!!!!!!!";
    device.onReady?.();
    expect(await ended).toBe(7 + "!".charCodeAt(0));
    expect(device.output[1]).toBe("s");
  });

  it("may make the memory larger under each other's calls", async () => {
    expect(await codeOf("grows")).toBe(0);
    expect(device.output[1]).toBe("gown");
  });

  it("cannot make it larger than it was declared", async () => {
    expect(await codeOf("growsToLimit")).toBe(7);
  });

  it("cannot make it larger than the limit that was set", async () => {
    const memoryMaxBytes = 3 * 65_536;
    const prepared = await prepare(threadPrograms["growsToLimit"]!, { capture, memoryMaxBytes });
    expect(await start(prepared)).toMatchObject({ code: 2 });
  });

  it("are shown call by call, each with its number", async () => {
    session = new Session(system, {
      grants: [],
      console: device,
      model,
      trace: (line) => traced.push(line),
    });
    expect(await codeOf("closes")).toBe(Errno.badf);
    expect(traced).toContain("thread-spawn(arg=7) = 1");
    expect(traced.join("\n")).toMatch(/^\[thread 1\] fd_close\(fd=1\) = 0$/m);
    expect(traced.join("\n")).toMatch(
      /atomic_wait32\(address=16, expected=0, timeout=-1\) (waits|= )/,
    );
    expect(traced.join("\n")).toMatch(/^\[thread 1\] atomic_notify\(address=16, count=-1\) = 1$/m);
  });

  it.each(unfitPrograms)("are refused to a program that %s", async (_, wat, says) => {
    const prepared = await prepare(wat, { capture });
    expect(() => session.start([{ prepared, args: ["x"], env: [] }])).toThrow(LinkError);
    expect(() => session.start([{ prepared, args: ["x"], env: [] }])).toThrow(says);
  });
});
