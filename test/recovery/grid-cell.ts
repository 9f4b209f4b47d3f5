// One life of a process of the kill grid, in an OS process of its own: put together as the command puts a
// durable server or client together, but over a log that ends this process with SIGKILL at a record that it
// is told. It gets its job as a line of standard input, so that whoever starts it can have it wait, loaded.
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type * as Boot from "../../src/boot/index.ts";
import type { MessageLog } from "../../src/recovery/index.ts";
import type { Moment } from "./cell.ts";

/**
 * Before or after a record is added; when the log has said that all is stable and its process has not heard
 * it; when an image is kept and the log is not cut yet, or just has been.
 */
export type GridMoment = Moment | "stable" | "beforeCut" | "afterCut";

/** Where a life ends that does not end by itself: at such a moment, from so many records on. */
export interface Kill {
  /** Records that it adds to its log, the last of them only if it is killed after it. */
  readonly records: number;
  readonly moment: GridMoment;
}

export interface GridJob {
  /** The module, and its arguments. */
  readonly program: string;
  readonly args: readonly string[];
  /** What its log survives; without, it is not durable. */
  readonly level?: Boot.DurableLevel | undefined;
  /** Of its own, the same in every life. */
  readonly data: string;
  /** Higher in every life. */
  readonly epoch: number;
  readonly serves?: Boot.NamePlace | undefined;
  readonly calls?: Boot.NamePlace | undefined;
  readonly kill?: Kill | undefined;
  /** Bytes in the log after which an image is made. */
  readonly logBytesMax?: number | undefined;
}

/** How long a call looks for its server, which may have died many times meanwhile. */
const connectMs = 60_000;

/** As the command does: what was built, and in a tree that was not, the sources. */
async function loadBoot(): Promise<typeof Boot> {
  const built = new URL("../../dist/index.js", import.meta.url);
  const source = new URL("../../src/boot/index.ts", import.meta.url);
  // Both are the same face.
  return (await import((existsSync(fileURLToPath(built)) ? built : source).href)) as typeof Boot;
}

/** Has a log end this process, whoever uses it. */
function arm(log: MessageLog, { records, moment }: Kill): void {
  let left = records;
  const pass = (at: GridMoment): void => {
    if (at === moment && left <= 0) process.kill(process.pid, "SIGKILL");
  };
  const append = log.append.bind(log);
  const whenStable = log.whenStable.bind(log);
  const cut = log.cut.bind(log);
  log.append = (words, length) => {
    left--;
    pass("before");
    const status = append(words, length);
    pass("after");
    return status;
  };
  log.whenStable = (end, then) => {
    whenStable(end, (status) => {
      pass("stable");
      then(status);
    });
  };
  log.cut = (number, image) => {
    pass("beforeCut");
    const status = cut(number, image);
    pass("afterCut");
    return status;
  };
}

async function live(boot: typeof Boot, job: GridJob): Promise<number> {
  const { level, data, epoch, serves, calls, kill } = job;
  const server =
    level &&
    boot.openDurableServer({ level, directory: data, epoch, logBytesMax: job.logBytesMax });
  const durable = server?.durable;
  if (durable !== undefined && kill !== undefined) arm(durable.log, kill);
  const answered = (): number => durable?.answered?.get(boot.firstConnectedSlot) ?? 0;
  const connections = calls && [
    boot.connectTo({
      place: calls,
      timeoutMs: connectMs,
      durable: durable && { directory: data, answered },
      onFailure: (name, reason) => void process.stderr.write(`${name}: ${reason}\n`),
    }),
  ];
  const serve = serves && {
    place: serves,
    keys: new boot.SessionKeys(boot.keyFile(data)),
    epoch,
    ...server?.served,
    onError: fail,
  };
  const prepared = await boot.prepareModule(readFileSync(job.program), {
    fuel: false,
    capture: job.logBytesMax === undefined ? "none" : "unwind",
  });
  const programs = [{ prepared, args: ["grid", ...job.args], env: [], durable }];
  const [end] = await boot.runPipeline({ grants: [], programs, serve, connections });
  if (end?.fault !== undefined) fail(end.fault.error);
  return end?.code ?? 1;
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(134);
}

if (import.meta.main) {
  const boot = await loadBoot();
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdin.unref();
    // What the grid has written, in the shape above.
    process.exit(await live(boot, JSON.parse(line) as GridJob).catch(fail));
  }
}
