// A WebAssembly program as a process: its instance, its memory behind its space's number, its threads'
// runners and its portals. What execution model it runs in was decided when it was prepared.
import { forever } from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import type { Core, PortalEntry } from "../core.ts";
import type { SpaceMemories } from "../memories.ts";
import {
  hasFuel,
  isCapturable,
  type PreparedModule,
  ReservedExport,
  ReservedImport,
  reservedModule,
} from "./prepare/index.ts";
import {
  type ImportFunction,
  type Library,
  type LinkOptions,
  linkSuspending,
  linkThrowing,
  LinkError,
  syscallImport,
  withRegisterCalls,
} from "./link.ts";
import { noteFault } from "./fault-origin.ts";
import { trapForFuel } from "./fuel-trap.ts";
import { returnTable } from "./return-table.ts";
import { SuspendedStack } from "./suspended-stack.ts";
import { importedMemory, makeMemory, refuseSharedMemory } from "./thread-memory.ts";
import type { Entry, StackOptions, StackPosition, ProgramStack } from "./thread-stack.ts";
import { threadWaits, type WaitProgress } from "./thread-wait.ts";
import { AsyncifiedStack, asyncifyOf } from "./asyncified-stack.ts";
import { UnwoundStack } from "./unwound-stack.ts";
import type { UnwindingStack } from "./resume/index.ts";
import { portalEntry } from "./portal-table.ts";

export type ExecutionModel = "process" | "interrupt";

export interface ProgramOptions {
  readonly core: Core;
  readonly memories: SpaceMemories;
  readonly registerMemory: WebAssembly.Memory;
  readonly space: number;
  readonly model: ExecutionModel;
  readonly prepared: PreparedModule;
  readonly library: Library;
  /** The memory of the process, for a thread that is not its first. */
  readonly memory?: WebAssembly.Memory | undefined;
  /** Wraps all functions that the program is linked with, for tracing. */
  readonly wrap?: ((library: Library) => Library) | undefined;
  /** Loop turns and calls that a program with fuel makes before it asks whether to go on. */
  readonly fuelSlice: number;
  /** What the library has to remember of a call that waits, if anything. */
  readonly progress?: CallProgress | undefined;
}

/** What a library remembers of the call that its thread waits in, as numbers. */
export interface CallProgress {
  save(): readonly number[];
  load(saved: readonly number[]): void;
}

/** Where a thread of a program begins. */
export interface ThreadStart {
  /** The name of an export. */
  readonly entry: string;
  readonly args: readonly number[];
}

/** Name of the export through which a program serves portals. */
const portalExport = "shoal_portal";

/** Fuel slices after which a portal no longer runs on its caller's time. */
const portalFuelSlices = 64;

export class Program {
  readonly instance: WebAssembly.Instance;
  /** The memory that it exports or imports; without one nothing can be passed to it but numbers. */
  readonly memory: WebAssembly.Memory | undefined;
  readonly #link: LinkOptions;
  readonly #starts = new WeakMap<ProgramStack, ThreadStart>();
  readonly #wait: WaitProgress = { leftUs: forever };
  readonly #options: ProgramOptions;
  #portalSlices = 0;
  /** Takes out and puts back the stacks of its threads. */
  #stack: UnwindingStack | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
    const { facts, module } = options.prepared;
    refuseSharedMemory(facts);
    if (options.model === "interrupt" && !isCapturable(facts)) {
      throw new LinkError("the interrupt model needs a program prepared for capture");
    }
    const link = options.model === "process" ? linkSuspending : linkThrowing;
    this.#link = {
      core: options.core,
      facts,
      library: this.#library(),
      isTraced: options.wrap !== undefined,
      registerMemory: options.registerMemory,
      servesPortals: facts.exports.some(({ name }) => name === portalExport),
    };
    const imports = link(this.#link);
    const imported = this.#importMemory(imports);
    this.instance = new WebAssembly.Instance(module, imports);
    const exported = this.instance.exports["memory"];
    this.memory = exported instanceof WebAssembly.Memory ? exported : imported;
    if (options.memory === undefined) {
      options.memories.attach(options.space, this.memory ?? new ArrayBuffer(0));
    }
    this.#refuel();
  }

  /** The stack of a thread that begins at an export, as `_start`, with these arguments. */
  runner(exportName: string, ...args: readonly number[]): ProgramStack {
    return this.runnerAt({ entry: exportName, args });
  }

  /** The same of a thread that goes on somewhere, if a position is given. */
  runnerAt(start: ThreadStart, position?: StackPosition): ProgramStack {
    const { entry, args } = start;
    const found = this.instance.exports[entry];
    if (typeof found !== "function") {
      throw new LinkError(`the program has no function "${entry}" to start at`);
    }
    // Exports are functions of unknown type; a start function takes nothing and ignores the arguments.
    const { startExport } = this.#options.prepared.facts;
    const first = startExport === undefined ? [] : [this.instance.exports[startExport] as Entry];
    const stack = this.#stackOf({ entries: [...first, found as Entry], args, position });
    this.#starts.set(stack, start);
    return stack;
  }

  get prepared(): PreparedModule {
    return this.#options.prepared;
  }

  /** What takes out and puts back its stacks; undefined if it is not prepared for that. */
  get capture(): UnwindingStack | undefined {
    const { capturable, stackOf } = this.#options.prepared;
    if (capturable === undefined || stackOf === undefined) return undefined;
    const isProcessModel = this.#options.model === "process";
    const returns = isProcessModel ? () => returnTable(capturable, this.#link) : undefined;
    return (this.#stack ??= stackOf(this.instance, returns));
  }

  /** Where a thread of this program began. */
  startOf(stack: ProgramStack): ThreadStart {
    const start = this.#starts.get(stack);
    assert(start !== undefined, "a thread began in the program that it is of");
    return start;
  }

  /** What is to be remembered of the call that its thread waits in, with what its library remembers. */
  saveProgress(): number[] {
    return [this.#wait.leftUs, ...(this.#options.progress?.save() ?? [])];
  }

  loadProgress([leftUs = forever, ...saved]: readonly number[]): void {
    this.#wait.leftUs = leftUs;
    this.#options.progress?.load(saved);
  }

  /** A function that runs the program's portal `handler` on the registers. */
  portal(handler: number): PortalEntry {
    const serve = this.instance.exports[portalExport];
    if (typeof serve !== "function") {
      throw new LinkError(`a program that serves portals exports the function "${portalExport}"`);
    }
    const enter = this.#portalEntry(handler, serve);
    if (!hasFuel(this.#options.prepared.facts)) return enter;
    return () => {
      this.#portalSlices = 0;
      enter();
    };
  }

  #portalEntry(handler: number, serve: WebAssembly.ImportValue): PortalEntry {
    try {
      return portalEntry(this.#options.registerMemory, handler, serve);
    } catch (error) {
      throw new LinkError(
        `"${portalExport}" must take nine 32-bit integers (its number, a badge, a label and six ` +
          "words) and answer one, the label of the reply",
        { cause: error },
      );
    }
  }

  #stackOf(given: StackOptions): ProgramStack {
    const { core, model, prepared } = this.#options;
    const options = { ...given, broke: (error: unknown) => noteFault(error, prepared) };
    if (model === "process") {
      // Not made before it is needed: most threads are never stopped.
      const isPrepared = prepared.stackOf !== undefined;
      const capture = isPrepared ? (): UnwindingStack => this.capture! : undefined;
      return new SuspendedStack(core, { ...options, capture });
    }
    const { capture } = this;
    return capture === undefined
      ? new AsyncifiedStack(core, asyncifyOf(this.instance), options)
      : new UnwoundStack(core, capture, options);
  }

  /** Adds the memory that the program imports, if it does, to what it is linked with. */
  #importMemory(imports: WebAssembly.Imports): WebAssembly.Memory | undefined {
    const { facts, memoryMaxBytes } = this.#options.prepared;
    const fact = importedMemory(facts);
    if (fact?.importedAs === undefined) return undefined;
    const memory = this.#options.memory ?? makeMemory(fact, memoryMaxBytes);
    const { module, name } = fact.importedAs;
    imports[module] = { ...imports[module], [name]: memory };
    return memory;
  }

  /** What the program may import: the libraries it was given, and the kernel's own. */
  #library(): Library {
    const { core, memories, space, library } = this.#options;
    const own = new Map<string, ImportFunction>(library.get(reservedModule));
    const words = (end: number): Int32Array => memories.wordsUpTo(space, end);
    own.set("syscall", syscallImport(core, words));
    for (const [name, one] of threadWaits(core, words, this.#wait)) own.set(name, one);
    const all = withRegisterCalls(core, new Map([...library, [reservedModule, own]]));
    const wrapped = this.#options.wrap?.(all) ?? all;
    // What preparation added is no call of the program's, to be told of.
    const added = new Map(wrapped.get(reservedModule)).set(ReservedImport.preempt, this.#preempt());
    return new Map([...wrapped, [reservedModule, added]]);
  }

  #preempt(): ImportFunction {
    const { core } = this.#options;
    return {
      begin: () => {
        this.#refuel();
        this.#limitPortal();
        return core.preempt();
      },
      finish: () => 0,
    };
  }

  #refuel(): void {
    if (!hasFuel(this.#options.prepared.facts)) return;
    const fuel = this.instance?.exports[ReservedExport.fuel];
    if (fuel instanceof WebAssembly.Global) fuel.value = this.#options.fuelSlice;
  }

  /**
   * A portal runs on its caller's time. One that takes too much of it goes on by itself, if its stack can
   * be taken out, while its caller waits; otherwise it is ended.
   */
  #limitPortal(): void {
    const { core } = this.#options;
    if (!core.isInPortal() || ++this.#portalSlices <= portalFuelSlices) return;
    // Once only: what takes it out may fail on a stack that is nearly used up, and the portal catch that.
    const capture = this.#portalSlices > portalFuelSlices + 1 ? undefined : this.#captureNow();
    if (capture === undefined) trapForFuel();
    if (!core.detachPortal((thrown) => this.#detached(capture, thrown))) trapForFuel();
    capture.unwind();
  }

  /** As `capture`; undefined if there is no stack left to make it on. */
  #captureNow(): UnwindingStack | undefined {
    try {
      return this.capture;
    } catch {
      return undefined;
    }
  }

  /** The stack of a portal that has left its caller's. */
  #detached(capture: UnwindingStack, thrown: unknown): ProgramStack {
    if (!capture.isUnwinding(thrown)) throw thrown;
    const { core } = this.#options;
    const position = { returned: 0, frames: capture.take() };
    // It is what began, and what its outermost frame goes on in.
    const entries = [this.instance.exports[portalExport] as Entry];
    return this.#stackOf({ entries, args: [], position, ends: (label) => core.portalEnded(label) });
  }
}
