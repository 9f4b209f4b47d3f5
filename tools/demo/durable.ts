// The part of the demo that shows what Shoal is for: a server is killed with requests under way, and its
// client gets every answer.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { compileOwn } from "../programs/compile-command.ts";

const requestCount = 10_000;
const killCount = 3;
const answersBetweenKills = 2000;

/** `root` is the project's directory; everything that is made goes to `directory`. */
export async function showDurable(root: string, directory: string): Promise<void> {
  const made = (name: string): Promise<string> =>
    compileOwn({
      sources: [join(root, `examples/c/${name}.c`)],
      output: join(directory, `${name}.wasm`),
      flags: [],
    });
  const [server, client] = [await made("kv-server"), await made("kv-client")];
  const runtime = join(directory, "run");
  const env = { ...process.env, XDG_DATA_HOME: directory, XDG_RUNTIME_DIR: runtime };
  const start = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [join(root, "bin/shoal.js"), ...args], { stdio: "pipe", env });

  console.log("\n--- a server is killed three times while it answers ten thousand requests");
  console.log("$ shoal run --durable --name kv kv-server.wasm &");
  const supervisor = start(["run", "--durable", "--name", "kv", server]);
  supervisor.stderr!.pipe(process.stdout, { end: false });
  await Promise.race([
    appears(join(runtime, "shoal", "kv"), "socket"),
    once(supervisor, "close").then(([code]) => {
      throw new Error(`the server ended with code ${code}`);
    }),
  ]);
  console.log("$ shoal run --connect kv kv-client.wasm < requests.txt | sort | uniq -c");
  const caller = start(["run", "--connect", "kv", client]);
  caller.stderr!.pipe(process.stdout, { end: false });
  for (let number = 1; number <= requestCount; number++) {
    caller.stdin!.write(`put number ${number}\n`);
  }
  caller.stdin!.end("get number\n");
  await killWhileItAnswers(caller, supervisor);
  supervisor.kill();
  await once(supervisor, "close");
}

/** Waits until a directory has a file of that name. */
async function appears(directory: string, name: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const watcher = watch(directory);
  while (!existsSync(join(directory, name))) await once(watcher, "change");
  watcher.close();
}

/** Counts the answers as they come, kills the server's process now and then, and says what came. */
async function killWhileItAnswers(caller: ChildProcess, supervisor: ChildProcess): Promise<void> {
  const counts = new Map<string, number>();
  let rest = "";
  let answers = 0;
  let kills = 0;
  const take = (line: string): void => {
    counts.set(line, (counts.get(line) ?? 0) + 1);
    answers++;
    if (kills === killCount || answers < (kills + 1) * answersBetweenKills) return;
    kills++;
    killCell(supervisor.pid!);
  };
  caller.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
  const [code] = (await once(caller, "close")) as [number | null];
  for (const [line, count] of counts) console.log(`${String(count).padStart(7)} ${line}`);
  console.log(`[exit code ${code}]`);
}

/** Ends the process that the server runs in, which is the child of its supervisor. */
function killCell(supervisor: number): void {
  const children = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === supervisor);
  for (const [child] of children) {
    console.log(`$ kill -9 ${child}`);
    process.kill(child!, "SIGKILL");
  }
}
