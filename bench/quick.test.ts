// Runs every benchmark small, as a user would, so that none can rot: the command's standard output
// is one JSON object of the agreed shape, and the work done is exactly the work of last time.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { combinationName, combinations } from "./fluke/combination.ts";
import type { Report } from "./harness/metric.ts";
import { type Entry, readEntries } from "./harness/results.ts";
import { instead } from "./ipc/ablation.ts";

const command = join(import.meta.dirname, "main.ts");
const cli = join(import.meta.dirname, "../src/cli/main.ts");
const built = join(import.meta.dirname, "../dist/cli.cjs");

/** Changes only when a benchmark's work is meant to change. */
const workHashes = {
  ipc: "e8066e6e90b79565",
  fluke: "25dbb0050e7a9d2b",
  programs: "9efcb7d7ce7fef02",
  startup: "f28328a9b03f87b6",
  pipe: "a7a3a35ee6c16fe7",
  http: "02080b7a28b40b42",
  recovery: "384de88d1ff9ff4f",
  services: "7e302e787a8edfe8",
} as const;

let out = "";
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "shoal-bench-"));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

function runQuick(name: string): { report: Report; entry: Entry } {
  const args = [command, name, "--json", "--quick", "--plot", "--out", out];
  const stdout = execFileSync(process.execPath, args, { encoding: "utf8", stdio: "pipe" });
  // The shape is what the tests below look at, member by member.
  const report = JSON.parse(stdout) as Report;
  const entry = readEntries(join(out, "results"), name).at(-1);
  if (entry === undefined) throw new Error(`${name} left no entry`);
  return { report, entry };
}

function expectShape(report: Report, name: string): void {
  expect(Object.keys(report)).toEqual(["bench", "metrics"]);
  expect(report.bench).toBe(name);
  for (const metric of Object.values(report.metrics)) {
    expect(Object.keys(metric)).toEqual(["value", "unit", "floor", "ratio"]);
    expect(metric.value).toBeGreaterThan(0);
    expect(metric.floor === null).toBe(metric.ratio === null);
    if (metric.floor !== null) {
      // Value, floor and ratio are each cut to four digits, so they agree to about three.
      expect((metric.ratio ?? NaN) / (metric.value / metric.floor)).toBeCloseTo(1, 2);
    }
  }
}

describe("bench ipc", () => {
  let run: ReturnType<typeof runQuick>;
  beforeAll(() => {
    run = runQuick("ipc");
  }, 60_000);

  it("prints one JSON object with a value, unit, floor and ratio for every metric", () => {
    expectShape(run.report, "ipc");
  });

  it("does the same work as ever", () => {
    expect(run.entry.workHash).toBe(workHashes.ipc);
  });

  it("measures a floor for every message size and both ways to serve", () => {
    for (const size of ["", "64B", "1024B", "4096B"]) {
      for (const floor of ["floorPortal", "floorPortalPromising", "floorReceiver"]) {
        expect(run.report.metrics).toHaveProperty(floor + size);
      }
    }
  });

  it("judges ours by a floor for every message size and both ways to serve", () => {
    for (const size of ["", "6Words", "64B", "1024B", "4096B"]) {
      for (const ours of ["portalRpc", "receiverRpc"]) {
        expect(run.report.metrics[ours + size].ratio).toBeGreaterThan(1);
      }
    }
  });

  it("switches every technique off, and says what is done instead", () => {
    const switchedOff = Object.keys(run.report.metrics).filter((name) =>
      name.startsWith("without."),
    );
    expect(switchedOff.map((name) => name.slice("without.".length)).toSorted()).toEqual(
      Object.keys(instead).toSorted(),
    );
  });

  it("estimates a clock rate that a processor could have", () => {
    const { value } = run.report.metrics["clockRate"];
    expect(value).toBeGreaterThan(0.2);
    expect(value).toBeLessThan(8);
  });

  it("appends where it ran: commit, machine, Node version, parameters, quartiles", () => {
    const { entry } = run;
    expect(entry.nodeVersion).toBe(process.version);
    expect(entry.commit).not.toBe("");
    expect(entry.machine.cpuCount).toBeGreaterThan(0);
    expect(entry.parameters["rounds"]).toBeGreaterThan(0);
    const spread = entry.spreads["portal/plain"];
    expect(spread.lowerQuartile).toBeLessThanOrEqual(spread.median);
    expect(spread.median).toBeLessThanOrEqual(spread.upperQuartile);
  });

  it("draws standalone SVG files whose axes say what they measure", () => {
    const files = readdirSync(join(out, "plots"));
    expect(files).toContain("ipc-messages.svg");
    for (const file of files) {
      const svg = readFileSync(join(out, "plots", file), "utf8");
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).toMatch(/>[^<]*(\bns\b|time without)[^<]*</);
    }
  });
});

describe("bench programs", () => {
  let run: ReturnType<typeof runQuick>;
  beforeAll(() => {
    run = runQuick("programs");
  }, 120_000);

  it("prints one JSON object with a value, unit, floor and ratio for every metric", () => {
    expectShape(run.report, "programs");
  });

  it("gets the same output from every host as ever", () => {
    expect(run.entry.workHash).toBe(workHashes.programs);
  });

  it("judges nobody against a host slower than the best peer", () => {
    const ofPeers = Object.entries(run.report.metrics).filter(([name]) =>
      /^compute\.(nodeWasi|browserShim)\./.test(name),
    );
    expect(ofPeers.length).toBeGreaterThanOrEqual(4);
    for (const [, { ratio }] of ofPeers) expect(ratio).toBeGreaterThanOrEqual(1);
  });
});

describe("bench fluke", () => {
  let run: ReturnType<typeof runQuick>;
  beforeAll(() => {
    run = runQuick("fluke");
  }, 120_000);

  it("does the same work under all five combinations, and the same as ever", () => {
    expect(run.entry.workHash).toBe(workHashes.fluke);
    for (const combination of combinations) {
      const name = `${combinationName(combination)}.throughputPerSecond`;
      expect(run.report.metrics[name].value).toBeGreaterThan(0);
    }
  });

  it("a restart takes some of the operation it restarts, and not all of it", () => {
    for (const combination of combinations) {
      const { value } = run.report.metrics[`${combinationName(combination)}.restartShare`];
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
    }
  });

  it("a thread blocked in the interrupt model leaves less behind than a stack", () => {
    const bytes = (model: string) =>
      run.report.metrics[`${model}.none.memoryBytesPerBlockedThread`].value;
    expect(bytes("interrupt")).toBeLessThan(bytes("process"));
  });
});

describe.skipIf(!existsSync(cli))("bench startup", () => {
  it("times a cold run of a small program against bare node", () => {
    const { report, entry } = runQuick("startup");
    expectShape(report, "startup");
    expect(report.metrics["startRatio"].value).toBeGreaterThan(1);
    expect(entry.workHash).toBe(workHashes.startup);
  }, 60_000);
});

describe("bench pipe", () => {
  it("moves the same bytes as ever between two programs, and judges them by the host's pipe", () => {
    const { report, entry } = runQuick("pipe");
    expectShape(report, "pipe");
    expect(report.metrics["throughput.shoal.65536"].floor).not.toBeNull();
    expect(entry.workHash).toBe(workHashes.pipe);
  }, 60_000);
});

describe("bench http", () => {
  it("has the same requests answered by the server in C and by bare net", () => {
    const { report, entry } = runQuick("http");
    expectShape(report, "http");
    expect(report.metrics["requests.shoal.64"].floor).not.toBeNull();
    expect(entry.workHash).toBe(workHashes.http);
  }, 60_000);
});

describe.skipIf(!existsSync(built))("bench recovery", () => {
  it("injects the same faults as ever, and nobody notices one of them", () => {
    const { report, entry } = runQuick("recovery");
    expectShape(report, "recovery");
    expect(report.metrics["faultsInvisible"].value).toBe(1);
    expect(report.metrics["faultsInjected"].value).toBeGreaterThan(10);
    expect(entry.workHash).toBe(workHashes.recovery);
  }, 120_000);
});

describe("bench services", () => {
  it("makes the same calls as ever by a function, a service and between threads", () => {
    const { report, entry } = runQuick("services");
    expectShape(report, "services");
    expect(report.metrics["typedCall"].floor).not.toBeNull();
    expect(entry.workHash).toBe(workHashes.services);
  }, 120_000);
});

describe("the bench command", () => {
  it("says which benchmarks there are when asked for one that is not there", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, "ipk"], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/ipk[\s\S]*ipc/);
  });

  it("lists the benchmarks in its help", () => {
    const help = execFileSync(process.execPath, [command, "--help"], { encoding: "utf8" });
    for (const name of [
      "ipc",
      "startup",
      "programs",
      "files",
      "fluke",
      "pipe",
      "http",
      "tax",
      "recovery",
      "services",
    ])
      expect(help).toContain(`  ${name}`);
  });
});
