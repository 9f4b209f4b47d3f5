// A session: one core with its servers, and the programs that run on it, alone, joined by pipes, or
// started by each other. It knows each program's pid, which is the badge by which servers know it.
import type {
  ExecutionModel,
  FaultReport,
  PreparedModule,
  ProgramState,
} from "../process/index.ts";
import { LinkError, serviceSlots } from "../process/index.ts";
import type { PipeService } from "../server/pipe/index.ts";
import type { ProcessService } from "../server/process/index.ts";
import { DescriptorTable, processModule } from "../wasi/index.ts";
import type { DurableOptions } from "./durable/durable.ts";
import {
  type RunningGateway,
  type ServedName,
  startGateway,
  giveServed,
} from "./session/gateway.ts";
import { boundTogether, joinPrograms } from "./joined-programs.ts";
import { createLauncher } from "./launcher.ts";
import type { PauseDoor } from "./capture/pause.ts";
import type { MadeProgram, RunningProgram } from "./running-program.ts";
import { Servers, type ServersOptions } from "./servers.ts";
import type {
  RestoredProgram,
  SpawnedProgram,
  SpawnOptions,
  StartedService,
  System,
} from "./system.ts";
import { sizeVariables, withDefaults } from "./terminal-variables.ts";
import { ProgramLinks } from "./program-links.ts";
import { checkThreads, ProgramThreads } from "./program-threads.ts";

export interface ProgramSpec {
  readonly prepared: PreparedModule;
  /** The whole argument list, the program's own name first. */
  readonly args: readonly string[];
  /** `NAME=value` each; the program sees no other variables. */
  readonly env: readonly string[];
  /** What it hears is logged, and it is brought up again when it dies. */
  readonly durable?: DurableOptions | undefined;
  /** The program as it was given, for a session that can be captured. */
  readonly code?: Uint8Array | undefined;
}

export interface SessionOptions extends ServersOptions {
  /** The name under which the first program serves other OS processes. */
  readonly serve?: ServedName | undefined;
  readonly model?: ExecutionModel | undefined;
  readonly fuelSlice?: number | undefined;
  /** Gets a line for every call that a program makes. */
  readonly trace?: ((line: string) => void) | undefined;
  /** The door by which programs that can be captured call; without it they are not stopped in calls. */
  readonly pause?: PauseDoor | undefined;
  /** How a module that a program gives is prepared to run. */
  readonly prepare?: ((code: Uint8Array) => Promise<PreparedModule>) | undefined;
}

/** How a program ended: its exit code, and the fault if it did not end by itself. */
export interface ProgramEnd {
  readonly code: number;
  readonly fault?: FaultReport | undefined;
}

interface ProcessServers {
  readonly pipes: PipeService;
  readonly processes: ProcessService;
  readonly started: StartedService;
}

export class Session {
  readonly system: System;
  readonly servers: Servers;
  /** Programs that run, by pid. */
  readonly running = new Map<number, RunningProgram>();
  /** By which other OS processes call the first program, once it is there, if it has a name. */
  gateway: RunningGateway | undefined;
  readonly #options: SessionOptions;
  readonly #links: ProgramLinks;
  #processServers: ProcessServers | undefined;
  readonly #freeSlots: number[] = [];
  #nextSlot: number = serviceSlots.firstProcess;
  #programCount = 0;
  /** By pid, the servers that a process may call, where that is not all of them. */
  readonly #slots = new Map<number, ReadonlySet<number>>();

  constructor(system: System, options: SessionOptions) {
    this.system = system;
    this.#options = options;
    this.servers = new Servers(system, options);
    this.#links = new ProgramLinks({
      system,
      trace: options.trace,
      pause: options.pause,
      hasSeveral: () => this.#processServers !== undefined,
    });
  }

  /** The pipe and the process server, from when they were first needed. */
  get processServers(): ProcessServers | undefined {
    return this.#processServers;
  }

  /**
   * Starts programs, each one's output joined to the next one's input by a pipe; they run once the core
   * does, and at once if it does already. Answers how each will have ended, in order.
   */
  start(programs: readonly ProgramSpec[]): Promise<readonly ProgramEnd[]> {
    const isFirst = this.#programCount === 0;
    if (!isFirst || programs.length > 1 || programs.some(startsOthers)) this.#needProcesses();
    const size = sizeVariables(this.#options.console.size?.());
    const pids = programs.map(({ args }) => this.#addProcess(args[0] ?? ""));
    const server = this.#processServers?.pipes;
    const { tables, pipes } = joinPrograms(pids, this.servers, server);
    const specs = boundTogether(programs, pids, pipes, server);
    const ends = specs.map((spec, i) => {
      const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
      // How big a terminal is now is nothing that a replay could find again.
      const env = spec.durable === undefined ? withDefaults(spec.env, size) : spec.env;
      const sized = { ...spec, env };
      const run = (): void => this.run(pids[i]!, sized, tables[i]!, resolve);
      if (programs.length === 1) run();
      else namingItself(spec, run);
      return promise;
    });
    // A core that runs may be idle: a task wakes it.
    if (!isFirst) this.system.core.machine.post(() => undefined);
    return Promise.all(ends);
  }

  /**
   * Makes a process of a program with these descriptors and lets it run. If it throws, what was made of it
   * is the process server's to take apart.
   */
  run(
    pid: number,
    spec: ProgramSpec,
    table: DescriptorTable,
    onEnd: (end: ProgramEnd) => void,
    slots?: ReadonlySet<number>,
  ): void {
    const made = this.#make(pid, spec, table, onEnd);
    const spawned = (made.spawned = this.system.spawn(made.options));
    const isServer = this.#options.serve !== undefined && this.gateway === undefined;
    const { threads } = made;
    const rows = made.options.rows!;
    this.#settle({ pid, spec, table, rows, slots, isServer, spawned, threads });
    this.system.start(spawned);
  }

  /**
   * Makes a process of what an image has of a program. Its threads are stopped, and what the kernel is to
   * know of them is still to be set.
   */
  restore(
    program: Omit<RunningProgram, "spawned" | "threads" | "rows">,
    state: ProgramState,
    onEnd: (end: ProgramEnd) => void,
  ): RestoredProgram {
    const { pid, spec, table } = program;
    const made = this.#make(pid, spec, table, onEnd);
    const { options, threads } = made;
    const restored = this.system.restore(options, state, () => ({
      ...threads.linked(),
      wrap: options.wrap,
    }));
    made.spawned = restored;
    this.#settle({ ...program, rows: options.rows!, spawned: restored, threads });
    return restored;
  }

  /** The last pid that was given out; null without a process server. */
  get lastPid(): number | null {
    return this.#processServers?.processes.table.exportState().lastPid ?? null;
  }

  /** The servers of pipes and processes, made if they are not there; pids go on after `lastPid`. */
  withProcesses(lastPid: number): ProcessServers {
    this.#programCount = Math.max(this.#programCount, lastPid);
    this.#needProcesses();
    return this.#processServers!;
  }

  #settle(program: RunningProgram): void {
    const { pid, spawned, slots } = program;
    this.servers.allow(spawned.space, pid, slots);
    if (slots !== undefined) this.#slots.set(pid, slots);
    if (program.isServer) this.#openService(spawned.space);
    this.running.set(pid, program);
  }

  /** An endpoint to serve on, and the way to it for others if the session has a name. */
  #openService(space: number): void {
    const { serve } = this.#options;
    if (serve === undefined) giveServed(this.system, space);
    else this.gateway = startGateway(this.system, space, serve);
  }

  #make(
    pid: number,
    spec: ProgramSpec,
    table: DescriptorTable,
    onEnd: (end: ProgramEnd) => void,
  ): MadeProgram {
    let fault: FaultReport | undefined;
    let isOver = false;
    checkThreads(spec.prepared.facts);
    const initial = table.exportRows();
    // A process that is brought up again finds open what it found at first, or had in its image.
    let current = table;
    const spawnedNow = (): SpawnedProgram => made.spawned!;
    const links = this.#links;
    const threads = new ProgramThreads({
      system: this.system,
      spawned: spawnedNow,
      processOf: (page, thread) =>
        links.wasiProcess({ pid, spec, spawned: spawnedNow(), table: current, page, thread }),
      wrap: (thread) => links.wrap(pid, spec, spawnedNow, thread),
    });
    let first = threads.linked();
    const options: SpawnOptions = {
      prepared: spec.prepared,
      durable: spec.durable,
      model: this.#options.model ?? "process",
      ...(this.#options.fuelSlice === undefined ? {} : { fuelSlice: this.#options.fuelSlice }),
      library: () => first.library,
      get progress() {
        return first.progress;
      },
      rows: () => current.exportRows(),
      onRenew: (rows) => {
        current = new DescriptorTable(rows ?? initial);
        first = threads.linked();
      },
      wrap: links.wrap(pid, spec, spawnedNow, 0),
      onSpace: (space) => this.#adopt(pid, space),
      onFault: (report) => (fault = report),
      onExit: (code) => {
        if (isOver) return;
        isOver = true;
        onEnd(this.#ended(pid, { code, fault }));
      },
    };
    const made: MadeProgram = { options, threads, spawned: undefined };
    return made;
  }

  /** Whether a process may call the server in this slot, and so let its children. */
  mayCall(pid: number, slot: number): boolean {
    return this.#slots.get(pid)?.has(slot) ?? true;
  }

  #needProcesses(): void {
    if (this.#processServers !== undefined) return;
    const launcher = createLauncher(this, this.#options.prepare);
    this.#processServers = this.servers.serveProcesses(launcher, this.#programCount);
  }

  #addProcess(name: string): number {
    this.#programCount++;
    return this.#processServers?.processes.table.add(0, name).pid ?? this.#programCount;
  }

  #adopt(pid: number, space: number): void {
    if (this.#processServers === undefined) return;
    const { processes, started } = this.#processServers;
    const slot = this.#freeSlots.pop() ?? this.#nextSlot++;
    this.system.services.entrust(started, slot, space);
    processes.adopt(pid, slot, () => this.#freeSlots.push(slot));
  }

  /** Tells the process server, which takes the process apart. */
  #ended(pid: number, end: ProgramEnd): ProgramEnd {
    this.#slots.delete(pid);
    this.running.delete(pid);
    this.servers.ended(pid);
    if (this.#processServers === undefined) return end;
    const { processes, started } = this.#processServers;
    const code = processes.codeOf(pid, end.code);
    processes.ended(pid, code, end.fault?.reason ?? 0);
    started.raise(1);
    return { ...end, code };
  }
}

/** Runs something that may find that a program cannot be linked, and then says which of several. */
function namingItself({ args }: ProgramSpec, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    throw new LinkError(`${args[0]} cannot be run: ${error.message}`, { cause: error });
  }
}

function startsOthers({ prepared }: ProgramSpec): boolean {
  return prepared.facts.imports.some(({ module }) => module === processModule);
}
