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
import { ServiceProcess, serviceDescriptor, serviceSlots } from "../process/index.ts";
import {
  type ExecutionModel,
  type Library,
  type PreparedModule,
  Program,
} from "../process/index.ts";
import type { Service } from "../userlib/index.ts";
import { CoreLoop } from "./core.ts";

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
}

/** A service that was started: what is granted to its clients. */
export interface StartedService {
  readonly name: string;
  readonly space: number;
  readonly endpoint: number;
  /** Raises bits of the service's notification, from its devices. */
  readonly raise: (bits: number) => void;
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
  readonly onFault?: (report: FaultReport) => void;
  /** All its threads have ended; the code of the last. */
  readonly onExit?: (code: number) => void;
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
        onFault: (report) => this.#spawned.get(report.space)?.onFault?.(report),
        onThreadGone: (space) => this.#threadGone(space),
        onSpaceGone: (space) => this.#spawned.delete(space),
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
    const thread = createObject(kernel, Kind.thread, space);
    this.core.setPortal(endpoint, () => runner.serve());
    this.core.setRunner(thread, runner);
    startThread(kernel, thread);
    const raise = (bits: number): void => this.core.raise(notification, bits);
    return { name: service.name, space, endpoint, raise };
  }

  /** Makes a process of a prepared program; `start` lets it run. */
  spawn(options: SpawnOptions): SpawnedProgram {
    const { kernel } = this.core;
    const space = createObject(kernel, Kind.space, 0, programLimits);
    const program = new Program({
      core: this.core,
      memories: this.core.memories,
      registerMemory: this.core.registerMemory,
      space,
      model: options.model ?? "process",
      prepared: options.prepared,
      library: options.library?.(space) ?? new Map(),
      wrap: options.wrap,
      fuelSlice: options.fuelSlice ?? defaultFuelSlice,
    });
    const thread = createObject(kernel, Kind.thread, space, [options.priority ?? 0]);
    const futexQueue = createObject(kernel, Kind.futexQueue, space);
    // Not `write`: with it a program could raise its own limits.
    const rights = Right.control | Right.read | Right.derive;
    grant(kernel, space, InitialSlot.space, { kind: Kind.space, row: space, rights });
    grant(kernel, space, InitialSlot.thread, { kind: Kind.thread, row: thread });
    grant(kernel, space, InitialSlot.futexQueue, { kind: Kind.futexQueue, row: futexQueue });
    this.core.setRunner(thread, program.runner(options.entry ?? "_start"));
    this.core.setPortalServer(space, (handler) => program.portal(handler));
    this.#spawned.set(space, options);
    return { space, thread, program };
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
  }

  #threadGone(space: number): void {
    const { kernel } = this.core;
    if (liveThreads(kernel, space) > 0) return;
    const spawned = this.#spawned.get(space);
    if (spawned === undefined) return;
    // Its portals may serve on, and fault.
    spawned.onExit?.(exitCodeOf(kernel, space));
  }
}

/** Loop turns and calls between two looks at whether a program with fuel should make way. */
export const defaultFuelSlice = 100_000;
