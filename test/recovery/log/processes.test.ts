// Owners in real OS processes: killed while they add records, and stopped at named points while another
// process takes over, then woken up.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/base/index.ts";
import { FileSegments } from "../../../src/machine/node/index.ts";
import { type MessageLog, openLog } from "../../../src/recovery/log/index.ts";
import { appendRecords, expectRecords } from "./records.ts";

const seed = Number(process.env.SHOAL_SEED ?? 3);
const kills = Number(process.env.SHOAL_KILLS ?? 12);
const root = mkdtempSync(join(tmpdir(), "owners-"));
const program = join(import.meta.dirname, "owner-process.ts");

afterAll(() => rmSync(root, { recursive: true }));

class Owner {
  readonly child: ChildProcess;
  said = "";
  #onSaid: () => void = () => undefined;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
      this.#onSaid();
    });
  }

  /** Resolves when so many lines were said; it must not end before. */
  lines(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.once("close", () =>
        reject(new Error(`the owner ended, having said: ${this.said}`)),
      );
      this.#onSaid = () => {
        if (this.said.split("\n").length > count) resolve();
      };
      this.#onSaid();
    });
  }

  async ended(): Promise<void> {
    await once(this.child, "close");
  }
}

function open(directory: string, epoch: number, segmentBytes: number): MessageLog {
  const segments = new FileSegments({ directory });
  return openLog({ segments, name: "log", epoch, segmentBytes });
}

/** The largest number that the killed owner said it was answered for. */
function lastAdded(said: string): number {
  return Math.max(
    0,
    ...[...said.matchAll(/^(?:added|opened) (\d+)$/gm)].map(([, end]) => Number(end)),
  );
}

describe.each(["mapped", "written"])("an OS process with a log in files, %s", (how) => {
  const title = `is killed ${kills} times while it adds records: none that was answered for is lost`;

  it(`${title} (seed ${seed})`, async () => {
    const directory = join(root, how);
    const random = new Random(seed, how);
    let ended = 0;
    for (let epoch = 1; epoch <= 2 * kills; epoch += 2) {
      const owner = new Owner([directory, String(epoch), how, "append"]);
      await owner.lines(random.between(1, 40));
      owner.child.kill("SIGKILL");
      await owner.ended();
      const log = open(directory, epoch + 1, 16_384);
      expect(log.end).toBeGreaterThanOrEqual(Math.max(ended, lastAdded(owner.said)));
      expect(log.image ?? `image-${log.first + 400}`).toBe(`image-${log.first + 400}`);
      expectRecords(log);
      ended = log.end;
      log.close();
    }
    expect(ended).toBeGreaterThan(1000);
  });
});

/** Steps of an owner by name, and how many of the same are let pass before it is stopped. */
const points: [point: string, step: string, skipped: number][] = [
  ["before it makes its first segment", "create", 0],
  ["before the spare one", "create", 1],
  ["before it reads what is there", "open", 0],
  ["between two words of its first header", "store 5", 0],
  ["before the word that makes the header one", "store 0", 0],
  ["before it looks whether it came too late", "list", 2],
  ["before it removes what it took over", "remove", 0],
  ["between removing two segments", "remove", 1],
  ["between two words of a record", "store 60", 1],
  ["before the word that makes a record one", "store 16", 1],
  ["before it makes a segment for a long record", "create", 2],
  ["before it removes a segment that a cut freed", "remove log.2.", 0],
];

async function untilStopped({ child }: Owner): Promise<void> {
  const isStopped = () =>
    readFileSync(`/proc/${child.pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .startsWith("T");
  // Node tells of children that end, not of those that stop.
  while (!isStopped()) await new Promise((resolve) => setImmediate(resolve));
}

const hasProc = process.platform === "linux";

// Whether a process is stopped can only be read where there is /proc.
describe.skipIf(!hasProc)("an OS process is stopped, taken over from, and woken up", () => {
  it.each(points)("%s: nothing it does then is seen", async (_, step, skipped) => {
    const directory = mkdtempSync(join(root, "stopped-"));
    const before = open(directory, 1, 1200);
    appendRecords(before, 20, 1);
    before.close();
    const owner = new Owner([directory, "2", "mapped", "stop", step, String(skipped)]);
    await owner.lines(1);
    expect(owner.said).toBe("stopping\n");
    await untilStopped(owner);

    const log = open(directory, 3, 1200);
    expectRecords(log, 1);
    expect(log.end).toBeGreaterThanOrEqual(20);
    appendRecords(log, 30, 1);
    const { end } = log;
    owner.child.kill("SIGCONT");
    await owner.ended();
    expect(owner.said).toMatch(
      /^stopping\n(finished -?\d|LogRefusedError: .*epoch 3 has it already)/,
    );

    expectRecords(log, 1);
    expect(log.cut(end - 5, "image")).toBe(0);
    appendRecords(log, 30, 1);
    log.close();
    const next = open(directory, 4, 1200);
    expect([next.first, next.end, next.image]).toEqual([end - 5, end + 30, "image"]);
    expectRecords(next, 1);
    next.close();
  });
});
