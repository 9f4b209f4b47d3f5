// The cell of a durable server: this process, whose first thread keeps what must outlive the core, and has
// the same command line run by a core in a worker thread, and by another that stands by.
import { CoreKeeper, type CoreLoss, type CoreThread, NodeConsole } from "../boot/index.ts";
import {
  awaitTurn,
  claimEpoch,
  countTurns,
  Health,
  Progress,
  reportMs,
  reportOpen,
  RestartPolicy,
  standbyEpoch,
  startCellReports,
} from "../supervisor/index.ts";
import type { CellCore, CellSettings } from "./cell-settings.ts";
import { ExitCode } from "./exit-code.ts";
import { say } from "./message.ts";

/** Has cores run the program for as long as it takes. Answers the exit code of this process. */
export async function keepCore(settings: CellSettings, core: CellCore): Promise<number> {
  const { name, directory, epoch: ownEpoch, level, hangSeconds, isRaw } = settings;
  const progress = startCellReports();
  countTurns(progress, Progress.keeperTurns);
  const watch = new CoreWatch(progress, hangSeconds);
  const losses = new Losses(progress, settings);
  const keeper = new CoreKeeper({
    core: { ...core, start: { isShoalCore: true, progress } },
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

/** As of a process that an error ended which nobody caught. */
const brokenCode = 1;

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

/**
 * Cores that one cell has: each that is lost leaves what it had open and mapped of files to the process. A log
 * in memory has none of that, and would be gone with the cell.
 */
const coresPerCell = 64;

/** Decides what follows the loss of a core, as a supervisor does of a cell, and says so. */
class Losses {
  readonly #name: string;
  readonly #progress: Int32Array;
  readonly #policy: RestartPolicy;
  readonly #coresMax: number;
  #cores = 0;
  #answeredBefore = 0;
  #heardBefore = 0;
  #beganMs = 0;

  constructor(progress: Int32Array, { name, level, restart, restartLimit }: CellSettings) {
    this.#coresMax = level === "memory" ? Infinity : coresPerCell;
    this.#name = name;
    this.#progress = progress;
    this.#policy = new RestartPolicy({ mode: restart, limit: restartLimit });
  }

  begin(): void {
    this.#cores++;
    this.#answeredBefore = this.#answered;
    this.#heardBefore = this.#heard;
    this.#beganMs = performance.now();
  }

  async decide(loss: CoreLoss, hasServed: boolean): Promise<boolean> {
    const answered = this.#answered - this.#answeredBefore;
    const seconds = ((performance.now() - this.#beganMs) / 1000).toFixed(1);
    const said = `the core of ${this.#name} ${howLost(loss)} after ${seconds} s, ${answered} requests answered`;
    const heard = this.#heard - this.#heardBefore;
    const end = {
      code: brokenCode,
      signal: undefined,
      said: undefined,
      hasServed,
      answered,
      heard,
    };
    const decision = this.#policy.decide(end, performance.now());
    if (!decision.restart) {
      say(`${said}${decision.gaveUp === undefined ? "" : `; given up: ${decision.gaveUp}`}`);
      return false;
    }
    if (this.#cores >= this.#coresMax) {
      say(`${said}; it was the last of this process, which has had ${this.#cores}`);
      return false;
    }
    say(
      `${said}; another takes over${decision.afterMs === 0 ? "" : ` in ${decision.afterMs / 1000} s`}`,
    );
    // What was open is open again when it is asked for again.
    Atomics.store(this.#progress, Progress.open, 0);
    if (decision.afterMs > 0) await pause(decision.afterMs);
    return true;
  }

  get #answered(): number {
    return Atomics.load(this.#progress, Progress.answered);
  }

  get #heard(): number {
    return Atomics.load(this.#progress, Progress.heard);
  }
}

function howLost(loss: CoreLoss): string {
  if (loss.kind === "stopped") return `was ended: ${loss.why},`;
  return `broke (${loss.error.message.split("\n")[0]})`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
