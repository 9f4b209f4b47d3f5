// A system: one core with its services and programs, put together. Everything that a process has, it
// has because something here gave it: a capability in a slot, a library function, a memory.
import { defaultLimits, InitialSlot, Kind, Right } from "../abi/index.ts";
import { createObject, exitCodeOf, grant, liveThreads, startThread } from "../kernel/index.ts";
import type { Core, FaultReport, ProgramStack } from "../process/index.ts";
import {
  type CapturedThread,
  CaptureError,
  captureProgram,
  Program,
  type ProgramState,
  type ProgramThreadState,
  restoreProgram,
} from "../process/index.ts";
import { CoreLoop } from "./core.ts";
import { checkDurable } from "./durable/check-durable.ts";
import { DurableProcess, type DurableSeat } from "./durable/durable.ts";
import type { ProgramImage } from "./durable/durable-images.ts";
import { SpaceBytes } from "./capture/space-bytes.ts";
import type {
  InstanceOptions,
  RestoredProgram,
  SpawnedProgram,
  SpawnOptions,
  SystemOptions,
  ThreadOptions,
} from "./system-options.ts";
import { SystemServices } from "./system-services.ts";
import { ThreadGroup } from "./thread-group.ts";
import { threadPause } from "./capture/thread-pause.ts";

export type {
  InstanceOptions,
  RestoredProgram,
  SpawnedProgram,
  SpawnOptions,
  StartedService,
  SystemOptions,
  ThreadOptions,
} from "./system-options.ts";

/** Whatever its servers may have raised. */
const allBits = -1;

/** Objects, capability slots and the highest priority of a program and all that it makes. */
const programLimits = [1024, 4096, 24] as const;

export class System {
  readonly core: CoreLoop;
  readonly services: SystemServices;
  readonly #spawned = new Map<number, SpawnOptions>();
  readonly #groups = new Map<number, ThreadGroup>();

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
    this.services = new SystemServices(this.core);
  }

  /** Makes a process of a prepared program; `start` lets it run. */
  spawn(options: SpawnOptions): SpawnedProgram {
    const space = this.#makeSpace(options);
    const durable = this.#durable(space, options, () => spawned);
    const core = durable?.core ?? this.core;
    const program = this.#instantiate(space, options, firstInstance(space, options, core));
    const thread = this.#furnish(space, options);
    const spawned: SpawnedProgram = { space, thread, program, core };
    const group = this.#enter(spawned, options);
    const stack = program.runner(options.entry ?? "_start");
    group.enroll({ id: thread, program, stack });
    group.add(thread, durable?.drive(stack) ?? stack);
    group.endsWith(thread);
    return spawned;
  }

  /**
   * Puts a program back into a space of its own, from its state outside of the kernel. Its threads are
   * stopped where they were; what the kernel is to know of them is set by calls. `instanceOf` answers
   * what each thread is linked with.
   */
  restore(
    options: SpawnOptions,
    state: ProgramState,
    instanceOf: (thread: ProgramThreadState) => InstanceOptions,
  ): RestoredProgram {
    const space = this.#makeSpace(options);
    const onGone = new Map<number, (() => void) | undefined>();
    const restored = this.#revive(space, options, state, (thread) => {
      const instance = instanceOf(thread);
      onGone.set(thread.id, instance.onGone);
      return instance;
    });
    const [first, ...others] = restored;
    const thread = this.#furnish(space, options);
    const spawned = { space, thread, program: first!.program, core: this.core };
    const group = this.#enter(spawned, options);
    const threads = new Map([[first!.id, thread]]);
    for (const { id } of others) threads.set(id, this.#makeThread(space, options));
    for (const { id, program, stack } of restored) {
      const row = threads.get(id)!;
      group.add(row, stack, onGone.get(id));
      group.enroll({ id: row, program, stack });
    }
    group.endsWith(thread);
    return { ...spawned, threads };
  }

  /**
   * Puts a program's state into fresh instances in place of those that it has, under the same threads of
   * the same space, which are stopped and named as in the kernel. For the kernel nothing changes.
   */
  replace(
    spawned: SpawnedProgram,
    state: ProgramState,
    instanceOf: (thread: ProgramThreadState) => InstanceOptions,
  ): void {
    const { space } = spawned;
    const options = this.#spawned.get(space);
    const group = this.#groups.get(space);
    if (options === undefined || group === undefined) throw new RangeError("the process is over");
    const restored = this.#revive(space, options, state, instanceOf);
    spawned.program = restored[0]!.program;
    for (const thread of restored) group.replace(thread);
  }

  /** Fresh instances with their state. */
  #revive(
    space: number,
    options: SpawnOptions,
    state: ProgramState,
    instanceOf: (thread: ProgramThreadState) => InstanceOptions,
  ): CapturedThread[] {
    const restored = restoreProgram(state, options.prepared, (thread, memory) =>
      this.#instantiate(space, options, { ...instanceOf(thread), memory }),
    );
    new Uint8Array(this.core.memories.area(space).buffer).set(state.area);
    return restored;
  }

  /**
   * The state of a process outside of the kernel. Its threads are stopped and their stacks out; they are
   * known by their numbers in the kernel.
   *
   * @throws CaptureError if that is not so
   */
  capture(space: number): ProgramState {
    const programs = this.#groups.get(space)?.programs ?? [];
    if (this.core.memories.hasAnnex(space)) {
      throw new CaptureError("A process that has had more than 16 threads at once has no state.");
    }
    return captureProgram(programs, this.core.memories.area(space));
  }

  /** The kernel threads of a process that have code, in the order in which they were made. */
  threadsOf(space: number): number[] {
    return this.#groups.get(space)?.programs.map(({ id }) => id) ?? [];
  }

  #makeSpace({ onSpace }: SpawnOptions): number {
    this.core.settle();
    const space = createObject(this.core.kernel, Kind.space, 0, programLimits);
    onSpace?.(space);
    return space;
  }

  #makeThread(space: number, { priority }: SpawnOptions): number {
    return createObject(this.core.kernel, Kind.thread, space, [priority ?? 0]);
  }

  /** Makes the first thread of a space, and the objects that every program finds in its slots. */
  #furnish(space: number, options: SpawnOptions): number {
    const { kernel } = this.core;
    const thread = this.#makeThread(space, options);
    const futexQueue = createObject(kernel, Kind.futexQueue, space);
    // Not `write`: with it a program could raise its own limits.
    const rights = Right.control | Right.read | Right.derive;
    grant(kernel, space, InitialSlot.space, { kind: Kind.space, row: space, rights });
    grant(kernel, space, InitialSlot.thread, { kind: Kind.thread, row: thread });
    grant(kernel, space, InitialSlot.futexQueue, { kind: Kind.futexQueue, row: futexQueue });
    this.services.addReadiness(space);
    return thread;
  }

  /** Remembers a process of this system. */
  #enter(spawned: SpawnedProgram, options: SpawnOptions): ThreadGroup {
    const { space } = spawned;
    const group = new ThreadGroup(this.core);
    this.#groups.set(space, group);
    this.core.setPortalServer(space, (handler) => spawned.program.portal(handler));
    this.#spawned.set(space, options);
    return group;
  }

  #durable(
    space: number,
    options: SpawnOptions,
    spawned: () => SpawnedProgram,
  ): DurableProcess | undefined {
    if (options.durable === undefined) return undefined;
    checkDurable(options.prepared.facts);
    const seat: DurableSeat = {
      core: this.core,
      memory: new SpaceBytes(this.core.memories, space),
      nowNs: () => this.core.machine.nowNs(),
      pause: threadPause(this.core, space),
      capture: () => {
        const rows = options.rows?.() ?? [];
        return { state: this.capture(space), rows };
      },
      wakeUp: () => this.core.raise(this.services.readinessOf(space), allBits),
      memoryBytes: () => spawned().program.memory?.buffer.byteLength ?? 0,
      renew: (image) => this.#renew(spawned(), options, image),
    };
    return new DurableProcess(seat, options.durable);
  }

  /** A fresh instance of a program in the space where another broke, as it was in an image. */
  #renew(
    spawned: SpawnedProgram,
    options: SpawnOptions,
    image: ProgramImage | undefined,
  ): ProgramStack {
    const { space, thread, core } = spawned;
    options.onRenew?.(image?.rows);
    if (image !== undefined) {
      const instance = firstInstance(space, options, core);
      const [one] = this.#revive(space, options, image.state, () => instance);
      spawned.program = one!.program;
      this.#groups.get(space)?.enroll({ ...one!, id: thread });
      return one!.stack;
    }
    this.core.memories.area(space).fill(0);
    const program = this.#instantiate(space, options, firstInstance(space, options, core));
    spawned.program = program;
    const stack = program.runner(options.entry ?? "_start");
    this.#groups.get(space)?.enroll({ id: thread, program, stack });
    return stack;
  }

  #instantiate(space: number, options: SpawnOptions, instance: InstanceOptions): Program {
    return new Program({
      core: this.core,
      memories: this.core.memories,
      registerMemory: this.core.registerMemory,
      space,
      model: options.model ?? "process",
      prepared: options.prepared,
      fuelSlice: options.fuelSlice ?? defaultFuelSlice,
      ...instance,
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
    const { library, wrap, progress, entry, args, onGone } = options;
    const { memory } = program;
    const instance = this.#instantiate(space, spawned, { library, wrap, progress, memory });
    const stack = instance.runner(entry, ...args);
    const thread = this.#makeThread(space, spawned);
    group.add(thread, stack, onGone);
    group.enroll({ id: thread, program: instance, stack });
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

  #faulted(report: FaultReport, { onServiceFault }: SystemOptions): void {
    const service = this.services.nameOf(report.space);
    if (service !== undefined) onServiceFault?.(service, report.error);
    // A thread that faults takes the others of its process along.
    this.#groups.get(report.space)?.endsWith(report.thread);
    this.#spawned.get(report.space)?.onFault?.(report);
  }

  #spaceGone(space: number): void {
    this.#spawned.delete(space);
    this.#groups.delete(space);
    this.services.spaceGone(space);
  }

  #threadGone(space: number): void {
    const { kernel } = this.core;
    if (this.#groups.get(space)?.endsNow(liveThreads(kernel, space)) !== true) return;
    // Its portals may serve on, and fault.
    this.#spawned.get(space)?.onExit?.(exitCodeOf(kernel, space));
  }
}

/** What the first thread of a process is linked with. */
function firstInstance(
  space: number,
  { library, wrap, progress }: SpawnOptions,
  core: Core,
): InstanceOptions {
  return { library: library?.(space) ?? new Map(), wrap, progress, core };
}

/** Loop turns and calls between two looks at whether a program with fuel should make way. */
export const defaultFuelSlice = 100_000;
