// The two servers of the http benchmark, each a process of its own that says where it listens.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { compileHostedC } from "../../test/sdk/compile.ts";

const launcher = join(import.meta.dirname, "../../bin/shoal.js");

export interface RunningServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** The server in C, run by the command. */
export async function startShoal(): Promise<RunningServer> {
  const program = await compileHostedC("examples/c/http-server.c");
  const args = [launcher, "run", "--listen", "127.0.0.1:0", program];
  return started(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] }));
}

/** Node's own `net`, and nothing around it. */
export function startNet(): Promise<RunningServer> {
  const args = [join(import.meta.dirname, "net-server.ts")];
  return started(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] }));
}

/** Waits until the server has said its port, on its error stream. */
async function started(child: ChildProcess): Promise<RunningServer> {
  const closed = once(child, "close");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await closed;
  };
  const port = await portFrom(child);
  return { port, stop };
}

function portFrom(child: ChildProcess): Promise<number> {
  let said = "";
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const match = /listening on \S*:(\d+)\n/.exec(said);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once("error", reject);
    child.once("close", (code) => {
      reject(new Error(`a server of the http benchmark ended with ${code} and said: ${said}`));
    });
  });
}
