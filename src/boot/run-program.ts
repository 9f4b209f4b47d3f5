// Running one program with what it was granted: a system of its own, with a file server per granted
// tree, console, clock and entropy, and the WASI library that turns its calls into messages to them.
import { InitialSlot } from "../abi/index.ts";
import { Preemption } from "../kernel/index.ts";
import type { Machine } from "../machine/machine.ts";
import { createNodeMachine } from "../machine/node/index.ts";
import type { ExecutionModel, FaultReport, Library, PreparedModule } from "../process/index.ts";
import { clockService } from "../server/clock/index.ts";
import { type ConsoleDevice, ConsoleService, filetypeOfStream } from "../server/console/index.ts";
import { entropyService } from "../server/entropy/index.ts";
import {
  fileService,
  type FileTree,
  HostDirectory,
  MemoryFiles,
  readOnly,
} from "../server/files/index.ts";
import { NodeConsole, NodeFiles } from "../server/node/index.ts";
import {
  type Descriptor,
  DescriptorTable,
  preopenRow,
  streamRow,
  type WasiProcess,
} from "../wasi/index.ts";
import { kernelForm, type TraceForm, traced, tracedEnter } from "./trace.ts";
import { wasiForm } from "./trace-form.ts";
import { type SpawnedProgram, System } from "./system.ts";
import { makeWasiProcess, wasiLibrary } from "./wasi-library.ts";

/** A tree that the program may see, and the name under which it does. */
export interface Grant {
  readonly guest: string;
  /** The host's directory, or undefined for an empty tree in memory. */
  readonly host: string | undefined;
  readonly isReadOnly: boolean;
}

export interface RunProgramOptions {
  readonly prepared: PreparedModule;
  /** The whole argument list, the program's own name first. */
  readonly args: readonly string[];
  /** `NAME=value` each; the program sees no other variables. */
  readonly env: readonly string[];
  readonly grants: readonly Grant[];
  readonly model?: ExecutionModel;
  readonly preemption?: keyof typeof Preemption;
  readonly fuelSlice?: number | undefined;
  /** Gets a line for every call the program makes. */
  readonly trace?: ((line: string) => void) | undefined;
  /** Where its standard streams lead; those of this process unless given. */
  readonly console?: ConsoleDevice;
  /** Called when everything is set up and the program's first instruction is next. */
  readonly onStart?: () => void;
  /** Counts changes of hands, for a watchdog. */
  readonly beat?: Int32Array;
}

/** How a program ended: its exit code, and the fault if it did not end by itself. */
export interface ProgramEnd {
  readonly code: number;
  readonly fault?: FaultReport | undefined;
}

/** The badge by which servers know the program: it is their only client. */
const badge = 1;

export function runProgram(options: RunProgramOptions): Promise<ProgramEnd> {
  const machine = createNodeMachine();
  const { promise, resolve, reject } = Promise.withResolvers<ProgramEnd>();
  const system = new System({
    machine,
    preemption: Preemption[options.preemption ?? "none"],
    ...(options.beat === undefined ? {} : { beat: options.beat }),
    onCrash: (error) => {
      machine.close();
      reject(error instanceof Error ? error : new Error(String(error)));
    },
  });
  let fault: FaultReport | undefined;
  const spawned = system.spawn({
    prepared: options.prepared,
    model: options.model ?? "process",
    ...(options.fuelSlice === undefined ? {} : { fuelSlice: options.fuelSlice }),
    library: () => wasiLibrary(() => running),
    wrap: wrapFor(options, system.core.registers, () => memoryOf(spawned)),
    onFault: (report) => (fault = report),
    onExit: (code) => {
      machine.close();
      resolve({ code, fault });
    },
  });
  const table = startServers(system, spawned.space, options);
  const running: WasiProcess = makeWasiProcess({
    caller: {
      registers: system.core.registers,
      area: system.core.memories.area(spawned.space),
      enter: tracedEnter(() => system.core.enter(), system.core.registers, options.trace),
    },
    memory: () => memoryOf(spawned).buffer,
    table,
    args: options.args,
    env: options.env,
  });
  system.start(spawned);
  options.onStart?.();
  system.core.start();
  return promise;
}

function memoryOf({ program }: SpawnedProgram): Uint8Array {
  const { memory } = program.instance.exports;
  return memory instanceof WebAssembly.Memory ? new Uint8Array(memory.buffer) : new Uint8Array(0);
}

/** With `trace`: wraps the functions of a program so that they tell of themselves. */
function wrapFor(
  { trace }: RunProgramOptions,
  registers: Int32Array,
  memory: () => Uint8Array,
): ((library: Library) => Library) | undefined {
  if (trace === undefined) return undefined;
  const form = (module: string, name: string): TraceForm =>
    module === "shoal" ? kernelForm(name, registers) : wasiForm(name, memory);
  return (library) => traced(library, { write: trace, form });
}

/** Starts the program's servers, lets it call them, and answers the descriptors it begins with. */
function startServers(system: System, space: number, options: RunProgramOptions): DescriptorTable {
  const { machine } = system.core;
  const clock = clockService({ realtimeNs: () => machine.realtimeNs(), cpuNs });
  system.allow(space, InitialSlot.clock, system.serve(clock), badge);
  const entropy = entropyService((target) => machine.entropy(target));
  system.allow(space, InitialSlot.entropy, system.serve(entropy), badge);
  const device = options.console ?? new NodeConsole();
  const console = system.serve(new ConsoleService(device));
  device.onReady = () => console.raise(1);
  system.allow(space, InitialSlot.console, console, badge);
  const rows: Descriptor[] = device.streams.map((kind, stream) =>
    streamRow(InitialSlot.console, stream, {
      filetype: filetypeOfStream(kind),
      isTerminal: kind === "terminal",
    }),
  );
  options.grants.forEach((grant, i) => {
    const slot = InitialSlot.firstFiles + i;
    system.allow(
      space,
      slot,
      system.serve(fileService(`files ${grant.guest}`, treeOf(machine, grant))),
      badge,
    );
    rows.push(preopenRow(slot, grant.guest));
  });
  return new DescriptorTable(rows);
}

function treeOf(machine: Machine, { host, isReadOnly }: Grant): FileTree {
  const nowNs = (): bigint => machine.realtimeNs();
  const tree =
    host === undefined ? new MemoryFiles({ nowNs }) : new HostDirectory(new NodeFiles(), host);
  return isReadOnly ? readOnly(tree) : tree;
}

function cpuNs(): bigint {
  const { user, system } = process.cpuUsage();
  return BigInt(user + system) * 1000n;
}
