// `shoal attach` as a command: how it ends, what it leaves behind, and what it says when it cannot begin.
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { childrenOf, CommandBench, type RunningCommand, until } from "./command-bench.ts";

let bench: CommandBench;

beforeEach(() => {
  bench = new CommandBench();
});

afterEach(() => bench.close());

/** Ends the child of the only session of a holder. */
function killChild({ child }: RunningCommand): void {
  const [cell] = childrenOf(child.pid!);
  process.kill(childrenOf(cell!)[0]!, "SIGKILL");
}

/** Answers each request with its own number. */
const echo = `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: id }));
});`;

/** A holder in the foreground, which a test can end. */
async function hold(name: string, ...command: string[]): Promise<RunningCommand> {
  return holdWith(name, [], ...command);
}

async function holdWith(
  name: string,
  words: readonly string[],
  ...command: string[]
): Promise<RunningCommand> {
  const holder = bench.start(["run", "--name", name, "--durable", ...words, "--", ...command]);
  const socket = join(bench.directory, "shoal", name, "attach");
  await until(`${name} is held`, () => holder.isOver || existsSync(socket));
  await until("that is said", () => holder.isOver || holder.stderr !== "");
  expect(holder.stderr).toContain(`shoal: ${name} holds sessions of `);
  return holder;
}

const request = `{"jsonrpc":"2.0","id":7,"method":"a"}\n`;

it("passes the end of its input on, and ends as the server does", async () => {
  await hold("echo", process.execPath, "-e", `${echo} process.on("exit", () => process.exit(3));`);
  const attached = bench.start(["attach", "echo"], request, "ends");
  expect(await attached.ended).toBe(3);
  expect(attached.lines).toEqual([`{"jsonrpc":"2.0","id":7,"result":7}`]);
  const kept = join(bench.directory, "data", "shoal", "echo", "commands");
  await until("the session is forgotten", () => readdirSync(kept).length === 0);
});

it("ends by ctrl-C, and its session with it, after the server has cleaned up", async () => {
  const mark = join(bench.directory, "clean");
  const clean = `process.on("SIGTERM", () => {
    require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");
    process.exit();
  });`;
  await hold("echo", process.execPath, "-e", echo + clean);
  const attached = bench.start(["attach", "echo"], request);
  await until("it was answered", () => attached.lines.length === 1);
  attached.child.kill("SIGINT");
  expect(await attached.ended).toBe(130);
  await until("the server has cleaned up", () => existsSync(mark));
  const kept = join(bench.directory, "data", "shoal", "echo", "commands");
  await until("the session is forgotten", () => readdirSync(kept).length === 0);
});

it("has to be told how a server is started that nobody holds", async () => {
  const attached = bench.start(["attach", "nobody"]);
  expect(await attached.ended).toBe(127);
  expect(attached.stderr).toContain("shoal attach nobody -- COMMAND");
});

it("takes its options on both sides of the name, and leaves those behind -- to the command", async () => {
  const attached = bench.start(
    ["attach", "--state", "memory", "both", "--protocol", "bytes", "--", "cat", "-u"],
    "said\n",
    "ends",
  );
  expect(await attached.ended).toBe(0);
  expect(attached.lines).toEqual(["said"]);
  const without = bench.start(["attach", "nobody", "--timeout", "1"]);
  expect(await without.ended).toBe(127);
});

it("does not take a word too many for a command", async () => {
  const attached = bench.start(["attach", "--durable", "disk", "name", "--", "cat"]);
  expect(await attached.ended).toBe(2);
  expect(attached.stderr).toContain("shoal attach disk -- name");
});

it("fails every request if there is no such command", async () => {
  await hold("missing", "cat");
  const attached = bench.start(["attach", "missing", "--", "/no/such/command"], request, "ends");
  expect(await attached.ended).toBe(127);
  expect(attached.stdout).toContain("ENOENT");
  expect(attached.stderr).toContain("/no/such/command");
});

it("fails a request at which the server crashes when its input has ended, too", async () => {
  await hold("crash", process.execPath, "-e", "process.stdin.on('data', () => process.exit(9))");
  const attached = bench.start(["attach", "crash"], request, "ends");
  expect(await attached.ended).toBe(9);
  expect(attached.lines).toHaveLength(1);
  expect(attached.stdout).toContain("died 2 times");
});

it("gives a server up that dies at every start", async () => {
  await hold("broken", process.execPath, "-e", "process.exit(5)");
  const attached = bench.start(["attach", "broken"], request);
  expect(await attached.ended).toBe(5);
  expect(attached.stderr).toContain("it died 6 times within 60 s");
});

it("refuses options of WebAssembly programs, and a command without a name", async () => {
  const wrong = bench.start(["run", "--name", "x", "--dir", ".", "--", "cat"]);
  expect(await wrong.ended).toBe(2);
  expect(wrong.stderr).toContain("--dir is for WebAssembly programs");
  const nameless = bench.start(["run", "--durable", "--", "cat"]);
  expect(await nameless.ended).toBe(2);
  expect(nameless.stderr).toContain("add --name NAME");
});

it("leaves the data of a WebAssembly program alone", async () => {
  const data = join(bench.directory, "mine");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, "program.json"), "{}");
  const refused = bench.start(["run", "--durable", "--name", "b", "--data", data, "--", "cat"]);
  expect(await refused.ended).toBe(2);
  expect(refused.stderr).toContain("belongs to a WebAssembly program");
});

it("lets a request take longer than a core may be kept", async () => {
  const answer = `console.log('{"jsonrpc":"2.0","id":7,"result":{}}')`;
  const slow = `process.stdin.on("data", () => setTimeout(() => ${answer}, 3000));`;
  const holder = await holdWith("slow", ["--hang-seconds", "1"], process.execPath, "-e", slow);
  const attached = bench.start(["attach", "slow"], request);
  await until("it was answered", () => attached.lines.length === 1);
  expect(holder.stderr).not.toMatch(/answered none|kept its core/);
});

it("forgets a session whose client was killed, after its time-out", async () => {
  await hold("echo", process.execPath, "-e", echo);
  const attached = bench.start(["attach", "--timeout", "1", "echo"], request);
  await until("it was answered", () => attached.lines.length === 1);
  const kept = join(bench.directory, "data", "shoal", "echo", "commands");
  expect(readdirSync(kept)).toHaveLength(1);
  attached.child.kill("SIGKILL");
  await until("the session is forgotten", () => readdirSync(kept).length === 0);
});

it("does nothing more in a holder in whose place another was started", async () => {
  const holder = await hold("echo", process.execPath, "-e", echo);
  const attached = bench.start(["attach", "echo"], request);
  await until("it was answered", () => attached.lines.length === 1);
  const epochs = join(bench.directory, "data", "shoal", "echo", "epochs");
  const [epoch = ""] = readdirSync(epochs);
  renameSync(join(epochs, epoch), join(epochs, `${Number(epoch) + 1}`));
  attached.child.stdin!.write(request.replace("7", "8"));
  await until("it was answered by another", () => attached.lines.length === 2);
  expect(holder.stderr).toContain("was ended by SIGKILL");
});

const bytes = ["--protocol", "bytes", "--state", "memory"];

it("has a command of bytes go on where it was, if it says the same again", async () => {
  const holder = await holdWith("cat", bytes, "cat");
  const attached = bench.start(["attach", ...bytes, "cat"], "one, ");
  await until("it was said", () => attached.stdout === "one, ");
  killChild(holder);
  attached.child.stdin!.end("two");
  expect(await attached.ended).toBe(0);
  expect(attached.stdout).toBe("one, two");
});

it("ends a command of bytes that says something else the second time", async () => {
  const program = "console.log(process.pid); setInterval(() => {}, 1000)";
  const holder = await holdWith("pid", bytes, process.execPath, "-e", program);
  const attached = bench.start(["attach", ...bytes, "pid"]);
  await until("it was said", () => attached.stdout !== "");
  killChild(holder);
  expect(await attached.ended).toBe(134);
  expect(attached.stderr).toContain("of its output is another");
});

it("refuses bytes of a command that may change something outside", async () => {
  const attached = bench.start(["attach", "--protocol", "bytes", "cat", "--", "cat"]);
  expect(await attached.ended).toBe(2);
  expect(attached.stderr).toContain("add --state memory");
});
