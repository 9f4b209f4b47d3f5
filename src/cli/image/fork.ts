// `shoal fork`: copies of a running session, which goes on. Each copy is a process of its own that goes on from
// one image; it has no input, and what it writes goes to files of its own.
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode } from "../exit-code.ts";
import { image } from "./freeze.ts";
import { say } from "../message.ts";
import { forkService, isDurableService } from "./service-images.ts";

export interface ForkCommandOptions {
  readonly copies: number;
  readonly output?: string | undefined;
  readonly jobs?: number | undefined;
}

export async function fork(name: string, options: ForkCommandOptions): Promise<void> {
  if (isDurableService(name)) return forkService(name, options);
  const directory = mkdtempSync(join(tmpdir(), "shoal-fork-"));
  try {
    const file = join(directory, "image");
    await image(name, file, false);
    const prefix = options.output ?? name;
    const codes = await runAll(file, prefix, options);
    const failed = codes.findIndex((code) => code !== 0);
    if (failed >= 0)
      say(`copy ${failed + 1} ended with ${codes[failed]}: see ${prefix}.${failed + 1}.err`);
    process.exitCode = failed >= 0 ? codes[failed]! : ExitCode.ok;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the copies, some at a time. Answers the exit code of each. */
async function runAll(
  file: string,
  prefix: string,
  { copies, jobs = availableParallelism() }: ForkCommandOptions,
): Promise<number[]> {
  const codes: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < copies) {
      const copy = next++;
      codes[copy] = await runCopy(file, `${prefix}.${copy + 1}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, copies) }, work));
  return codes;
}

function runCopy(file: string, prefix: string): Promise<number> {
  const [output, errors] = [openSync(`${prefix}.out`, "w"), openSync(`${prefix}.err`, "w")];
  const command = [...process.execArgv, process.argv[1]!, "thaw", file];
  // The bundle leaves this module to be loaded when it is needed.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(process.execPath, command, { stdio: ["ignore", output, errors] });
  closeSync(output);
  closeSync(errors);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal === null ? (code ?? 0) : ExitCode.fault));
  });
}
