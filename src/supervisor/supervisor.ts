// Keeps one cell alive: starts it, waits for its end, and does what the policy says. It is told what to do
// by whoever has it, a command with one server or a system with many, and never asks the process around it.
import { Cell, type CellLife, type CellStart } from "./cell.ts";
import type { RestartPolicy } from "./restart-policy.ts";
import { StandbyCell } from "./standby-cell.ts";
import { standbyEpoch } from "./standby-line.ts";

export interface SupervisorOptions {
  readonly serverName: string;
  /** The command of the cell's next life. */
  readonly commandOf: (epoch: number) => readonly [string, ...string[]];
  readonly nextEpoch: () => number;
  /** Waits for as long as no cell may be started: somebody holds the server, or its group waits. */
  readonly whileHeld: () => Promise<void>;
  /** May be that of a group, which counts the deaths of all its members. */
  readonly policy: RestartPolicy;
  readonly hangSeconds: number;
  readonly say: (line: string) => void;
  /** Whether a cell is to stand by, once there is one that serves. */
  readonly standsBy?: boolean | undefined;
  /** How cells are started; with our own streams unless given. */
  readonly start?: CellStart | undefined;
  /** What it is doing has changed. */
  readonly onChange?: (() => void) | undefined;
  /** A cell has died, and another follows after so long. */
  readonly onDeath?: ((afterMs: number) => void) | undefined;
}

/** `held`: somebody else has it now. `waiting`: the next start is due later. */
export type SupervisorState = "held" | "starting" | "running" | "waiting" | "over";

/** Why there will be no other cell. */
export type SupervisorEnd =
  | { readonly kind: "ended"; readonly life: CellLife; readonly how: string }
  | { readonly kind: "gave up"; readonly why: string; readonly how: string }
  | { readonly kind: "stopped"; readonly signal: NodeJS.Signals };

/** How long a cell that was told to end may take for it. */
const stopMs = 5000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #asked = Promise.withResolvers<void>();
  readonly #standby: StandbyCell;
  #state: SupervisorState = "held";
  #cell: Cell | undefined;
  #signal: NodeJS.Signals | undefined;
  #isRenewed = false;
  #epoch = 0;
  #starts = 0;
  #answeredBefore = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { say, serverName } = options;
    this.#standby = new StandbyCell({
      start: () => this.#makeCell(standbyEpoch),
      onGivenUp: () => say(`${serverName}: no cell can stand by; it serves on without one`),
    });
  }

  get state(): SupervisorState {
    return this.#state === "starting" && this.#cell?.isOpened === true ? "running" : this.#state;
  }

  /** The cell that lives now. */
  get cell(): Cell | undefined {
    return this.#cell;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Starts after the first. */
  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** Requests answered in all lives. */
  get answered(): number {
    return this.#answeredBefore + (this.#cell?.answered ?? 0);
  }

  /** The first signal counts; the cell gets each, and is killed if it does not end. */
  stop(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    this.#standby.close();
    this.#asked.resolve();
    this.#cell?.signal(signal);
    setTimeout(() => this.#cell?.signal("SIGKILL"), stopMs).unref();
  }

  /** Ends the cell and starts another, which is no death to be counted. */
  renew(): void {
    if (this.#cell === undefined) return;
    this.#isRenewed = true;
    this.#standby.drop();
    this.#cell.signal("SIGKILL");
  }

  /** Ends when no cell is to be started any more. */
  async run(): Promise<SupervisorEnd> {
    const { policy, say, serverName } = this.#options;
    let hasServed = false;
    for (;;) {
      this.#become("held");
      await this.#options.whileHeld();
      if (this.#signal !== undefined) return this.#stopped();
      const startedMs = performance.now();
      const cell = this.#startCell();
      const life = await cell.ended;
      this.#cell = undefined;
      this.#answeredBefore += life.answered;
      hasServed ||= life.isOpened;
      if (this.#signal !== undefined) return this.#stopped();
      if (this.#takeRenewal()) continue;
      const decision = policy.decide({ ...life, hasServed }, performance.now());
      const how = howEnded(life, startedMs);
      if (!decision.restart) return this.#over(life, how, decision.gaveUp);
      const { afterMs } = decision;
      const when = afterMs === 0 ? "now" : `in ${afterMs / 1000} s`;
      say(`${serverName} (process ${cell.pid}) ${how}; starting it again ${when}`);
      this.#become("waiting");
      this.#options.onDeath?.(afterMs);
      if (!(await this.#pause(afterMs))) return this.#stopped();
    }
  }

  /** The one that stands by is told that it is its turn, if there is one. */
  #startCell(): Cell {
    this.#epoch = this.#options.nextEpoch();
    this.#starts++;
    const standby = this.#standby.take();
    standby?.begin(this.#epoch);
    this.#cell = standby ?? this.#makeCell(this.#epoch);
    this.#become("starting");
    return this.#cell;
  }

  #makeCell(epoch: number): Cell {
    const { commandOf, hangSeconds, start } = this.#options;
    const isStandby = epoch === standbyEpoch;
    const onOpened = (): void => this.#opened();
    return new Cell({ command: commandOf(epoch), hangSeconds, start, isStandby, onOpened });
  }

  #opened(): void {
    if (this.#options.standsBy === true) this.#standby.fill();
    this.#options.onChange?.();
  }

  #over(life: CellLife, how: string, why: string | undefined): SupervisorEnd {
    this.#standby.close();
    this.#become("over");
    return why === undefined ? { kind: "ended", life, how } : { kind: "gave up", why, how };
  }

  #stopped(): SupervisorEnd {
    this.#become("over");
    return { kind: "stopped", signal: this.#signal! };
  }

  #become(state: SupervisorState): void {
    this.#state = state;
    this.#options.onChange?.();
  }

  #takeRenewal(): boolean {
    const was = this.#isRenewed;
    this.#isRenewed = false;
    return was;
  }

  /** False if it was told to stop. */
  async #pause(ms: number): Promise<boolean> {
    if (ms === 0) return this.#signal === undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#asked.promise]);
    clearTimeout(timer);
    return this.#signal === undefined;
  }
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
