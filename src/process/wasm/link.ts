// Linking: the import object of a program. What a program may import is `shoal` (the kernel calls), and
// whatever libraries boot gives it as functions in two parts: `begin`, and `finish` for when the call
// that `begin` made had to wait. Anything else is refused by name.
import { forever, leaveStack, Register, registerCount } from "../../abi/index.ts";
import type { Core } from "../core.ts";
import {
  type FunctionImport,
  functionImports,
  type ModuleFacts,
  ReservedImport,
  reservedModule,
} from "./prepare/index.ts";
import { probeModule, unknown } from "./stack-probe.ts";
import {
  expectationsMax,
  registerCalls,
  registerForm,
  type WrappedImport,
  wrapperImports,
  wrapperModule,
} from "./wrapper.ts";
import { SuspendedStack } from "./suspended-stack.ts";
import { ThrowableStack } from "./throwable-stack.ts";

type Value = number | bigint;

// Copies of imported constants, which the engine folds only when they are a module's own.
const leave = leaveStack;
const statusRegister = Register.status;

/** Where, in the memory of the register file, wrappers keep what they expect of calls: bytes. */
const expectationsAt = 1024;

/** One import as a library provides it. Both answer a result, or `leaveStack` if the thread waits. */
export interface ImportFunction {
  readonly begin: (...args: Value[]) => number;
  readonly finish: (...args: Value[]) => number;
}

/** Library functions by module and name. */
export type Library = ReadonlyMap<string, ReadonlyMap<string, ImportFunction>>;

export class LinkError extends Error {
  override readonly name = "LinkError";
}

export interface LinkOptions {
  readonly core: Core;
  readonly facts: ModuleFacts;
  readonly library: Library;
  /** The register file as a memory, for the wrappers. */
  readonly registerMemory: WebAssembly.Memory;
  /** Link every import as a function, so that a library that was wrapped sees all calls. */
  readonly isTraced: boolean;
  /** The program serves portals: its calls may come from the stack that the kernel runs on. */
  readonly servesPortals: boolean;
}

/** The process model: imports go through a wrapper module that suspends the stack when it must. */
export function linkSuspending(options: LinkOptions): WebAssembly.Imports {
  const { core, facts, registerMemory, servesPortals } = options;
  const wanted = functionImports(facts).concat(addedImports(facts));
  const form = options.isTraced ? () => "function" as const : formOf;
  const wrapped: WrappedImport[] = wanted.map((fact) => ({ fact, form: form(fact) }));
  const { park, enterWaiting, expect } = doorsOf(core);
  const environment: Record<string, WebAssembly.ImportValue> = {
    [wrapperImports.registers]: registerMemory,
    [wrapperImports.expectations]: expect(wrapped.length),
    [wrapperImports.enter]: core.enter,
    [wrapperImports.park]: park,
    [wrapperImports.enterWaiting]: enterWaiting,
  };
  if (servesPortals) environment[wrapperImports.probe] = stackProbe();
  wrapped.forEach(({ fact, form }, i) => {
    if (form !== "function") return;
    const found = find(options.library, fact);
    environment[wrapperImports.begin(i)] = found.begin;
    environment[wrapperImports.finish(i)] = found.finish;
  });
  const module = new WebAssembly.Module(wrapperModule(wrapped, servesPortals));
  const instance = new WebAssembly.Instance(module, { [wrapperImports.module]: environment });
  return importObject(wanted, (_, i) => instance.exports[wrapperImports.wrapped(i)]!);
}

/** The imports through which a stack is suspended, for all programs of a core. */
interface SuspendingDoors {
  /** The running thread waits: leaves its stack. */
  readonly park: WebAssembly.ImportValue;
  /** A call that is expected to wait, and where that is written down. Answers the status. */
  readonly enterWaiting: WebAssembly.ImportValue;
  /** A place for what the wrapper of so many imports expects; shared when there are very many. */
  readonly expect: (imports: number) => number;
}

const doors = new WeakMap<Core, SuspendingDoors>();

/** Made once per core, so that the engine compiles the core in as a constant. */
function doorsOf(core: Core): SuspendingDoors {
  const known = doors.get(core);
  if (known !== undefined) return known;
  const made = openDoors(core);
  doors.set(core, made);
  return made;
}

function openDoors(core: Core): SuspendingDoors {
  const { enter, left, registers } = core;
  const expectations = new Int32Array(registers.buffer);
  let nextPlace = expectationsAt;
  const park = (): Promise<number> => {
    const runner = core.leaving();
    if (!(runner instanceof SuspendedStack))
      throw new LinkError("a thread of the other model parked");
    const parked = runner.park();
    left();
    return parked;
  };
  const enterWaiting = (expectation: number): Promise<number> | number => {
    if (enter() === leave) return park();
    expectations[expectation >>> 2] = 0;
    return registers[statusRegister]!;
  };
  const expect = (imports: number): number => {
    const bytes = Math.min(imports, expectationsMax) * 4;
    const place = nextPlace + bytes <= registers.buffer.byteLength ? nextPlace : expectationsAt;
    nextPlace = place + bytes;
    return place;
  };
  return {
    park: new WebAssembly.Suspending(park),
    enterWaiting: new WebAssembly.Suspending(enterWaiting),
    expect,
  };
}

/**
 * The interrupt model: imports are plain functions; one that must wait throws the stack out. Programs
 * run on the stack that the kernel runs on, so each call first makes sure that there is enough of it.
 */
export function linkThrowing(options: LinkOptions): WebAssembly.Imports {
  const { core, facts, library } = options;
  const wanted = functionImports(facts).concat(addedImports(facts));
  const probeStack = stackProbe();
  return importObject(wanted, (fact) => {
    const { begin, finish } = find(library, fact);
    const hasResult = fact.signature.results.length > 0;
    return (...args: Value[]) => {
      probeStack();
      const answer = isBack(core) ? finish(...args) : begin(...args);
      if (answer !== leaveStack) return hasResult ? answer : undefined;
      const runner = core.leaving();
      if (!(runner instanceof ThrowableStack))
        throw new LinkError("a thread of the other model left");
      runner.throwOut();
      return hasResult ? 0 : undefined;
    };
  });
}

function isBack(core: Core): boolean {
  const runner = core.leaving();
  return runner instanceof ThrowableStack && runner.isBack();
}

/** The wrapper's own calls as functions, for where there is no wrapper. */
export function withRegisterCalls(core: Core, library: Library): Library {
  const own = new Map(library.get(reservedModule));
  const { registers } = core;
  const status = (): number => registers[Register.status]!;
  for (const [name, { syscall, parameters }] of Object.entries(registerCalls)) {
    own.set(name, {
      begin(...args) {
        registers.fill(0, Register.a1, Register.label);
        registers[Register.call] = syscall;
        parameters.forEach((parameter, i) => (registers[Register[parameter]] = Number(args[i])));
        registers[Register.sendTimeout] = forever;
        registers[Register.receiveTimeout] = forever;
        return core.enter() === leaveStack ? leaveStack : status();
      },
      finish: status,
    });
  }
  own.set(
    "label",
    plain(() => registers[Register.label]!),
  );
  own.set(
    "badge",
    plain(() => registers[Register.badge]!),
  );
  own.set(
    "word",
    plain((i) => registers[Register.w0 + (Number(i) & 7)]!),
  );
  own.set(
    "set_word",
    plain((i, value) => {
      registers[Register.w0 + (Number(i) & 7)] = Number(value);
      return 0;
    }),
  );
  return new Map([...library, [reservedModule, own]]);
}

function plain(begin: (...args: Value[]) => number): ImportFunction {
  return { begin, finish: begin };
}

/**
 * The general kernel call of a program: `syscall(address)`, where the memory at the address holds the
 * sixteen registers, and holds them again when it is over. Answers the status, or -22 for an address
 * outside the memory. `words`: that memory now, as far as it goes, or at least up to a word.
 */
export function syscallImport(core: Core, words: (end: number) => Int32Array): ImportFunction {
  const { registers } = core;
  const finish = (address: Value): number => {
    const at = Number(address) >>> 2;
    const memory = words(at + registerCount);
    for (let i = 0; i < registerCount; i++) memory[at + i] = registers[i]!;
    return registers[Register.status]!;
  };
  const begin = (address: Value): number => {
    const at = Number(address) >>> 2;
    const memory = words(at + registerCount);
    if ((Number(address) & 3) !== 0 || at + registerCount > memory.length) return badSyscallAddress;
    for (let i = 0; i < registerCount; i++) registers[i] = memory[at + i]!;
    return core.enter() === leave ? leave : finish(address);
  };
  return { begin, finish };
}

export const badSyscallAddress = -22;

function addedImports(facts: ModuleFacts): FunctionImport[] {
  const names: readonly string[] = Object.values(ReservedImport);
  return facts.imports.filter(
    (one): one is FunctionImport =>
      one.signature !== undefined && one.module === reservedModule && names.includes(one.name),
  );
}

function formOf(fact: FunctionImport): WrappedImport["form"] {
  return (fact.module === reservedModule ? registerForm(fact.name) : undefined) ?? "function";
}

function find(library: Library, { module, name }: FunctionImport): ImportFunction {
  const found = library.get(module)?.get(name);
  if (found !== undefined) return found;
  const known = [...library.keys()].join(", ");
  throw new LinkError(
    `the program imports ${module}.${name}, which Shoal does not provide (it provides functions of ` +
      `${known}). Compile it for wasm32-wasip1, or without that library.`,
  );
}

function importObject(
  wanted: readonly FunctionImport[],
  valueOf: (fact: FunctionImport, index: number) => WebAssembly.ImportValue,
): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  wanted.forEach((fact, i) => {
    (imports[fact.module] ??= {})[fact.name] = valueOf(fact, i);
  });
  return imports;
}

let probe: (() => void) | undefined;

function stackProbe(): () => void {
  if (probe === undefined) {
    const module = new WebAssembly.Module(probeModule());
    const { exports } = new WebAssembly.Instance(module, { shoal: { [unknown]: () => undefined } });
    // The module exports exactly this function.
    probe = exports["probe"] as () => void;
  }
  return probe;
}
