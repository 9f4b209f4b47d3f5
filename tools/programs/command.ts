// Running foreign commands (apt-get, make, bison, a native build of a program). A command that is
// missing or fails becomes a CommandFailure that shows the end of what it printed.
import { spawn } from "node:child_process";

export class CommandFailure extends Error {
  override name = "CommandFailure";
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Said when the command does not exist: what to install. */
  readonly ifMissing?: string;
}

/** Runs a command to its end and answers what it wrote to standard output. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: "C", ...options.env };
    const child = spawn(command, args, {
      cwd: options.cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => void (stdout.push(chunk), all.push(chunk)));
    child.stderr.on("data", (chunk: Buffer) => void all.push(chunk));
    child.on("error", (error) => {
      const advice = options.ifMissing ? ` ${options.ifMissing}` : "";
      reject(new CommandFailure(`cannot run ${command}: ${error.message}.${advice}`));
    });
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(stdout).toString());
      const tail = Buffer.concat(all).toString().trimEnd().split("\n").slice(-12).join("\n  ");
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      reject(new CommandFailure(`${[command, ...args].join(" ")} ${how}:\n  ${tail}`));
    });
  });
}
