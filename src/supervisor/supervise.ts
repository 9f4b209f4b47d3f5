// Keeps a cell alive: starts it, waits for its end, and does what the policy says, one line on standard
// error for each death. It is small so that it has little to die of itself, and holds the locks, so that
// no life of the cell ever waits for another.
import { Cell, type CellLife } from "./cell.ts";
import { holdSignal } from "./hold.ts";
import { type RestartMode, RestartPolicy } from "./restart-policy.ts";

export interface SuperviseOptions {
  readonly serverName: string;
  /** The command of the cell's next life. */
  readonly commandOf: (epoch: number) => readonly [string, ...string[]];
  readonly nextEpoch: () => number;
  /** Waits for as long as somebody holds the server. */
  readonly whileHeld: () => Promise<void>;
  readonly mode: RestartMode;
  readonly restartLimit: number;
  readonly hangSeconds: number;
  readonly say: (line: string) => void;
}

const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** How long a cell that was told to end may take for it. */
const stopMs = 5000;

/** Exit codes as shells have them: of a process that a signal ended, and of one that was given up. */
const signalExitBase = 128;
const gaveUpCode = 134;

/** Ends with the exit code for this process, when the cell is not to be started again. */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { mode, restartLimit, nextEpoch, commandOf, hangSeconds, say } = options;
  const policy = new RestartPolicy({ mode, limit: restartLimit });
  const stop = watchSignals();
  let hasServed = false;
  for (;;) {
    await options.whileHeld();
    const epoch = nextEpoch();
    const startedMs = performance.now();
    const cell = new Cell({ command: commandOf(epoch), hangSeconds });
    stop.pass(cell);
    const life = await cell.ended;
    hasServed ||= life.isOpened;
    if (stop.signal !== undefined) return codeOfSignal(stop.signal);
    if (stop.takeHold()) continue;
    const decision = policy.decide({ ...life, hasServed }, performance.now());
    const died = `${options.serverName} (process ${cell.pid}) ${howEnded(life, startedMs)}`;
    if (!decision.restart) {
      if (decision.gaveUp === undefined) return codeOf(life);
      say(`${died}; given up: ${decision.gaveUp}`);
      return gaveUpCode;
    }
    const when = decision.afterMs === 0 ? "now" : `in ${decision.afterMs / 1000} s`;
    say(`${died}; starting it again ${when}`);
    if (!(await stop.pause(decision.afterMs))) {
      return codeOfSignal(stop.signal!);
    }
  }
}

function codeOf({ said, code, signal }: CellLife): number {
  if (said !== undefined) return said.code;
  if (signal === undefined) return code ?? 1;
  return codeOfSignal(signal as NodeJS.Signals);
}

function codeOfSignal(signal: NodeJS.Signals): number {
  const { constants } = process.getBuiltinModule("node:os");
  return signalExitBase + constants.signals[signal];
}

function howEnded(life: CellLife, startedMs: number): string {
  const { signal, code, said, hung, answered, open } = life;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const after = `after ${seconds} s, ${answered} requests answered, ${open} open`;
  if (hung !== undefined) return `was ended ${after}: ${hung}`;
  if (signal !== undefined) return `was ended by ${signal} ${after}`;
  if (said === undefined) return `died with code ${code} ${after}`;
  return `${said.isFault ? "broke" : "ended"} with code ${said.code} ${after}`;
}

/** What tells this process to stop is passed on to the cell, and remembered. */
function watchSignals() {
  let cell: Cell | undefined;
  let signal: NodeJS.Signals | undefined;
  let isHeld = false;
  const asked = Promise.withResolvers<void>();
  process.on(holdSignal, () => {
    isHeld = true;
    cell?.signal("SIGKILL");
  });
  for (const name of passedOn) {
    process.on(name, () => {
      signal ??= name;
      asked.resolve();
      cell?.signal(name);
      setTimeout(() => cell?.signal("SIGKILL"), stopMs).unref();
    });
  }
  return {
    get signal() {
      return signal;
    },
    /** Whether the cell was ended to be held, which is no death to be counted. */
    takeHold(): boolean {
      const was = isHeld;
      isHeld = false;
      return was;
    },
    pass(next: Cell) {
      cell = next;
      // It came while there was no cell to tell.
      if (signal !== undefined) next.signal(signal);
    },
    /** False if it was ended by a signal. */
    async pause(ms: number): Promise<boolean> {
      if (ms === 0) return signal === undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, ms);
      await Promise.race([promise, asked.promise]);
      clearTimeout(timer);
      return signal === undefined;
    },
  };
}
