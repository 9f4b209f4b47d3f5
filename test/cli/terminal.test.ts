// The command at a terminal: a pseudo-terminal made by Python's standard library, in which a person types.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assembleWat } from "../support/wat.ts";
import { pipelinePrograms } from "./pipeline-programs.ts";

const script = fileURLToPath(new URL("terminal.py", import.meta.url));
const command = fileURLToPath(new URL("../../bin/shoal.js", import.meta.url));
/** The pseudo-terminal is Python's: without it there is nothing to type at. */
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;

interface Session {
  readonly output: string;
  readonly code: number;
}

let directory = "";
const file = (name: string): string => join(directory, `${name}.wasm`);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "shoal-terminal-"));
  for (const [name, wat] of Object.entries(pipelinePrograms)) {
    writeFileSync(file(name), await assembleWat(wat));
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Step = readonly [expected: string, typed: string, where?: "errors"];

/** Runs the command with these arguments; each step waits for some output and then types something. */
function atTerminal(args: readonly string[], ...steps: readonly Step[]): Promise<Session> {
  return inTerminal([process.execPath, command, "run", ...args], steps);
}

function inTerminal(words: readonly string[], steps: readonly Step[]): Promise<Session> {
  const spec = { command: words, columns: 101, rows: 37, steps };
  return new Promise((resolve, reject) => {
    execFile("python3", [script, JSON.stringify(spec)], { timeout: 60_000 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Session);
      else reject(error);
    });
  });
}

describe.skipIf(!hasPython)("a program at a terminal", () => {
  it("gets whole lines, which the terminal edits, until ctrl-D", async () => {
    const { output, code } = await atTerminal(
      [file("greets")],
      ["ready", "abX\x7fc\n"],
      ["\r\nabc\r\n", "\x04"],
    );
    expect(output).toMatch(/ready.*\r\n/);
    expect(code).toBe(0);
  });

  it("goes on after an end of input if it reads on", async () => {
    const steps = [
      ["ready", "one\n"],
      ["one\r\none\r\n", "\x04"],
      ["end", "two\n"],
      ["two\r\ntwo\r\n", "\x04"],
    ] as const;
    const { output, code } = await atTerminal(
      [file("greets"), "::", file("copies")],
      ["r", "\x04"],
    );
    expect([output.includes("ready"), code]).toEqual([true, 0]);
    const twice = await atTerminal([file("readsTwice")], ...steps);
    expect(twice.code).toBe(0);
  });

  it("is ended by ctrl-C, and so are all that it is joined to", async () => {
    const alone = await atTerminal([file("greets")], ["ready", "\x03"]);
    expect(alone.code).toBe(130);
    const joined = await atTerminal([file("greets"), "::", file("copies")], ["ready", "\x03"]);
    expect(joined.code).toBe(130);
  });

  it("is stopped by ctrl-Z and continues where it was", async () => {
    const { output, code } = await atTerminal(
      [file("greets")],
      ["ready", "\x1a"],
      ["[stopped]", "later\n"],
      ["later\r\nlater\r\n", "\x04"],
    );
    expect([output.includes("later"), code]).toEqual([true, 0]);
  });

  it("gets every key as it is typed with --raw, ctrl-C too", async () => {
    const { output, code } = await atTerminal(
      ["--raw", file("readsKeys")],
      ["ready", "a\x03\x1a\x04q"],
    );
    expect(output).toContain("61 03 1a 04 71 ");
    expect(code).toBe(0);
  });

  it("leaves the terminal as it was after --raw", async () => {
    const line = `"$@"; echo "code $?"; stty -a | grep -o '.icanon'`;
    const run = [process.execPath, command, "run", "--raw", file("readsKeys")];
    const ended = await inTerminal(["sh", "-c", line, "sh", ...run], [["ready", "q"]]);
    expect(ended.output).toMatch(/code 0\r\n icanon/);
  });

  it("finds the size of the terminal in its environment, unless it was told another", async () => {
    const { output } = await atTerminal([file("showsEnvironment")]);
    expect(output).toContain("COLUMNS=101");
    expect(output).toContain("LINES=37");
    const told = await atTerminal(["--env", "COLUMNS=40", file("showsEnvironment")]);
    expect(told.output).toContain("COLUMNS=40");
    expect(told.output).not.toContain("COLUMNS=101");
  });

  it("waits while the terminal is stopped by ctrl-S, and loses nothing", async () => {
    const [stop, go] = ["\x13", "\x11"];
    const { output, code } = await atTerminal(
      ["--trace", "calls", file("greets")],
      ["fd_read(fd=0", `${stop}line\n`, "errors"],
      // The write waits: nothing of it can be seen at the terminal.
      ["fd_write(fd=1, data=0, count=1, nwritten=12) waits", go, "errors"],
      ["line\r\nline\r\n", "\x04"],
    );
    expect([output.endsWith("line\r\nline\r\n"), code]).toEqual([true, 0]);
  });

  it("passes colours through", async () => {
    const { output } = await atTerminal([file("greets")], ["ready", "\x04"]);
    expect(output).toContain("\x1b[1mready\x1b[0m");
  });
});
