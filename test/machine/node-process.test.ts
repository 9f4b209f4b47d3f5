// What the Node machine does to the process it runs in: what keeps it alive and what does not, how a
// real file system says that it is full, and that the clocks are the host's.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createNodeMachine } from "../../src/machine/node/index.ts";

const face = new URL("../../src/machine/node/index.ts", import.meta.url).href;
const entries = new URL("../conformance/core-entries.ts", import.meta.url).href;

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "shoal-process-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a program that has `machine`, and answers what it wrote; fails if it did not end by itself. */
function output(program: string, options = "{ coreCount: 2 }", shellPrefix = ""): string {
  const file = join(directory, "program.mts");
  writeFileSync(
    file,
    `import { statSync } from "node:fs";
    import { createNodeMachine } from "${face}";
    import { passOn } from "${entries}";
    const machine = createNodeMachine(${options});
    const entry = { url: "${entries}", name: "passOn", run: passOn };
    ${program}`,
  );
  const command = `${shellPrefix} exec "$0" "$1"`;
  const ran = spawnSync("bash", ["-c", command, process.execPath, file], {
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(ran.stderr).toBe("");
  expect(ran.status).toBe(0);
  return ran.stdout;
}

describe("a process with a Node machine", () => {
  it("ends when only doorbells, an idle core and a disarmed timer are left", () => {
    const program = `
      machine.startCore({ core: 1, entry, data: 0 });
      machine.setTimer(machine.nowNs() + 3600e9);
      machine.ringDoorbell(1);
      machine.onWake(() => {
        console.log("core 1 runs");
        machine.setTimer(Infinity);
      });`;
    expect(output(program)).toBe("core 1 runs\n");
  });

  it("stays for an armed timer and for what was posted", () => {
    const program = `
      machine.onWake((reasons) => console.log("woken", reasons));
      machine.post(() => console.log("task"));
      machine.setTimer(machine.nowNs() + 30e6);`;
    expect(output(program)).toBe("task\nwoken 4\nwoken 1\n");
  });

  it("ends at once after close, whatever was armed or running", () => {
    const program = `
      machine.startCore({ core: 1, entry, data: null });
      machine.setTimer(machine.nowNs() + 3600e9);
      machine.post(() => console.log("never"));
      machine.close();`;
    expect(output(program)).toBe("");
  });

  it("answers full for a file that may not grow, and leaves the blob as it was", () => {
    const store = join(directory, "store");
    const program = `
      const { store } = machine;
      const piece = new Uint8Array(30_000);
      const answers = [1, 2, 3].map(() => store.append("log", piece));
      console.log(answers.join(), store.size("log"), statSync("${store}/log.blob").size);
      console.log(store.append("log", new Uint8Array(10)), store.size("log"));`;
    const options = JSON.stringify({ storeDirectory: store });
    expect(output(program, options, "ulimit -f 64;")).toBe("0,0,-2 60000 60048\n0 60010\n");
  });

  it("answers full and missing when no directory was granted", () => {
    const machine = createNodeMachine();
    expect(machine.store.append("log", new Uint8Array(1))).toBe(-2);
    expect(machine.store.size("log")).toBe(-1);
    machine.close();
  });

  it("tells the host's wall clock", () => {
    const machine = createNodeMachine();
    for (let reading = 0; reading < 1000; reading++) {
      const beforeMs = Date.now();
      const tellsMs = Number(machine.realtimeNs() / 1_000_000n);
      expect(tellsMs).toBeGreaterThanOrEqual(beforeMs - 1);
      expect(tellsMs).toBeLessThanOrEqual(Date.now() + 2);
    }
    machine.close();
  });

  it("throws in core 0 when a core fails and nobody listens", () => {
    const program = `
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      machine.startCore({ core: 1, entry: { ...entry, name: "failAtOnce" }, data: null });
      machine.setTimer(machine.nowNs() + 5000e6);
      process.on("uncaughtException", () => machine.close());`;
    expect(output(program)).toBe("uncaught: no core today\n");
  });

  it("names the module and the export when a core's entry is not there", () => {
    const program = `
      const core = machine.startCore({ core: 1, entry: { ...entry, name: "gone" }, data: null });
      machine.setTimer(machine.nowNs() + 5000e6);
      core.onExit((exit) => {
        console.log(exit.kind, exit.error.message.replace(/^.*\\/core-entries.ts/, "core-entries.ts"));
        machine.close();
      });`;
    expect(output(program)).toBe(
      "failed core-entries.ts does not export the function gone for a core to run.\n",
    );
  });
});
