// The forms in which a script's modules run: as they are, rewritten at both levels, and rewritten with
// their stacks taken out and put back at calls of the host and where checks find the fuel used up.
import { ReservedExport } from "../../src/process/wasm/binary/index.ts";
import { capturableProgram, rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import { refuseWhatTheEngineRefuses } from "../../src/process/wasm/prepare/engine-refusal.ts";
import { FrameStore, HandleTable, UnwindingStack } from "../../src/process/wasm/resume/index.ts";

export type Level = "checkpoint" | "preempt";

export interface Form {
  readonly name: string;
  /** Undefined: as the script has them. */
  readonly level: Level | undefined;
  /** Stacks are taken out wherever they can be. */
  readonly isStopped: boolean;
}

export const plainForm: Form = { name: "as they are", level: undefined, isStopped: false };

/** Both levels, undisturbed and then with stops. */
export const rewrittenForms: readonly Form[] = (["checkpoint", "preempt"] as const).flatMap(
  (level) => [
    { name: `at ${level}`, level, isStopped: false },
    { name: `at ${level}, stopped`, level, isStopped: true },
  ],
);

/** Work between two checks that find the fuel used up, while a call still has places to count. */
const shortSlice = 2;
const endlessSlice = 2 ** 31 - 1;

const store = new FrameStore();
/** One for all instances: a value of the host has the same number wherever its holder goes on. */
const handles = new HandleTable();

/** A module compiled in one form. */
export class FormedModule {
  readonly module: WebAssembly.Module;
  readonly #stackOf: ((instance: WebAssembly.Instance) => UnwindingStack) | undefined;

  /** @throws InvalidModuleError, WebAssembly.CompileError */
  constructor(bytes: Uint8Array<ArrayBuffer>, { level, isStopped }: Form) {
    if (level === undefined) {
      this.module = new WebAssembly.Module(bytes);
      return;
    }
    const fuel = level === "preempt";
    const rewritten = rewriteForCapture(bytes, fuel);
    // As preparation does it: the engine is asked about the module as it was.
    refuseWhatTheEngineRefuses(bytes);
    this.module = new WebAssembly.Module(rewritten);
    if (!isStopped) return;
    const program = capturableProgram(bytes, rewritten, fuel);
    this.#stackOf = (instance) => new UnwindingStack({ program, instance, store, handles });
  }

  stackOf(instance: WebAssembly.Instance): UnwindingStack | undefined {
    return this.#stackOf?.(instance);
  }
}

/** Fills the counter of an instance; one that has none needs nothing. */
export function refuel({ exports }: WebAssembly.Instance, isShort: boolean): void {
  const fuel = exports[ReservedExport.fuel];
  if (fuel instanceof WebAssembly.Global) fuel.value = isShort ? shortSlice : endlessSlice;
}

/** The start function, which preparation has made a call of its own. */
export function startOf({ exports }: WebAssembly.Instance): (() => void) | undefined {
  return exports[ReservedExport.start] as (() => void) | undefined; // made so by the rewriter
}
