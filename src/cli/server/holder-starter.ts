// Starts a holder for a name when there is none: the same command that a user would give, in a session of
// its own, so that it outlives the client that needed it first. It ends when nobody has needed it for long.
import { closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CommandManner } from "../../boot/index.ts";
import type { DurableLevel } from "../durable/durable.ts";
import { ExitCode } from "../exit-code.ts";

export interface HolderStarterOptions {
  readonly name: string;
  readonly data: string;
  readonly level: DurableLevel;
  /** Whether somebody holds the name. */
  readonly isHeld: () => boolean;
}

const logBytesMax = 4 * 1024 * 1024;
const idleSeconds = 60;
/** A start has this long before there is another one. */
const patienceMs = 3000;

export class HolderStarter {
  readonly #options: HolderStarterOptions;
  #startedMs = -Infinity;
  #isRunning = false;
  #whyNot: string | undefined;

  constructor(options: HolderStarterOptions) {
    this.#options = options;
  }

  /** Why it is of no use to go on trying. */
  get whyNot(): string | undefined {
    return this.#whyNot;
  }

  start(manner: CommandManner): void {
    if (this.#isRunning && performance.now() - this.#startedMs < patienceMs) return;
    this.#startedMs = performance.now();
    this.#isRunning = true;
    const { name, data, level } = this.#options;
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const log = join(data, "holder.log");
    keepShort(log);
    const fd = openSync(log, "a", 0o600);
    const { spawn } = process.getBuiltinModule("node:child_process");
    const words = [`--durable=${level}`, "--name", name, "--data", data, "--state", manner.state];
    words.push("--protocol", manner.protocol);
    const own = [...process.execArgv, process.argv[1]!, "run", ...words];
    const command = [...own, "--idle-seconds", `${idleSeconds}`, "--", manner.file, ...manner.args];
    const child = spawn(process.execPath, command, {
      cwd: manner.directory,
      env: manner.env,
      stdio: ["ignore", fd, fd],
      detached: true,
    });
    child.unref();
    closeSync(fd);
    child.on("error", (error) => this.#ended(error.message));
    child.on("exit", (code) => {
      // Another one was faster, or it was killed or not needed any more; or its command line is wrong.
      const isWrong = code === ExitCode.usage && !this.#options.isHeld();
      const isHopeless = code === ExitCode.cannotRun || isWrong;
      this.#ended(isHopeless ? `it could not be started; ${log} says why` : undefined);
    });
  }

  #ended(whyNot: string | undefined): void {
    this.#isRunning = false;
    this.#whyNot = whyNot;
  }
}

/** What servers write there is theirs to decide: of what is long only the last part is kept. */
function keepShort(log: string): void {
  const { size = 0 } = statSync(log, { throwIfNoEntry: false }) ?? {};
  if (size > logBytesMax) renameSync(log, `${log}.1`);
}
