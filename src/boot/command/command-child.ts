// A native process as the child of a session: lines in, lines out, its standard error our own. It leads a
// process group, and carries the name of its session in a variable: so whatever it has started can be
// found and ended, by a later holder, too, which knows nothing of it.
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { LineSplitter, LineTooLongError } from "./line-splitter.ts";
import type { CommandManner } from "./command-manner.ts";

export interface ChildEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** It could not be started at all. */
  readonly error: Error | undefined;
}

export interface CommandChildOptions {
  readonly session: string;
  readonly manner: CommandManner;
  readonly onLine: (line: string) => void;
  /** All that it said was read. */
  readonly onEnd: (end: ChildEnd) => void;
  /** It takes more again. */
  readonly onDrain: () => void;
}

/** How long one that is not needed any more may take to end. */
const endMs = 2000;

export const sessionVariable = "SHOAL_COMMAND_SESSION";

/** Bytes for the child that wait in this process; beyond that its client is not read. */
const waitingBytesMax = 4 * 1024 * 1024;

export class CommandChild {
  readonly #child: ChildProcess;
  readonly #splitter = new LineSplitter();
  readonly #isRaw: boolean;
  #error: Error | undefined;

  constructor({ session, manner, onLine, onEnd, onDrain }: CommandChildOptions) {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const { file, args, directory, env } = manner;
    this.#child = spawn(file, args, {
      cwd: directory,
      env: { ...env, [sessionVariable]: session },
      stdio: ["pipe", "pipe", "inherit"],
      // A group of its own: ctrl-C is for its client, who says by its input when it is over.
      detached: true,
    });
    const { stdin, stdout } = this.#child;
    // A child that is gone is told of by its end.
    stdin!.on("error", () => {}).on("drain", onDrain);
    const isRaw = manner.protocol === "bytes";
    this.#isRaw = isRaw;
    stdout!.on("data", (chunk: Buffer) =>
      isRaw ? onLine(chunk.toString("latin1")) : this.#read(chunk, onLine),
    );
    this.#child.on("error", (error) => (this.#error ??= error));
    this.#child.on("exit", () => this.kill());
    this.#child.on("close", (code, signal) => {
      onEnd({ code: code ?? undefined, signal: signal ?? undefined, error: this.#error });
    });
  }

  get isFull(): boolean {
    return this.#child.stdin!.writableLength > waitingBytesMax;
  }

  tell(line: string): void {
    if (this.#isRaw) this.#child.stdin!.write(line, "latin1");
    else this.#child.stdin!.write(`${line}\n`);
  }

  /** It has been told everything. */
  close(): void {
    this.#child.stdin!.end();
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#child.stdout!.resume();
    else this.#child.stdout!.pause();
  }

  /** Ends it as clients end their servers: it may clean up, but not for long. */
  end(): void {
    this.close();
    this.kill("SIGTERM");
    setTimeout(() => this.kill(), endMs).unref();
  }

  /** Ends it and what it has started in its group. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // There is nobody left.
    }
  }

  #read(chunk: Uint8Array, onLine: (line: string) => void): void {
    try {
      for (const line of this.#splitter.add(chunk)) onLine(line);
    } catch (error) {
      if (!(error instanceof LineTooLongError)) throw error;
      this.#error = error;
      this.kill();
    }
  }
}

/** Ends what an earlier holder of a session has left, before there is a second child of the session. */
export function endLeftovers(session: string): void {
  if (process.platform !== "linux") return;
  const mark = `${sessionVariable}=${session}`;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid || !environmentOf(pid).includes(mark))
      continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }
}

/** As the process was given it; nothing of processes of others, or that are gone. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}
