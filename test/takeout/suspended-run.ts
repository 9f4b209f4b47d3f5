// Runs what the rewriter made of a random module on stacks that the engine suspends, and takes them out at
// chosen calls of the host: any number of such runs at a time, so that their stacks leave together.
import { capturableProgram, rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import {
  type CapturableProgram,
  FrameStore,
  HandleTable,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";
import { describe, hostOf } from "../capture/host.ts";
import { endOf, type Outcome, outcomeOf } from "../capture/outcome.ts";
import type { StopRule } from "../capture/stopped-run.ts";

/** One for all runs, as a core has one for all its programs. */
const store = new FrameStore();

export interface SuspendedRun {
  readonly outcome: Outcome;
  readonly captures: number;
}

export class SuspendableModule {
  readonly #program: CapturableProgram;
  readonly #module: WebAssembly.Module;

  constructor(bytes: Uint8Array) {
    const rewritten = rewriteForCapture(bytes, false);
    this.#program = capturableProgram(bytes, rewritten, false);
    this.#module = new WebAssembly.Module(rewritten);
  }

  async run(stops: StopRule): Promise<SuspendedRun> {
    const calls: string[] = [];
    const handles = new HandleTable();
    let captures = 0;
    let place = 0;
    let attempt = 0;
    let take: (() => ReturnType<UnwindingStack["take"]>) | undefined;
    let stack: UnwindingStack;
    /** Carries out a call, or suspends the stack and has it leave. */
    const suspending = (carryOut: (...args: never[]) => unknown) =>
      new WebAssembly.Suspending((...args: never[]) => {
        if (!stops(place, attempt++)) {
          attempt = 0;
          place++;
          return carryOut(...args);
        }
        return new Promise((_, reject) => {
          // By then the engine has suspended the stack.
          queueMicrotask(() => (take = stack.expel(reject)));
        });
      });
    const fresh = (): UnwindingStack => {
      const host = Object.entries(hostOf({ calls })).map(([name, one]) => [name, suspending(one)]);
      const imports = { host: Object.fromEntries(host) as WebAssembly.ModuleImports };
      const instance = new WebAssembly.Instance(this.#module, imports);
      return new UnwindingStack({ program: this.#program, instance, store, handles });
    };
    stack = fresh();
    let next = WebAssembly.promising(stack.access.instance.exports["main"]);
    for (;;) {
      try {
        const end = describe(await next());
        return { outcome: outcomeOf(end, calls, stack.access.instance), captures };
      } catch (thrown) {
        if (!stack.isUnwinding(thrown)) {
          const end = endOf(thrown);
          return { outcome: outcomeOf(end, calls, stack.access.instance), captures };
        }
      }
      const { frames, state } = structuredClone({
        frames: take!(),
        state: readState(stack.access),
      });
      captures++;
      stack = fresh();
      writeState(stack.access, state);
      next = stack.resumeSuspending(frames);
    }
  }
}
