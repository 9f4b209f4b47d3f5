// Links the WASI functions to one process: each is bound to the process it works for, with its own
// number of parameters, so that a call allocates nothing on its way.
import { InitialSlot } from "../abi/index.ts";
import type { CallProgress, ImportFunction } from "../process/index.ts";
import { type Caller, LongCall } from "../userlib/index.ts";
import {
  changedSinceUnstable,
  type DescriptorTable,
  encodeStrings,
  exitThread,
  GuestMemory,
  processFunctions,
  processModule,
  type WasiFunction,
  wasiFunctions,
  type WasiImport,
  type WasiProcess,
} from "../wasi/index.ts";

export interface WasiOptions {
  readonly caller: Caller;
  /** The buffer of the program's memory as it is now. */
  readonly memory: () => ArrayBufferLike;
  readonly table: DescriptorTable;
  readonly args: readonly string[];
  readonly env: readonly string[];
  /** The page in which the thread builds its messages; each thread of a process has its own. */
  readonly page?: number;
  /** Called before a thread of the process ends it. */
  readonly onExit?: () => void;
}

export function makeWasiProcess(options: WasiOptions): WasiProcess {
  const call = new LongCall(options.caller, options.page);
  return {
    memory: new GuestMemory(options.memory),
    call,
    table: options.table,
    args: encodeStrings(options.args),
    env: encodeStrings(options.env),
    clock: InitialSlot.clock,
    entropy: InitialSlot.entropy,
    doneBytes: 0,
    askedBytes: 0,
    exit(code) {
      options.onExit?.();
      return exitThread(call, code);
    },
  };
}

/**
 * What the WASI functions of a thread work on, made when one of them is first called: then there is a
 * process. What a thread that waits has to remember can be given before.
 */
export class LateProcess implements CallProgress {
  readonly #make: () => WasiProcess;
  #process: WasiProcess | undefined;
  #loaded: readonly number[] = [];

  constructor(make: () => WasiProcess) {
    this.#make = make;
  }

  process(): WasiProcess {
    if (this.#process === undefined) {
      const [doneBytes = 0, askedBytes = 0] = this.#loaded;
      this.#process = Object.assign(this.#make(), { doneBytes, askedBytes });
    }
    return this.#process;
  }

  save(): readonly number[] {
    const { doneBytes, askedBytes } = this.process();
    return [doneBytes, askedBytes];
  }

  load(saved: readonly number[]): void {
    this.#loaded = saved;
  }
}

/** The WASI modules for a process that exists by the time the first function is called. */
export function wasiLibrary(
  processOf: () => WasiProcess,
): Map<string, ReadonlyMap<string, ImportFunction>> {
  const preview1 = new Map<string, ImportFunction>();
  const unstable = new Map<string, ImportFunction>();
  for (const [name, one] of Object.entries(wasiFunctions)) {
    const bound = bind(one, one.params.length, processOf);
    preview1.set(name, bound);
    if (!changedSinceUnstable.has(name)) unstable.set(name, bound);
  }
  return new Map([
    ["wasi_snapshot_preview1", preview1],
    ["wasi_unstable", unstable],
    [processModule, boundAll(processFunctions, processOf)],
  ]);
}

function boundAll(
  functions: Readonly<Record<string, WasiImport>>,
  processOf: () => WasiProcess,
): Map<string, ImportFunction> {
  const entries = Object.entries(functions);
  return new Map(entries.map(([name, one]) => [name, bind(one, one.params.length, processOf)]));
}

type V = number | bigint;

/** A closure of exactly as many parameters as the function has: a spread would cost more than the call. */
function bind(one: WasiFunction, count: number, processOf: () => WasiProcess): ImportFunction {
  let known: WasiProcess | undefined;
  const p = (): WasiProcess => (known ??= processOf());
  switch (count) {
    case 0:
      return { begin: () => one.begin(p()), finish: () => one.finish(p()) };
    case 1:
      return { begin: (a) => one.begin(p(), a!), finish: (a) => one.finish(p(), a!) };
    case 2:
      return { begin: (a, b) => one.begin(p(), a!, b!), finish: (a, b) => one.finish(p(), a!, b!) };
    case 3:
      return {
        begin: (a, b, c) => one.begin(p(), a!, b!, c!),
        finish: (a, b, c) => one.finish(p(), a!, b!, c!),
      };
    case 4:
      return {
        begin: (a, b, c, d) => one.begin(p(), a!, b!, c!, d!),
        finish: (a, b, c, d) => one.finish(p(), a!, b!, c!, d!),
      };
    case 5:
      return {
        begin: (a, b, c, d, e) => one.begin(p(), a!, b!, c!, d!, e!),
        finish: (a, b, c, d, e) => one.finish(p(), a!, b!, c!, d!, e!),
      };
    case 6:
      return {
        begin: (a, b, c, d, e, f) => one.begin(p(), a!, b!, c!, d!, e!, f!),
        finish: (a, b, c, d, e, f) => one.finish(p(), a!, b!, c!, d!, e!, f!),
      };
    case 9:
      return {
        begin: (a, b, c, d, e, f, g, h, i) => one.begin(p(), a!, b!, c!, d!, e!, f!, g!, h!, i!),
        finish: (a, b, c, d, e, f, g, h, i) => one.finish(p(), a!, b!, c!, d!, e!, f!, g!, h!, i!),
      };
    default:
      return {
        begin: (...args: V[]) => one.begin(p(), ...args),
        finish: (...args: V[]) => one.finish(p(), ...args),
      };
  }
}
