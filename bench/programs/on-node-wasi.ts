// The peer node:wasi: runs one program in this process and prints how long it took.
import { readFileSync } from "node:fs";
import { engine } from "../floor/engine.ts";
import { nodeWasi } from "./node-wasi.ts";
import { answerSpec, nowMs, type RunSpec, type RunTimes } from "./run-spec.ts";

async function run(spec: RunSpec): Promise<RunTimes> {
  const bytes = readFileSync(spec.modulePath);
  const wasi = nodeWasi(spec);
  const instantiateAt = nowMs();
  const imports = { wasi_snapshot_preview1: { ...wasi.wasiImport } };
  const instance = new engine.Instance(new engine.Module(bytes), imports);
  const startAt = nowMs();
  const exitCode = wasi.start(instance);
  return { instantiateMs: startAt - instantiateAt, computeMs: nowMs() - startAt, exitCode };
}

await answerSpec(run);
