// What a copy of a small running session costs: time, by `shoal fork`, and the memory that a copy has more
// than a Node process that does nothing.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileHostedC } from "../../test/sdk/compile.ts";
import { until } from "../../test/session/command.ts";

const launcher = join(import.meta.dirname, "../../bin/shoal.js");

export interface ForkCost {
  /** Milliseconds for each copy, from the command to the end of all. */
  readonly perCopyMs: readonly number[];
  readonly copyMiB: number;
  readonly bareNodeMiB: number;
}

export async function forkCost(copies: number, rounds: number): Promise<ForkCost> {
  const directory = mkdtempSync(join(tmpdir(), "shoal-fork-cost-"));
  const commands = new Commands(directory);
  try {
    const program = await compileHostedC("bench/recovery/session.c");
    const session = commands.start([
      launcher,
      "run",
      "--level",
      "checkpoint",
      "--name",
      "small",
      program,
    ]);
    await until("the session can be asked", () =>
      existsSync(join(directory, "shoal/small/control")),
    );
    await answered(session, "line 1\n");
    const perCopyMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startMs = performance.now();
      await commands.end([
        launcher,
        "fork",
        "small",
        "-n",
        `${copies}`,
        "-o",
        join(directory, "copy"),
      ]);
      perCopyMs.push((performance.now() - startMs) / copies);
      checkCopies(directory, copies);
    }
    const image = join(directory, "image");
    await commands.end([launcher, "freeze", "small", "--keep-running", "-o", image]);
    const copy = commands.start([launcher, "thaw", image]);
    await answered(copy, "line 2\n");
    const bare = commands.start(["-e", "process.stdin.on('data', () => console.log('here'))"]);
    await answered(bare, "here\n");
    return { perCopyMs, copyMiB: ownMiB(copy), bareNodeMiB: ownMiB(bare) };
  } finally {
    commands.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Gives a process a line, and waits for what it makes of that. */
async function answered({ stdin, stdout }: ChildProcess, expected: string): Promise<void> {
  const answer = once(stdout!, "data");
  stdin!.write("\n");
  const [said] = await answer;
  if (String(said) !== expected) throw new Error(`it said ${String(said)}, not ${expected}`);
}

/** A copy has no input: it has heard of one line, and ends. */
function checkCopies(directory: string, copies: number): void {
  for (let copy = 1; copy <= copies; copy++) {
    const output = readFileSync(join(directory, `copy.${copy}.out`), "utf8");
    if (output !== "end after 1\n") throw new Error(`copy ${copy} wrote ${output}`);
  }
}

/** Memory that no other process shares, in MiB. */
function ownMiB({ pid }: ChildProcess): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const parts = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)];
  return parts.reduce((sum, [, kib]) => sum + Number(kib), 0) / 1024;
}

class Commands {
  readonly #env: NodeJS.ProcessEnv;
  readonly #children: ChildProcess[] = [];

  constructor(runtimeDirectory: string) {
    this.#env = { ...process.env, XDG_RUNTIME_DIR: runtimeDirectory };
  }

  start(args: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, args, {
      env: this.#env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#children.push(child);
    return child;
  }

  async end(args: readonly string[]): Promise<void> {
    const stdio = ["ignore", "ignore", "pipe"] as const;
    const child = spawn(process.execPath, args, { env: this.#env, stdio: [...stdio] });
    let said = "";
    child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${args[1]} ended with ${code}: ${said}`);
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}
