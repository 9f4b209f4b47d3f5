// Runs the command as a user would: a process of its own, with its standard streams piped.
import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
const source = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export interface CommandResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

export interface CommandInput {
  readonly stdinPath?: string | undefined;
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** Standard input is what is open here, from where it stands; nothing else is given then. */
  readonly stdinFd?: number | undefined;
  /** Runs the source as it is, whatever was built of it. */
  readonly isSource?: boolean;
}

/** Ends when the command has ended and its streams are closed; a signal counts as 128 plus its number. */
export function shoal(args: readonly string[], input: CommandInput = {}): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const entry = input.isSource === true ? source : command;
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: input.cwd,
    stdio: [input.stdinFd ?? "pipe", "pipe", "pipe"],
    timeout: input.timeoutMs ?? 110_000,
    killSignal: "SIGKILL",
  });
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  child.stdout!.on("data", (chunk: Uint8Array) => stdout.push(chunk));
  child.stderr!.on("data", (chunk: Uint8Array) => stderr.push(chunk));
  // A program may end without reading all of its input.
  child.stdin?.on("error", () => {});
  if (input.stdinPath === undefined) child.stdin?.end(input.stdin ?? "");
  else if (child.stdin !== null) createReadStream(input.stdinPath).pipe(child.stdin);
  child.on("error", reject);
  child.on("close", (code, signal) => {
    resolve({
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
      exitCode: code ?? (signal === "SIGKILL" ? 137 : 128),
    });
  });
  return promise;
}
