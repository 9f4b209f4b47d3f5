// What putting a stack back costs: Lua, a hundred and twenty pattern replacements deep in one another, each
// of which calls the interpreter again, waiting for a line of input. Cold, all that continuations are made
// from is read anew, and they are made and compiled; cached, they are only linked. The clock stops when
// the innermost frame has made its kernel call again.
import { readFileSync } from "node:fs";
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import { capturableProgram, rewriteForCapture } from "../../src/process/wasm/prepare/capture.ts";
import {
  FrameStore,
  readState,
  UnwindingStack,
  writeState,
} from "../../src/process/wasm/resume/index.ts";
import type {
  CapturableProgram,
  Frames,
  InstanceState,
} from "../../src/process/wasm/resume/index.ts";
import { programPath } from "../../tools/programs/index.ts";
import { type Metric, plainMetric } from "../harness/metric.ts";
import { median } from "../harness/statistics.ts";

const script = `
local function deeper(n)
  if n == 0 then return io.read() or "" end
  return (("x"):gsub("x", function() return deeper(n - 1) end))
end
print(deeper(120))
`;

const store = new FrameStore();

/** A process of Lua that is taken out of whenever it reads. */
class Reader {
  readonly stack: UnwindingStack;
  /** When it made the call that it was taken out of. */
  readAtMs = 0;

  constructor(program: CapturableProgram, module: WebAssembly.Module) {
    const files = new Map([["a.lua", new File(new TextEncoder().encode(script))]]);
    const silent = new ConsoleStdout(() => undefined);
    const descriptors = [
      new OpenFile(new File([])),
      silent,
      silent,
      new PreopenDirectory("/", files),
    ];
    const wasi = new WASI(["lua", "/a.lua"], [], descriptors, { debug: false });
    // Standard input alone: the script itself is read from a file.
    const read = wasi.wasiImport["fd_read"] as (fd: number, ...rest: number[]) => number;
    const reading = (fd: number, ...rest: number[]): number => {
      if (fd !== 0) return read(fd, ...rest);
      this.readAtMs = performance.now();
      return this.stack.unwind();
    };
    const instance = new WebAssembly.Instance(module, {
      wasi_snapshot_preview1: { ...wasi.wasiImport, fd_read: reading },
    });
    // The host reaches the program's memory through this.
    wasi.inst = instance as unknown as typeof wasi.inst;
    this.stack = new UnwindingStack({ program, instance, store });
  }

  runUntilRead(enter: () => unknown): Frames {
    try {
      enter();
    } catch (thrown) {
      if (this.stack.isUnwinding(thrown)) return this.stack.take();
      throw thrown;
    }
    throw new Error("Lua ended without reading a line.");
  }
}

export async function resumeFigures(quick: boolean): Promise<Record<string, Metric>> {
  const bytes = readFileSync(await programPath("lua"));
  const rewritten = rewriteForCapture(bytes, false);
  const module = new WebAssembly.Module(rewritten);
  const program = capturableProgram(bytes, rewritten, false);
  const first = new Reader(program, module);
  const start = first.stack.access.instance.exports["_start"] as () => void; // a command has it
  const frames = first.runUntilRead(start);
  const state = readState(first.stack.access);
  const rounds = quick ? 2 : 10;
  const times = { cold: [] as number[], cached: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const make = (): CapturableProgram => capturableProgram(bytes, rewritten, false);
    times.cold.push(timeResume(make, module, frames, state));
    times.cached.push(timeResume(() => program, module, frames, state));
  }
  return {
    "resumeMs.cold": plainMetric(median(times.cold), "ms"),
    "resumeMs.cached": plainMetric(median(times.cached), "ms"),
    resumeFrames: plainMetric(frames.frames.length, "frames"),
  };
}

function timeResume(
  program: () => CapturableProgram,
  module: WebAssembly.Module,
  frames: Frames,
  state: InstanceState,
): number {
  let elapsedMs = -performance.now();
  const made = program();
  elapsedMs += performance.now();
  const reader = new Reader(made, module);
  writeState(reader.stack.access, state);
  const startMs = performance.now();
  const again = reader.runUntilRead(reader.stack.resume(frames));
  if (again.frames.length !== frames.frames.length) {
    throw new Error("The stack that was put back is not the one that was taken out.");
  }
  return elapsedMs + reader.readAtMs - startMs;
}
