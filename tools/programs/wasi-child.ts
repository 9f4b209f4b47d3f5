// Runs one module on node:wasi, the reference host, in a process of its own; standard streams are
// those of this process. Only tools do this: Shoal itself never uses node:wasi.
// Usage: node wasi-child.ts '{"module":...,"args":[...],"env":{...},"preopens":{...}}'
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

/** A module and its surroundings. `args` includes the program's name. */
export interface WasiJob {
  readonly module: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly preopens: Readonly<Record<string, string>>;
}

// The parent writes the job; its shape is checked by the compiler there.
const job = JSON.parse(process.argv[2]) as WasiJob;
const wasi = new WASI({
  version: "preview1",
  args: [...job.args],
  env: { ...job.env },
  preopens: { ...job.preopens },
  returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(job.module));
const instance = await WebAssembly.instantiate(module, { ...wasi.getImportObject() });
process.exitCode = wasi.start(instance);
