// Runs one form of a program over node:wasi in this process, which is the same host for all forms, and
// prints how long it took. What preparation imports is here too: a check of the fuel gives it anew.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import { ReservedExport } from "../../src/process/wasm/binary/index.ts";
import { answerSpec, nowMs, openDescriptors } from "../programs/run-spec.ts";
import type { RunSpec, RunTimes } from "../programs/run-spec.ts";

/** As a thread of a running system has it by default. */
const slice = 100_000;

async function run(spec: RunSpec): Promise<RunTimes> {
  const bytes = readFileSync(spec.modulePath);
  const wasi = new WASI({
    version: "preview1",
    args: [...spec.args],
    env: { ...spec.env },
    preopens: { ...spec.directories },
    returnOnExit: true,
    ...openDescriptors(spec),
  });
  const instantiateAt = nowMs();
  const preempt = (): void => refuel(instance, slice);
  const imports = { wasi_snapshot_preview1: { ...wasi.wasiImport }, shoal: { preempt } };
  // Compiled in whole before the clock starts: this is about running, not about compiling.
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), imports);
  refuel(instance, slice);
  const startAt = nowMs();
  const exitCode = wasi.start(instance);
  return { instantiateMs: startAt - instantiateAt, computeMs: nowMs() - startAt, exitCode };
}

function refuel({ exports }: WebAssembly.Instance, units: number): void {
  const fuel = exports[ReservedExport.fuel];
  if (fuel instanceof WebAssembly.Global) fuel.value = units;
}

await answerSpec(run);
