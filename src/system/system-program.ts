// A program of the system: its entry, its supervisor while it is to run, and what it writes. The system
// process owns its name and its data directory for it, so its cells come and go without asking anybody.
import { messageOf } from "../base/index.ts";
import { mkdirSync } from "node:fs";
import { ownerOf } from "../server/session/index.ts";
import {
  claimEpoch,
  holdDirectory,
  RestartPolicy,
  Supervisor,
  type SupervisorEnd,
  whileHeld,
} from "../supervisor/index.ts";
import { endFormerCell, forgetCell, noteCell } from "./former-cell.ts";
import { brokenOff, cannotStart, isFailure, noteOf } from "./program-end.ts";
import { dataOf, type ProgramEntry, saveEntry } from "./program-entry.ts";
import type { GroupMember, ProgramGroup } from "./program-group.ts";
import { takeLocks } from "./program-locks.ts";
import { ProgramOutput } from "./program-output.ts";
import { stateOf, statusOf } from "./program-status.ts";
import { programDirectoryOf, type SystemPlace } from "./system-place.ts";
import { type ProgramState, type ProgramStatus, SystemError } from "./system-request.ts";

export interface SystemProgramOptions {
  readonly place: SystemPlace;
  readonly entry: ProgramEntry;
  /** Node and the script of the command. */
  readonly command: readonly [string, ...string[]];
  readonly group: ProgramGroup | undefined;
  readonly say: (line: string) => void;
}

export class SystemProgram implements GroupMember {
  readonly #place: SystemPlace;
  readonly #directory: string;
  readonly #command: readonly [string, ...string[]];
  readonly #group: ProgramGroup | undefined;
  readonly #say: (line: string) => void;
  readonly #output: ProgramOutput;
  #entry: ProgramEntry;
  #supervisor: Supervisor | undefined;
  #over: Promise<void> = Promise.resolve();
  #settled = Promise.withResolvers<void>();
  #notedPid: number | undefined;
  #groupEnd: string | undefined;
  #isLeaving = false;

  constructor({ place, entry, command, group, say }: SystemProgramOptions) {
    this.#place = place;
    this.#entry = entry;
    this.#command = command;
    this.#group = group;
    this.#say = say;
    this.#directory = programDirectoryOf(place, entry.name);
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#output = new ProgramOutput(this.#directory, (why) => say(`${entry.name}: ${why}`));
    group?.add(this);
  }

  get entry(): ProgramEntry {
    return this.#entry;
  }

  get isRunning(): boolean {
    return this.#supervisor !== undefined;
  }

  /** When it can be called, has died, or is over. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** What it wrote last to standard error in its last life. */
  get lastErrors(): string {
    return this.#output.lastErrors;
  }

  /** Supervises it from now on. Throws a `SystemError` if it cannot be. */
  async start(): Promise<void> {
    if (this.#supervisor !== undefined) return;
    const locks = takeLocks(this.#entry);
    this.#settled = Promise.withResolvers();
    const over = Promise.withResolvers<void>();
    this.#over = over.promise;
    const supervisor = this.#supervise();
    this.#supervisor = supervisor;
    const leave = (): void => {
      locks.release();
      this.#supervisor = undefined;
      over.resolve();
    };
    try {
      this.#keep({ isWanted: true, end: null });
      await endFormerCell(this.#directory);
    } catch (error) {
      leave();
      throw new SystemError(`${this.#entry.name}: ${messageOf(error)}`, { cause: error });
    }
    void supervisor
      .run()
      .catch(brokenOff)
      .then((end) => {
        leave();
        this.#ended(end);
      });
  }

  /** It could not be started; the next system tries again. */
  fail(how: string): void {
    this.#keep({ end: cannotStart(how) });
    this.#output.say(how);
  }

  /** Ends it, and it stays ended. */
  async stop(): Promise<void> {
    this.#supervisor?.stop("SIGTERM");
    await this.#over;
  }

  /** Ends it, since the system ends; the next one starts it again. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.stop();
  }

  /** Whatever is kept of it is going to be removed. */
  dispose(): void {
    this.#group?.delete(this);
    this.#output.close();
  }

  signal(signal: NodeJS.Signals): void {
    const cell = this.#supervisor?.cell;
    if (cell === undefined) {
      throw new SystemError(`${this.#entry.name} has no process now: it is ${this.state}`);
    }
    cell.signal(signal);
  }

  renew(): void {
    this.#supervisor?.renew();
  }

  giveUp(why: string): void {
    this.#groupEnd = why;
    this.#supervisor?.stop("SIGTERM");
  }

  /** Ends its cell if somebody holds it now, to upgrade it. */
  renewIfHeld(): void {
    if (this.#isHeld()) this.renew();
  }

  get state(): ProgramState {
    return stateOf(this.#entry, this.#supervisor);
  }

  get status(): ProgramStatus {
    return statusOf(this.#entry, this.#supervisor);
  }

  #supervise(): Supervisor {
    const { name, directory, env, hangSeconds, standsBy } = this.#entry;
    const data = dataOf(this.#entry);
    const supervisor: Supervisor = new Supervisor({
      serverName: name,
      commandOf: (epoch) => this.#commandOf(epoch),
      nextEpoch: () => claimEpoch(data ?? this.#directory),
      whileHeld: async () => {
        await this.#group?.paused;
        if (data !== undefined) await whileHeld(data, () => this.#isHeld());
      },
      policy: this.#policy(),
      hangSeconds,
      standsBy,
      say: (line) => {
        this.#output.say(line);
        this.#say(line);
      },
      start: {
        directory,
        env,
        onOutput: (stream, chunk) => this.#output.write(stream, chunk),
      },
      onChange: () => this.#changed(supervisor),
      onDeath: (afterMs) => {
        this.#settled.resolve();
        this.#group?.died(this, afterMs);
      },
    });
    return supervisor;
  }

  #policy() {
    const { restart: mode, restartLimit: limit } = this.#entry;
    return this.#group?.policyFor(this.#entry) ?? new RestartPolicy({ mode, limit });
  }

  /** The cell runs under the name that the system owns, whatever else the command line says. */
  #commandOf(epoch: number): [string, ...string[]] {
    const { name, words } = this.#entry;
    return [...this.#command, "run", "--cell", `${epoch}`, "--name", name, ...words];
  }

  #isHeld(): boolean {
    const data = dataOf(this.#entry);
    return data !== undefined && ownerOf(holdDirectory(data)) !== undefined;
  }

  #changed(supervisor: Supervisor): void {
    const { cell, state } = supervisor;
    if (cell?.pid !== undefined && cell.pid !== this.#notedPid) {
      this.#notedPid = cell.pid;
      this.#output.beginLife();
      this.#output.try(() => noteCell(this.#directory, cell.pid!));
    }
    if (state === "running") this.#settled.resolve();
  }

  #ended(end: SupervisorEnd): void {
    this.#notedPid = undefined;
    this.#output.try(() => {
      forgetCell(this.#directory);
      // The next system finds it wanted, as it was.
      if (!this.#isLeaving) this.#note(end);
    });
    if (isFailure(end)) this.#group?.gaveUp(this);
    this.#settled.resolve();
  }

  #note(end: SupervisorEnd): void {
    const note = noteOf(end, this.#groupEnd);
    this.#groupEnd = undefined;
    this.#keep({ isWanted: false, end: note });
    const line = `${this.#entry.name} ${note.how}`;
    this.#output.say(line, "end");
    this.#say(line);
  }

  #keep(change: Partial<ProgramEntry>): void {
    this.#entry = { ...this.#entry, ...change };
    saveEntry(this.#place, this.#entry);
  }
}
