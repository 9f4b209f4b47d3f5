// One run of one program on one host, as data: what the parent tells the process that runs it, and
// what that process answers. Standard output and error go to files, so that every host pays the
// same for a reader, which is nothing.
import { openSync } from "node:fs";

export interface RunSpec {
  readonly modulePath: string;
  /** The program's own name followed by its arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absent: standard input is empty. */
  readonly stdinPath?: string;
  /** Directories granted, by the name the program sees. */
  readonly directories: Readonly<Record<string, string>>;
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

export interface RunTimes {
  /** From the module's bytes in memory to an instance. */
  readonly instantiateMs: number;
  /** The program's own run, from its first instruction to its exit. */
  readonly computeMs: number;
  readonly exitCode: number;
}

export interface Descriptors {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/**
 * Opens the three standard streams of a run. Nobody closes them but the end of the process: a
 * program may have closed them itself, and one host passes that on to the system.
 */
export function openDescriptors(spec: RunSpec): Descriptors {
  return {
    stdin: openSync(spec.stdinPath ?? "/dev/null", "r"),
    stdout: openSync(spec.stdoutPath, "w"),
    stderr: openSync(spec.stderrPath, "w"),
  };
}

/** What every host's script does: take a spec from the command line, run it, print the times. */
export async function answerSpec(run: (spec: RunSpec) => Promise<RunTimes>): Promise<void> {
  // Written by runOn in host.ts and by nothing else, so the shape is known.
  const spec = JSON.parse(process.argv[2]) as RunSpec;
  process.stdout.write(JSON.stringify(await run(spec)) + "\n");
}

/** Milliseconds, exact to the nanosecond the clock gives. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
