// The cell of a durable server: this process, whose first thread keeps what must outlive the core, and has
// the same command line run by a core in a worker thread, and by another that stands by.
import { CoreKeeper, type CoreThread, NodeConsole } from "../../boot/index.ts";
import {
  awaitTurn,
  claimEpoch,
  countTurns,
  Health,
  Progress,
  reportMs,
  reportOpen,
  standbyEpoch,
  startCellReports,
} from "../../supervisor/index.ts";
import type { CellCore, CellSettings } from "./cell-settings.ts";
import { brokenCode, CoreLosses } from "./core-losses.ts";
import { ExitCode } from "../exit-code.ts";
import { say } from "../message.ts";

/** Has cores run the program for as long as it takes. Answers the exit code of this process. */
export async function keepCore(settings: CellSettings, core: CellCore): Promise<number> {
  const { name, directory, epoch: ownEpoch, level, hangSeconds, isRaw } = settings;
  const progress = startCellReports();
  countTurns(progress, Progress.keeperTurns);
  const watch = new CoreWatch(progress, hangSeconds);
  const losses = new CoreLosses({ ...settings, progress, say });
  const keeper = new CoreKeeper({
    core: {
      ...core,
      start: { isShoalCore: true, progress },
      resourceLimits: limitsOf(settings),
    },
    level,
    console: () => new NodeConsole({ isRaw }),
    standsBy: settings.standby !== "none",
    nextEpoch: () => claimEpoch(directory),
    onOpen: () => {
      watch.opened();
      reportOpen();
    },
    onTurn: (next) => {
      watch.begin(next);
      losses.begin();
    },
    onLoss: (loss, hasServed) => losses.decide(loss, hasServed),
    onNoStandby: () => say(`${name}: no core can stand by; it serves on without one`),
  });
  const isStandby = ownEpoch === standbyEpoch;
  if (isStandby) keeper.prepare();
  const epoch = isStandby ? await awaitTurn() : ownEpoch;
  if (epoch === undefined) return ExitCode.ok;
  const end = await keeper.run(epoch);
  if (end.kind === "stopped") process.kill(process.pid, "SIGKILL");
  await keeper.close();
  return end.kind === "left" ? end.code : brokenCode;
}

/** What is new counts as well: a leak is noticed there, too. */
function limitsOf({ heapBytesMax }: CellSettings): { maxOldGenerationSizeMb: number } | undefined {
  if (heapBytesMax === undefined) return undefined;
  return { maxOldGenerationSizeMb: Math.ceil(heapBytesMax / 2 ** 20) };
}

/** Ends a core that does not get on. */
class CoreWatch {
  readonly #progress: Int32Array;
  readonly #hangSeconds: number;
  #core: CoreThread | undefined;
  #health: Health;
  #isOpen = false;

  constructor(progress: Int32Array, hangSeconds: number) {
    this.#progress = progress;
    this.#hangSeconds = hangSeconds;
    this.#health = new Health(hangSeconds);
    setInterval(() => this.#look(), reportMs).unref();
  }

  begin(core: CoreThread): void {
    this.#core = core;
    this.#health = new Health(this.#hangSeconds);
    if (this.#isOpen) void core.opened.then(() => this.#health.opened());
  }

  opened(): void {
    this.#isOpen = true;
    this.#health.opened();
  }

  #look(): void {
    const wrong = this.#health.report(Array.from(this.#progress));
    if (wrong !== undefined) this.#core?.stop(wrong);
  }
}
