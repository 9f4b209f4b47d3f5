// Nothing is left behind: after programs joined by pipes, programs that start others, and all the ways in
// which they end, a session has as many kernel objects, capabilities, handles and waiters as before.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PreparedModule,
  prepareModule,
  type ProgramSpec,
  Session,
  System,
} from "../../src/boot/index.ts";
import { verify } from "../../src/kernel/index.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import { pipelinePrograms } from "../cli/pipeline-programs.ts";
import { compileHostedC } from "../sdk/compile.ts";
import { assembleWat } from "../support/wat.ts";
import { FakeDevice } from "./console-device.ts";

const prepare = (code: Uint8Array): Promise<PreparedModule> =>
  prepareModule(code, { fuel: false, capture: "none" });

/** Turns of the event loop after which whatever was posted has been done. */
const settlingTurns = 50;

describe("a session", () => {
  let machine: Machine;
  let session: Session;
  let device: FakeDevice;
  let crash: unknown;
  const programs = new Map<string, PreparedModule>();
  let processesPath = "";

  beforeAll(async () => {
    for (const [name, wat] of Object.entries(pipelinePrograms)) {
      if (name === "unlinkable") continue;
      programs.set(name, await prepare(await assembleWat(wat)));
    }
    processesPath = await compileHostedC("test/wasi/c/processes.c");
    programs.set("processes", await prepare(readFileSync(processesPath)));
    machine = createNodeMachine();
    device = new FakeDevice();
    const system = new System({ machine, onCrash: (error) => (crash = error) });
    const directory = processesPath.replace(/\/[^/]*$/, "");
    session = new Session(system, {
      grants: [{ guest: "/p", host: directory, isReadOnly: true }],
      console: device,
      prepare,
    });
    // The first run makes what stays: the servers for pipes and processes, and their memories.
    const first = session.start(specs("copies", "copies"));
    device.isAtEnd = true;
    system.core.start();
    await first;
    await settled();
  });

  afterAll(() => machine.close());

  function specs(...names: string[]): ProgramSpec[] {
    const env = ["COLOUR=red"];
    return names.map((name) => {
      const [program = "", ...args] = name.split(" ");
      return { prepared: programs.get(program)!, args: [program, ...args], env };
    });
  }

  async function settled(): Promise<void> {
    for (let i = 0; i < settlingTurns; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Everything that a scenario could leave behind. */
  function counts(): unknown {
    const { kernel } = session.system.core;
    const { pipes, processes } = session.processServers!;
    return {
      objects: kernel.tables.map((table) => table?.liveCount ?? 0),
      pipes: pipes.counts(),
      processes: processes.table.rows.length,
    };
  }

  /** Runs programs to their ends; answers their codes. */
  async function run(...names: string[]): Promise<number[]> {
    const ends = await session.start(specs(...names));
    await settled();
    return ends.map(({ code, fault }) => (fault === undefined ? code : -1));
  }

  it.each<[string, string[], number[]]>([
    ["programs that pass on a megabyte", ["megabyte", "copies", "copies"], [0, 0, 0]],
    ["a writer whose reader ends", ["floods", "exits0"], [64, 0]],
    ["a trap in the middle", ["megabyte", "traps", "copies"], [4, -1, 0]],
    ["a program that sleeps between its writes", ["ticks", "copies"], [0, 0]],
    ["one program alone", ["exits7"], [7]],
    ["programs that start others", [`processes /p/program.wasm`], [1]],
  ])("is as before after %s", async (_, names, codes) => {
    const before = counts();
    device.output[1] = "";
    const got = await run(...names);
    // As the second process and later it finds another pid than it expects: that alone may fail.
    if (names[0]!.startsWith("processes")) expect(device.output[1]).toMatch(/failed: the first/);
    expect(got).toEqual(codes);
    expect(crash).toBeUndefined();
    expect(counts()).toEqual(before);
    verify(session.system.core.kernel);
  });

  it("is as before after a hundred pipelines", async () => {
    const before = counts();
    for (let i = 0; i < 100; i++) await run("floods", "copies", "exits0");
    expect(counts()).toEqual(before);
  });

  it("is as before after programs that were killed while they waited", async () => {
    const before = counts();
    const ended = session.start(specs("ticks", "copies", "copies"));
    await settled();
    const { processes, started } = session.processServers!;
    for (const { pid } of processes.table.rows) processes.end(pid, 15);
    started.raise(1);
    expect((await ended).map(({ code }) => code)).toEqual([143, 143, 143]);
    await settled();
    expect(counts()).toEqual(before);
    verify(session.system.core.kernel);
  });
});
