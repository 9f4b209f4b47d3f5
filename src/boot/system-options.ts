// What a system is made of and asked for: its own options, and those of the programs that it starts.
import type { Limits } from "../abi/index.ts";
import type { Preemption, Techniques } from "../kernel/index.ts";
import type { Machine } from "../machine/machine.ts";
import type {
  CallProgress,
  Core,
  ExecutionModel,
  FaultReport,
  Library,
  PreparedModule,
  Program,
  ServiceProcess,
} from "../process/index.ts";
import type { Descriptor } from "../wasi/index.ts";
import type { DurableOptions } from "./durable/durable.ts";

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
export interface ServiceClient {
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
  /** What is to stand between the process and its core, if it is to be durable. */
  readonly durable?: DurableOptions | undefined;
  /** What a durable process has open now. */
  readonly rows?: () => readonly (Descriptor | null)[];
  /** It is about to be brought up again, with this open, or what it had at its start. */
  readonly onRenew?: (rows: readonly (Descriptor | null)[] | undefined) => void;
  /** Its space was made; what follows may still fail, and leaves a space to be destroyed. */
  readonly onSpace?: (space: number) => void;
  /** What the library of its first thread has to remember of a call that waits. */
  readonly progress?: CallProgress;
  readonly onFault?: (report: FaultReport) => void;
  /** All its threads have ended; the code of the last. */
  readonly onExit?: (code: number) => void;
}

/** What an instance of a program is linked with, one for each thread. */
export interface InstanceOptions {
  readonly library: Library;
  readonly wrap?: ((library: Library) => Library) | undefined;
  readonly progress?: CallProgress | undefined;
  /** The memory of the process, for a thread that is not its first. */
  readonly memory?: WebAssembly.Memory | undefined;
  /** The core that it is linked with, if not that of the system itself. */
  readonly core?: Core;
  readonly onGone?: (() => void) | undefined;
}

/** A program that was put back: its threads are stopped, and have their code but no kernel state yet. */
export interface RestoredProgram extends SpawnedProgram {
  /** Kernel threads by the numbers that they have in the state. */
  readonly threads: ReadonlyMap<number, number>;
}

/** How another thread of a program is made. */
export interface ThreadOptions {
  readonly library: Library;
  readonly wrap: ((library: Library) => Library) | undefined;
  readonly progress?: CallProgress | undefined;
  /** The export where it begins, and what that is given. */
  readonly entry: string;
  readonly args: readonly number[];
  readonly onGone: () => void;
}

/** A program that was started. Its threads run once the core does. */
export interface SpawnedProgram {
  readonly space: number;
  readonly thread: number;
  /** The instance of it that runs; a durable process has another after each death. */
  program: Program;
  /** The core that it is linked with. */
  readonly core: Core;
}
