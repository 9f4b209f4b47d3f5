// One core driven by a benchmark: its kernel, its loop and its process adapters, as boot puts them
// together, with wasm programs for clients and servers, each in a space of its own. A batch is one
// thread of a client, from its first instruction to its end: it makes its calls in a loop inside
// wasm and leaves the sum of the answers in the first word of its memory.
import { defaultLimits, Kind } from "../../src/abi/index.ts";
import { CoreLoop } from "../../src/boot/core.ts";
import {
  createObject,
  createRootSpace,
  grant,
  type KernelOptions,
  startThread,
} from "../../src/kernel/index.ts";
import { createNodeMachine } from "../../src/machine/node/index.ts";
import type { Machine } from "../../src/machine/machine.ts";
import {
  type ExecutionModel,
  type Library,
  prepareModule,
  Program,
} from "../../src/process/index.ts";
import { assembleBytes } from "../floor/assemble.ts";

/** Where every client has its server. */
export const serverSlot = 16;

/** The number by which a server knows its portal. */
const portalHandler = 5;

/** Enough that no batch is cut in two by its fuel: these programs have none. */
const fuelSlice = 1_000_000;

export type RigOptions = Pick<KernelOptions, "techniques" | "preemption" | "eventPending"> & {
  readonly model?: ExecutionModel;
  readonly onEventPending?: () => void;
};

/** A program in a space of its own. */
export interface Party {
  readonly space: number;
  readonly program: Program;
}

export class RigFailure extends Error {
  constructor(what: string) {
    super(`${what}; run the same program with "shoal run --trace calls" to see its calls`);
    this.name = "RigFailure";
  }
}

export class Rig {
  readonly core: CoreLoop;
  readonly machine: Machine;
  readonly #model: ExecutionModel;
  readonly #endings = new Map<number, Ending>();
  #onIdle: () => void = () => {};

  constructor({ model = "process", onEventPending, ...options }: RigOptions = {}) {
    this.#model = model;
    this.machine = createNodeMachine();
    this.core = new CoreLoop({
      machine: this.machine,
      kernel: { limits: defaultLimits, ...options },
      events: {
        onCrash: (error) => this.#failAll(error),
        ...(onEventPending === undefined ? {} : { onEventPending }),
        onFault: ({ space, error }) => this.#fail(space, error),
        onIdle: () => this.#onIdle(),
        onThreadGone: (space) => this.#endings.get(space)?.resolve(),
      },
    });
  }

  /** A program in a space of its own; none of its threads runs yet. */
  async load(
    text: string,
    libraryFor: (space: number) => Library = () => new Map(),
  ): Promise<Party> {
    const { core } = this;
    const capture = this.#model === "interrupt" ? "unwind" : "none";
    const bytes = assembleBytes("party", text);
    const prepared = await prepareModule(Uint8Array.from(bytes), { fuel: false, capture });
    const space = createRootSpace(core.kernel);
    const { memories, registerMemory } = core;
    const model = this.#model;
    const library = libraryFor(space);
    const environment = { core, memories, registerMemory, space, model, library, fuelSlice };
    return { space, program: new Program({ ...environment, prepared }) };
  }

  /** Lets a program serve a portal. `descriptor`: where its long messages go, 0 for none. */
  portal({ space, program }: Party, descriptor = 0): number {
    const endpoint = createObject(this.core.kernel, Kind.endpoint, space, [
      1,
      portalHandler,
      descriptor,
    ]);
    this.core.setPortal(endpoint, program.portal(portalHandler));
    return endpoint;
  }

  /** Starts a program's receiving thread and lets it run until it waits. */
  receiver(party: Party): number {
    const endpoint = createObject(this.core.kernel, Kind.endpoint, party.space, [0]);
    grant(this.core.kernel, party.space, serverSlot, { kind: Kind.endpoint, row: endpoint });
    this.startThread(party, "serve");
    this.core.start();
    return endpoint;
  }

  connect(client: Party, endpoint: number): void {
    const badge = 3;
    const row = endpoint;
    grant(this.core.kernel, client.space, serverSlot, { kind: Kind.endpoint, row, badge });
  }

  /** A ready thread that begins at an export. */
  startThread({ space, program }: Party, entry: string, priority = 0): number {
    const thread = createObject(this.core.kernel, Kind.thread, space, [priority]);
    this.core.setRunner(thread, program.runner(entry));
    startThread(this.core.kernel, thread);
    return thread;
  }

  /** Runs a client's `run` once, from start to end, and answers the sum it left. */
  async batch(client: Party): Promise<number> {
    this.startThread(client, "run");
    const ended = this.ended(client);
    this.core.start();
    await ended;
    return this.core.memories.load(client.space, 0);
  }

  /** Resolves when a thread of the space has ended, rejects if it faulted. */
  ended({ space }: Pick<Party, "space">): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#endings.set(space, { resolve, reject });
    });
  }

  /** Resolves when nothing runs, next time. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }

  close(): void {
    this.core.stop();
    this.machine.close();
  }

  #fail(space: number, error: unknown): void {
    const failure = new RigFailure(`a program of the benchmark faulted: ${String(error)}`);
    const ending = this.#endings.get(space);
    if (ending === undefined) this.#failAll(failure);
    else ending.reject(failure);
  }

  #failAll(error: unknown): void {
    for (const { reject } of this.#endings.values()) reject(error);
  }
}

interface Ending {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
