// Runs a case of the real programs with freezes in the middle: after so many calls the session is written to
// an image, and another OS process goes on from it, which may be frozen again. What all of them wrote, put
// together, is the output of the run.
import { existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, checkCase, prepareCase, type RunResult } from "../../tools/programs/index.ts";
import { type CommandResult, shoal } from "../programs/shoal-process.ts";

/** What came of a case with freezes. */
export interface FrozenCase {
  /** Undefined if the output was what it must be. */
  readonly difference: string | undefined;
  /** How often it was frozen, of as often as was asked. */
  readonly freezes: number;
}

/** Calls after which the first process is frozen, then the second, and so on, for each run of the case. */
export type Points = readonly (readonly number[])[];

/** What is not the program's, which may have ended before, or be in the middle of a line. */
const ownLines =
  /shoal: (frozen to .*|not frozen, and goes on: No program runs any more\.|.*: \d+( of \d+)? MiB)\n/g;

/** One that hangs is told from one on a busy machine. */
const timeoutMs = 600_000;

export async function runFrozen(item: Case, points: Points): Promise<FrozenCase> {
  const directory = await mkdtemp(join(tmpdir(), "shoal-frozen-"));
  try {
    const prepared = await prepareCase(item, join(directory));
    const runs: RunResult[] = [];
    let freezes = 0;
    for (const [at, { args, stdinPath }] of prepared.runs.entries()) {
      const [name = "", ...rest] = args;
      const env = Object.entries(prepared.env).flatMap(([key, value]) => [
        "--env",
        `${key}=${value}`,
      ]);
      const grants = ["--dir", `${prepared.directory}::/`, ...env, "--argv0", name];
      const command = ["run", "--level", "checkpoint", ...grants];
      const chain = new Chain(await mkdtemp(join(tmpdir(), "shoal-image-")), points[at] ?? []);
      await chain.run(command, [prepared.module, ...rest], stdinPath);
      runs.push(chain.result);
      freezes += chain.freezes;
      await rm(chain.directory, { recursive: true });
    }
    return { difference: checkCase(item, { runs, directory: prepared.directory }), freezes };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** One run, as a chain of processes. */
class Chain {
  readonly directory: string;
  readonly #points: readonly number[];
  readonly #parts: CommandResult[] = [];
  freezes = 0;

  constructor(directory: string, points: readonly number[]) {
    this.directory = directory;
    this.#points = points;
  }

  /** Every process of the chain reads on where the one before it has come to. */
  async run(command: readonly string[], program: readonly string[], stdinPath = "/dev/null") {
    const stdin = await open(stdinPath);
    await this.#next(command, program, stdin.fd);
    while (existsSync(this.#image(this.freezes))) {
      const image = this.#image(this.freezes++);
      await this.#next(["thaw"], [image], stdin.fd);
    }
    await stdin.close();
  }

  get result(): RunResult {
    const last = this.#parts.at(-1)!;
    const stderr = Buffer.concat(this.#parts.map((part) => part.stderr)).toString();
    return {
      stdout: Buffer.concat(this.#parts.map((part) => part.stdout)),
      stderr: Buffer.from(stderr.replaceAll(ownLines, "")),
      exitCode: last.exitCode,
    };
  }

  async #next(command: readonly string[], rest: readonly string[], stdinFd: number) {
    const calls = this.#points[this.freezes];
    const image = this.#image(this.freezes);
    const freeze =
      calls === undefined ? [] : ["--freeze-after-calls", `${calls}`, "--freeze-to", image];
    const args = [...command, ...freeze, ...rest];
    this.#parts.push(await shoal(args, { stdinFd, isSource: true, timeoutMs }));
  }

  #image(index: number): string {
    return join(this.directory, `image-${index}`);
  }
}
