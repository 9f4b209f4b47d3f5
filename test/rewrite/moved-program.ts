// Runs a real program over an in-memory WASI host, taking its stack out at chosen calls of the host and
// checks of its fuel, and going on in a fresh instance each time.
import { createHash } from "node:crypto";
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import { prepareModule, type PreparedModule } from "../../src/process/wasm/index.ts";
import {
  FrameStore,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";

export interface ProgramRun {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly stdin?: Uint8Array;
}

export interface ProgramOutcome {
  readonly end: string;
  readonly outputHash: string;
  readonly output: string;
  readonly memoryHash: string;
}

export interface Move {
  readonly outcome: ProgramOutcome;
  /** Places at which the stack could have been taken out. */
  readonly places: number;
  readonly captures: number;
  readonly deepest: number;
}

/** Whether to move at this place; each place is asked about once. */
export type MoveRule = (place: number) => boolean;

const store = new FrameStore();
const exited = /exit with exit code (\d+)/;

export function prepareForMoves(bytes: Uint8Array, fuel: boolean): Promise<PreparedModule> {
  return prepareModule(bytes, { fuel, capture: "unwind" });
}

/**
 * @param slice loop turns and calls between two checks of the fuel, if the program has it
 */
export function runMoved(
  prepared: PreparedModule,
  run: ProgramRun,
  slice: number,
  moves: MoveRule,
): Move {
  const { capturable, module } = prepared;
  if (capturable === undefined) throw new Error("The program was not prepared for capture.");
  const output: string[] = [];
  const wasi = hostOf(run, output);
  const clock = steadyClock(() => instance);
  let places = 0;
  let captures = 0;
  let deepest = 0;
  let isBack = false;
  let stack: UnwindingStack;
  const calling = (call: (...args: never[]) => unknown) => {
    return (...args: never[]) => {
      if (!isBack && moves(places++)) stack.unwind();
      isBack = false;
      return call(...args);
    };
  };
  const instantiate = (): WebAssembly.Instance => {
    const preempt = calling(() => {
      refuel(instance, slice);
    });
    const functions = Object.entries({ ...wasi.wasiImport, ...clock }).map(([name, one]) => {
      return [name, calling(one as (...args: never[]) => unknown)] as const;
    });
    const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: Object.fromEntries(functions),
      shoal: { preempt },
    });
    stack = new UnwindingStack({ program: capturable, instance, store });
    // The host reaches the program's memory through this.
    wasi.inst = instance as unknown as typeof wasi.inst;
    return instance;
  };
  let instance = instantiate();
  refuel(instance, slice);
  let next = instance.exports["_start"] as () => unknown; // a command has it
  for (;;) {
    try {
      next();
      return { outcome: outcomeOf("returned", output, instance), places, captures, deepest };
    } catch (thrown) {
      if (!stack!.isUnwinding(thrown)) {
        const end = endOf(thrown);
        return { outcome: outcomeOf(end, output, instance), places, captures, deepest };
      }
    }
    const frames = stack!.take();
    const state = readState(stack!.access);
    captures++;
    deepest = Math.max(deepest, frames.frames.length);
    instance = instantiate();
    writeState(stack!.access, state);
    next = stack!.resume(frames);
    isBack = true;
  }
}

function hostOf({ args, files, stdin }: ProgramRun, output: string[]): WASI {
  const collect = (bytes: Uint8Array): void => {
    output.push(new TextDecoder("latin1").decode(bytes));
  };
  const entries = Object.entries(files).map(([name, bytes]) => [name, new File(bytes)] as const);
  return new WASI(
    [...args],
    [],
    [
      new OpenFile(new File(stdin ?? new Uint8Array())),
      new ConsoleStdout(collect),
      new ConsoleStdout(collect),
      new PreopenDirectory("/", new Map(entries)),
    ],
    { debug: false },
  );
}

/** Time and entropy that two runs agree on: they are counted by the calls for them. */
function steadyClock(instance: () => WebAssembly.Instance): Record<string, unknown> {
  let nowNs = 1_700_000_000_000_000_000n;
  const memory = (): ArrayBuffer =>
    (instance().exports["memory"] as WebAssembly.Memory).buffer as ArrayBuffer;
  return {
    clock_time_get(_clock: number, _precision: bigint, address: number): number {
      nowNs += 1_000_000n;
      new DataView(memory()).setBigUint64(address, nowNs, true);
      return 0;
    },
    random_get(address: number, byteCount: number): number {
      new Uint8Array(memory(), address, byteCount).fill(7);
      return 0;
    },
  };
}

function refuel({ exports }: WebAssembly.Instance, slice: number): void {
  const fuel = exports["shoal_fuel"];
  if (fuel instanceof WebAssembly.Global) fuel.value = slice;
}

function endOf(thrown: unknown): string {
  const code = exited.exec(String(thrown))?.[1];
  if (code !== undefined) return `exit ${code}`;
  if (thrown instanceof WebAssembly.RuntimeError) return `trap: ${thrown.message}`;
  throw thrown;
}

function outcomeOf(
  end: string,
  output: readonly string[],
  { exports }: WebAssembly.Instance,
): ProgramOutcome {
  const text = output.join("");
  const memory = exports["memory"] as WebAssembly.Memory; // WASI asks for it
  return {
    end,
    output: text,
    outputHash: hashOf(Buffer.from(text, "latin1")),
    memoryHash: hashOf(new Uint8Array(memory.buffer)),
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
