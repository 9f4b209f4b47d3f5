// A core of the worker grid: put together as the command puts one together, but over a log that is the end
// of this thread once a record is in it that is told. What is said in the run's words is told by `argv`.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type * as Boot from "../../src/boot/index.ts";
import { type Death, type GridCoreJob, heldWord } from "./grid-job.ts";

/** As the command does: what was built, and in a tree that was not, the sources. */
async function loadBoot(): Promise<typeof Boot> {
  const built = new URL("../../dist/index.js", import.meta.url);
  const source = new URL("../../src/boot/index.ts", import.meta.url);
  // Both are the same face.
  return (await import((existsSync(fileURLToPath(built)) ? built : source).href)) as typeof Boot;
}

async function serve(boot: typeof Boot, job: GridCoreJob): Promise<number> {
  const seat = boot.coreSeat();
  if (seat === undefined) throw new Error("this is the program of a core's thread");
  const { level, data, place, model, logBytesMax } = job;
  const prepared = await boot.prepareModule(readFileSync(job.program), {
    fuel: false,
    capture: "unwind",
  });
  seat.ready();
  const turn = await seat.turn;
  const { epoch, isFirst, kept, writer, blame } = turn;
  const held = { isContinued: !isFirst, kept, writer, blame };
  const server = boot.openDurableServer({ level, directory: data, epoch, held, logBytesMax });
  const { durable, tookOverAt } = server;
  seat.tookOver(tookOverAt);
  const log = dying(durable.log, job, seat.progress);
  const answered = (): number => durable.answered?.get(job.consoleSlot) ?? 0;
  const [end] = await boot.runPipeline({
    grants: [],
    model,
    console: new boot.ConsolePort({ turn: turn.console, request: () => answered() + 1 }),
    programs: [{ prepared, args: ["grid"], env: [], durable: { ...durable, log } }],
    serve: {
      place,
      epoch,
      keys: new boot.SessionKeys(boot.keyFile(data)),
      ...server.served,
      onOpen: seat.opened,
      onError: breakSoon,
    },
  });
  return end?.code ?? 1;
}

type Log = NonNullable<Boot.ProgramSpec["durable"]>["log"];

/** A log whose next record but those that are in it is the last of this thread. */
function dying(log: Log, job: GridCoreJob, progress: Int32Array): Log {
  const last = log.end + 1;
  let isOver = last > job.recordsMax;
  const stableEnd = (): number => {
    if (log.end >= last && !isOver) {
      isOver = true;
      die(job.deaths[last % job.deaths.length]!, progress);
    }
    return log.stableEnd;
  };
  return new Proxy(log, {
    get(target, name) {
      if (name === "stableEnd") return stableEnd();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function die(death: Death, progress: Int32Array): void {
  if (death === "throw") breakSoon(new Error("the core breaks"));
  else if (death === "hold") hold(progress);
  else useUpMemory();
}

function useUpMemory(): never {
  const all: unknown[] = [];
  for (;;) all.push(Array.from({ length: 100_000 }, (_, i) => i + all.length));
}

function hold(progress: Int32Array): void {
  Atomics.store(progress, heldWord, 1);
  Atomics.notify(progress, heldWord);
  Atomics.wait(progress, heldWord, 1);
}

function breakSoon(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

const boot = await loadBoot();
process.exit(await serve(boot, JSON.parse(process.argv[2]!) as GridCoreJob));
