// What taking a stack out costs: a small recursive program, stopped at two depths. The difference of the
// two is the frames' alone, and what is left at depth none is the capture's own.
import {
  CapturableProgram,
  FrameStore,
  UnwindingStack,
} from "../../src/process/wasm/resume/index.ts";
import { makeCapturable } from "../../src/process/wasm/rewrite/index.ts";
import { assembleBytes } from "../floor/assemble.ts";
import { type Metric, plainMetric } from "../harness/metric.ts";
import { median } from "../harness/statistics.ts";

// Each frame holds three locals and an operand across the call.
const text = `(module
  (import "host" "wait" (func $wait (result i32)))
  (func $descend (export "descend") (param $depth i32) (param $sum i64) (param $scale f64) (result i32)
    (if (i32.eqz (local.get $depth)) (then (return (call $wait))))
    (i32.add (i32.trunc_sat_f64_s (local.get $scale))
      (call $descend (i32.sub (local.get $depth) (i32.const 1))
        (i64.add (local.get $sum) (i64.const 3))
        (f64.add (local.get $scale) (f64.const 0.5))))))`;

const shallow = 10;
const deep = 1010;

export function captureFigures(quick: boolean): Record<string, Metric> {
  const { bytes, source, frames } = makeCapturable(assembleBytes("descend", text));
  const program = new CapturableProgram(source, frames);
  const imports = { host: { wait: (): never => stack.unwind() } };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  const stack = new UnwindingStack({ program, instance, store: new FrameStore() });
  // The module above exports it.
  const descend = instance.exports["descend"] as (
    depth: number,
    sum: bigint,
    scale: number,
  ) => number;
  const rounds = quick ? 20 : 400;
  const timesNs = new Map([shallow, deep].map((depth) => [depth, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [depth, times] of timesNs)
      times.push(timeCapture(stack, () => descend(depth, 0n, 1)));
  }
  const [lessNs, moreNs] = [...timesNs.values()].map((times) => median(times));
  const perFrameNs = (moreNs - lessNs) / (deep - shallow);
  return {
    captureNsPerFrame: plainMetric(perFrameNs, "ns"),
    captureBaseNs: plainMetric(Math.max(lessNs - perFrameNs * (shallow + 1), 1), "ns"),
  };
}

/** From the entry, through all calls, to the frames as data. */
function timeCapture(stack: UnwindingStack, enter: () => number): number {
  const start = process.hrtime.bigint();
  try {
    enter();
  } catch (thrown) {
    if (!stack.isUnwinding(thrown)) throw thrown;
  }
  stack.take();
  return Number(process.hrtime.bigint() - start);
}
