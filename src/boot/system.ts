// A system: one core with its services and programs, put together. Everything that a process has, it
// has because something here gave it: a capability in a slot, a library function, a memory.
import { defaultLimits, InitialSlot, Kind, type Limits, Right } from "../abi/index.ts";
import {
  createObject,
  createRootSpace,
  exitCodeOf,
  grant,
  liveThreads,
  type Preemption,
  startThread,
  type Techniques,
} from "../kernel/index.ts";
import type { Machine } from "../machine/machine.ts";
import type { FaultReport } from "../process/index.ts";
import {
  clientGoneBit,
  ServiceProcess,
  serviceDescriptor,
  serviceSlots,
} from "../process/index.ts";
import {
  type ExecutionModel,
  type Library,
  type PreparedModule,
  Program,
} from "../process/index.ts";
import type { Service } from "../userlib/index.ts";
import { CoreLoop } from "./core.ts";
import { ThreadGroup } from "./thread-group.ts";

export interface SystemOptions {
  readonly machine: Machine;
  readonly limits?: Limits;
  readonly preemption?: Preemption;
  readonly techniques?: Partial<Techniques>;
  readonly eventPending?: Int32Array;
  /** See `CoreOptions.beat`. */
  readonly beat?: Int32Array;
  /** Called when the core has stopped by a mistake of ours. */
  readonly onCrash: (error: unknown) => void;
  /** Called when nothing runs and nothing is due. */
  readonly onIdle?: () => void;
  /** A service broke while it answered: its client was refused, and it serves on. */
  readonly onServiceFault?: ((service: string, error: unknown) => void) | undefined;
}

/** A service that was started: what is granted to its clients. */
export interface StartedService {
  readonly name: string;
  readonly space: number;
  readonly endpoint: number;
  /** Raises bits of the service's notification, from its devices. */
  readonly raise: (bits: number) => void;
  /** The process itself, which keeps a slot per client. */
  readonly process: ServiceProcess;
}

/** A service that a space may call, and the badge by which the service knows it. */
interface Client {
  readonly service: StartedService;
  readonly badge: number;
}

export interface SpawnOptions {
  readonly prepared: PreparedModule;
  readonly model?: ExecutionModel;
  readonly fuelSlice?: number;
  readonly priority?: number;
  /** Makes the libraries of the new process, once its space is known. */
  readonly library?: (space: number) => Library;
  /** Wraps all functions that it is linked with, for tracing. */
  readonly wrap?: ((library: Library) => Library) | undefined;
  /** Where its first thread begins. */
  readonly entry?: string;
  /** Its space was made; what follows may still fail, and leaves a space to be destroyed. */
  readonly onSpace?: (space: number) => void;
  readonly onFault?: (report: FaultReport) => void;
  /** All its threads have ended; the code of the last. */
  readonly onExit?: (code: number) => void;
}

/** How another thread of a program is made. */
export interface ThreadOptions {
  readonly library: Library;
  readonly wrap: ((library: Library) => Library) | undefined;
  /** The export where it begins, and what that is given. */
  readonly entry: string;
  readonly args: readonly number[];
  readonly onGone: () => void;
}

/** A program that was started. Its threads run once the core does. */
export interface SpawnedProgram {
  readonly space: number;
  readonly thread: number;
  readonly program: Program;
}

/** Objects, capability slots and the highest priority of a program and all that it makes. */
const programLimits = [1024, 4096, 24] as const;

export class System {
  readonly core: CoreLoop;
  readonly #spawned = new Map<number, SpawnOptions>();
  readonly #groups = new Map<number, ThreadGroup>();
  readonly #serviceNames = new Map<number, string>();
  /** By space: the notification that its servers raise, and what it is a client of. */
  readonly #readiness = new Map<number, number>();
  readonly #clients = new Map<number, Client[]>();

  constructor(options: SystemOptions) {
    this.core = new CoreLoop({
      machine: options.machine,
      ...(options.beat === undefined ? {} : { beat: options.beat }),
      kernel: {
        limits: options.limits ?? defaultLimits,
        ...(options.preemption === undefined ? {} : { preemption: options.preemption }),
        ...(options.techniques === undefined ? {} : { techniques: options.techniques }),
        ...(options.eventPending === undefined ? {} : { eventPending: options.eventPending }),
      },
      events: {
        onCrash: options.onCrash,
        onFault: (report) => this.#faulted(report, options),
        onThreadGone: (space) => this.#threadGone(space),
        onSpaceGone: (space) => this.#spaceGone(space),
        ...(options.onIdle === undefined ? {} : { onIdle: options.onIdle }),
      },
    });
  }

  /** Starts a TypeScript service as a process of its own. */
  serve(service: Service): StartedService {
    const { kernel, memories } = this.core;
    const space = createRootSpace(kernel);
    const runner = new ServiceProcess({
      core: this.core,
      memories,
      space,
      service,
      nowNs: () => this.core.machine.nowNs(),
    });
    const endpoint = createObject(kernel, Kind.endpoint, space, [1, 0, serviceDescriptor]);
    const notification = createObject(kernel, Kind.notification, space);
    grant(kernel, space, serviceSlots.notification, { kind: Kind.notification, row: notification });
    // An endpoint ends with its last name, which is not to be that of a client.
    grant(kernel, space, serviceSlots.endpoint, { kind: Kind.endpoint, row: endpoint });
    const thread = createObject(kernel, Kind.thread, space);
    this.core.setPortal(endpoint, () => runner.serve());
    this.core.setRunner(thread, runner);
    startThread(kernel, thread);
    this.#serviceNames.set(space, service.name);
    const raise = (bits: number): void => this.core.raise(notification, bits);
    return { name: service.name, space, endpoint, raise, process: runner };
  }

  /** Makes a process of a prepared program; `start` lets it run. */
  spawn(options: SpawnOptions): SpawnedProgram {
    const { kernel } = this.core;
    const space = createObject(kernel, Kind.space, 0, programLimits);
    options.onSpace?.(space);
    const program = this.#instantiate(space, options, options.library?.(space) ?? new Map());
    const thread = createObject(kernel, Kind.thread, space, [options.priority ?? 0]);
    const futexQueue = createObject(kernel, Kind.futexQueue, space);
    // Not `write`: with it a program could raise its own limits.
    const rights = Right.control | Right.read | Right.derive;
    grant(kernel, space, InitialSlot.space, { kind: Kind.space, row: space, rights });
    grant(kernel, space, InitialSlot.thread, { kind: Kind.thread, row: thread });
    grant(kernel, space, InitialSlot.futexQueue, { kind: Kind.futexQueue, row: futexQueue });
    const readiness = createObject(kernel, Kind.notification, space);
    grant(kernel, space, InitialSlot.ready, { kind: Kind.notification, row: readiness });
    this.#readiness.set(space, readiness);
    const group = new ThreadGroup(this.core);
    group.add(thread, program.runner(options.entry ?? "_start"));
    group.endsWith(thread);
    this.#groups.set(space, group);
    this.core.setPortalServer(space, (handler) => program.portal(handler));
    this.#spawned.set(space, options);
    return { space, thread, program };
  }

  #instantiate(
    space: number,
    options: SpawnOptions,
    library: Library,
    memory?: WebAssembly.Memory,
  ): Program {
    return new Program({
      core: this.core,
      memories: this.core.memories,
      registerMemory: this.core.registerMemory,
      space,
      model: options.model ?? "process",
      prepared: options.prepared,
      library,
      memory,
      wrap: options.wrap,
      fuelSlice: options.fuelSlice ?? defaultFuelSlice,
    });
  }

  /**
   * Makes another thread of a program, an instance of its own over the same memory, and lets it run.
   * Throws a RangeError if there is no room for it.
   */
  addThread({ space, program }: SpawnedProgram, options: ThreadOptions): void {
    const spawned = this.#spawned.get(space);
    const group = this.#groups.get(space);
    if (spawned === undefined || group === undefined) throw new RangeError("the process is over");
    const { library, wrap, entry, args, onGone } = options;
    const instance = this.#instantiate(space, { ...spawned, wrap }, library, program.memory);
    const stack = instance.runner(entry, ...args);
    const thread = createObject(this.core.kernel, Kind.thread, space, [spawned.priority ?? 0]);
    group.add(thread, stack, onGone);
    startThread(this.core.kernel, thread);
  }

  /** The process of the thread that runs is over when that thread is, whatever its others do. */
  endWithCurrent(space: number): void {
    this.#groups.get(space)?.endsWith(this.core.current());
  }

  /** Lets a program's first thread run. */
  start({ thread }: SpawnedProgram): void {
    startThread(this.core.kernel, thread);
  }

  /** Gives a process the right to call a service; the badge tells the service who calls. */
  allow(space: number, slot: number, service: StartedService, badge: number): void {
    const rights = Right.send | Right.grant | Right.derive;
    grant(this.core.kernel, space, slot, {
      kind: Kind.endpoint,
      row: service.endpoint,
      rights,
      badge,
    });
    this.#addClient(space, { service, badge });
  }

  /**
   * Gives a service control of a process, in a slot from `serviceSlots.firstProcess` on, so that it can
   * end it by a kernel call of its own.
   */
  entrust(service: StartedService, slot: number, space: number): void {
    const given = { kind: Kind.space, row: space, rights: Right.control };
    grant(this.core.kernel, service.space, slot, given);
  }

  #faulted(report: FaultReport, { onServiceFault }: SystemOptions): void {
    const service = this.#serviceNames.get(report.space);
    if (service !== undefined) onServiceFault?.(service, report.error);
    // A thread that faults takes the others of its process along.
    this.#groups.get(report.space)?.endsWith(report.thread);
    this.#spawned.get(report.space)?.onFault?.(report);
  }

  #addClient(space: number, client: Client): void {
    const known = this.#clients.get(space) ?? [];
    if (known.some(({ service }) => service === client.service)) return;
    this.#clients.set(space, [...known, client]);
    const row = this.#readiness.get(space);
    if (row === undefined) return;
    const slot = client.service.process.admit(client.badge);
    const given = { kind: Kind.notification, row, rights: Right.send };
    grant(this.core.kernel, client.service.space, slot, given);
  }

  #spaceGone(space: number): void {
    this.#spawned.delete(space);
    this.#groups.delete(space);
    this.#readiness.delete(space);
    for (const { service, badge } of this.#clients.get(space) ?? []) {
      this.clientGone(service, badge);
    }
    this.#clients.delete(space);
  }

  /** Tells a service that whoever had this badge is gone. */
  clientGone(service: StartedService, badge: number): void {
    service.process.clientGone(badge);
    service.raise(clientGoneBit);
  }

  #threadGone(space: number): void {
    const { kernel } = this.core;
    if (this.#groups.get(space)?.endsNow(liveThreads(kernel, space)) !== true) return;
    // Its portals may serve on, and fault.
    this.#spawned.get(space)?.onExit?.(exitCodeOf(kernel, space));
  }
}

/** Loop turns and calls between two looks at whether a program with fuel should make way. */
export const defaultFuelSlice = 100_000;
