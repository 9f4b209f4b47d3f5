// One life of a process of the kill grid, in an OS process of its own: put together as the command puts a
// durable server or client together, but over a log that ends this process, stops it or breaks its program at a
// record that it is told. It gets its job as a line of standard input, so that whoever starts it can have it wait, loaded.
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type * as Boot from "../../src/boot/index.ts";
import { arm, type Break, breakAtRecords, type Kill, watchMemory } from "./grid-faults.ts";

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
  /** How its program breaks, after each record; it lives on. */
  readonly breaks?: Break | undefined;
  /** Bytes in the log after which an image is made. */
  readonly logBytesMax?: number | undefined;
}

/** How long a call looks for its server, which may have died many times meanwhile. */
const connectMs = 60_000;

/** How long an answer may take before a newer process of the name is looked for. */
const probeMs = 60;

/** How long a program may compute before it is taken for one that loops. */
const hangMs = 250;

/** What a program may have that is to run out of it. */
const memoryMaxBytes = 4 * 1024 * 1024;

/** As the command does: what was built, and in a tree that was not, the sources. */
async function loadBoot(): Promise<typeof Boot> {
  const built = new URL("../../dist/index.js", import.meta.url);
  const source = new URL("../../src/boot/index.ts", import.meta.url);
  // Both are the same face.
  return (await import((existsSync(fileURLToPath(built)) ? built : source).href)) as typeof Boot;
}

async function live(boot: typeof Boot, job: GridJob): Promise<number> {
  const { level, data, epoch, serves, calls, kill, breaks, logBytesMax } = job;
  const hangNs = breaks === "loop" ? hangMs * 1e6 : undefined;
  const onDeath = (): void => void process.stdout.write("death\n");
  const server =
    level &&
    boot.openDurableServer({
      level,
      directory: data,
      epoch,
      logBytesMax,
      writesInPlace: kill?.moment === "beforeCut" || kill?.moment === "afterCut",
      hangNs,
      onDeath,
      onImageRefused: (error) => void process.stderr.write(`no image: ${String(error)}\n`),
    });
  const durable = server?.durable;
  if (durable !== undefined && kill !== undefined) arm(durable.log, kill);
  if (durable !== undefined && breaks !== undefined)
    breakAtRecords(durable.log, breaks, watchMemory());
  const answered = (): number => durable?.answered?.get(boot.firstConnectedSlot) ?? 0;
  const connections = calls && [
    boot.connectTo({
      place: calls,
      timeoutMs: connectMs,
      probeMs,
      durable: durable && {
        directory: data,
        answered: [answered],
        isTakenOver: () => durable.log.isTakenOver,
      },
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
    fuel: breaks === "loop",
    capture: logBytesMax === undefined ? "none" : "unwind",
    ...(breaks === "memory" && { memoryMaxBytes }),
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
