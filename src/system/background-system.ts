// The system that stays up, inside: all its programs, and what can be done to them.
import { messageOf } from "../base/index.ts";
import type { ChildProcess } from "node:child_process";
import {
  saveEntry,
  entryNames,
  readEntry,
  removeEntry,
  type ProgramEntry,
} from "./program-entry.ts";
import { placeOf } from "../server/session/index.ts";
import { ProgramGroup } from "./program-group.ts";
import { SystemProgram } from "./system-program.ts";
import type { SystemPlace } from "./system-place.ts";
import { type Chosen, type ProgramStatus, SystemError } from "./system-request.ts";

export interface BackgroundSystemOptions {
  readonly place: SystemPlace;
  /** Node and the script of the command, with which cells are started. */
  readonly command: readonly [string, ...string[]];
  readonly say: (line: string) => void;
}

export class BackgroundSystem {
  readonly #options: BackgroundSystemOptions;
  readonly #programs = new Map<string, SystemProgram>();
  readonly #groups = new Map<string, ProgramGroup>();

  constructor(options: BackgroundSystemOptions) {
    this.#options = options;
  }

  /** Starts what was running when the last system of this place ended, however that was. */
  async restore(): Promise<void> {
    const { place, say } = this.#options;
    const wanted: SystemProgram[] = [];
    for (const name of entryNames(place)) {
      try {
        const entry = readEntry(place, name);
        if (entry === undefined) continue;
        const program = this.#add(entry);
        if (entry.isWanted) wanted.push(program);
      } catch (error) {
        say(messageOf(error));
      }
    }
    await Promise.all(wanted.map((program) => this.#startAgain(program)));
  }

  /** One that cannot be started now is told of, and is wanted by the next system all the same. */
  async #startAgain(program: SystemProgram): Promise<void> {
    try {
      await program.start();
    } catch (error) {
      program.fail(messageOf(error));
      this.#options.say(messageOf(error));
    }
  }

  list(): ProgramStatus[] {
    return this.#sorted().map((program) => program.status);
  }

  /** Answers when it can be called; if it ends before, the error says how. */
  async run(entry: ProgramEntry): Promise<ProgramStatus> {
    // Its name becomes a part of paths.
    placeOf(entry.name, entry.env);
    const former = this.#programs.get(entry.name);
    if (former?.isRunning === true) {
      throw new SystemError(
        `${entry.name} runs already (process ${former.status.pid}): shoal stop ${entry.name} ends it, and ` +
          "another --name is another program",
      );
    }
    this.#checkGroup(entry);
    this.#forget(former);
    saveEntry(this.#options.place, entry);
    const program = this.#add(entry);
    await program.start();
    await program.settled;
    if (program.state === "failed") throw failureOf([program]);
    return program.status;
  }

  async start(chosen: Chosen): Promise<ProgramStatus[]> {
    const programs = this.#choose(chosen);
    await Promise.all(programs.map((program) => program.start()));
    await Promise.all(programs.map((program) => program.settled));
    const failed = programs.filter(({ state }) => state === "failed");
    if (failed.length > 0) throw failureOf(failed);
    return programs.map(({ status }) => status);
  }

  async stop(chosen: Chosen): Promise<ProgramStatus[]> {
    const programs = this.#choose(chosen);
    await Promise.all(programs.map((program) => program.stop()));
    return programs.map(({ status }) => status);
  }

  async restart(chosen: Chosen): Promise<ProgramStatus[]> {
    await this.stop(chosen);
    return this.start(chosen);
  }

  /** Answers the names of those that are gone. What durable ones keep elsewhere stays. */
  async remove(chosen: Chosen, isForced: boolean): Promise<string[]> {
    const programs = this.#choose(chosen);
    const running = programs.find((program) => program.isRunning);
    if (running !== undefined && !isForced) {
      const { name } = running.entry;
      throw new SystemError(`${name} runs: end it first with shoal stop ${name}, or give --force`);
    }
    await Promise.all(programs.map((program) => program.stop()));
    for (const program of programs) {
      this.#forget(program);
      removeEntry(this.#options.place, program.entry.name);
    }
    return programs.map(({ entry }) => entry.name);
  }

  kill(chosen: Chosen, signal: NodeJS.Signals): string[] {
    const programs = this.#choose(chosen);
    for (const program of programs) program.signal(signal);
    return programs.map(({ entry }) => entry.name);
  }

  /** Ends all; the next system starts them again. */
  async leave(): Promise<void> {
    await Promise.all(this.#sorted().map((program) => program.leave()));
  }

  /** A client's session with a tool server, on the standard streams of a child; undefined without the program. */
  attach(name: string): ChildProcess | undefined {
    const program = this.#programs.get(name);
    if (program === undefined) return undefined;
    const { spawn } = process.getBuiltinModule("node:child_process");
    const [node, ...args] = this.#options.command;
    const { env } = program.entry;
    return spawn(node, [...args, "attach", name], { env, stdio: ["pipe", "pipe", "pipe"] });
  }

  /** Somebody upgrades one of the servers: its cell has to end. */
  renewHeld(): void {
    for (const program of this.#programs.values()) program.renewIfHeld();
  }

  #add(entry: ProgramEntry): SystemProgram {
    const program = new SystemProgram({ ...this.#options, entry, group: this.#groupOf(entry) });
    this.#programs.set(entry.name, program);
    return program;
  }

  #forget(program: SystemProgram | undefined): void {
    if (program === undefined) return;
    program.dispose();
    const { name, group } = program.entry;
    this.#programs.delete(name);
    if (group !== null && this.#groups.get(group)?.size === 0) this.#groups.delete(group);
  }

  #groupOf(entry: ProgramEntry): ProgramGroup | undefined {
    if (entry.group === null) return undefined;
    const group = this.#groups.get(entry.group) ?? new ProgramGroup(entry);
    this.#groups.set(entry.group, group);
    return group;
  }

  #checkGroup({ name, group, groupMode }: ProgramEntry): void {
    if (group === null) return;
    const there = this.#groups.get(group);
    const others = this.#sorted().some(({ entry }) => entry.group === group && entry.name !== name);
    if (there === undefined || !others || there.mode === groupMode) return;
    throw new SystemError(
      `the group ${group} is there and restarts ${there.mode}: give --restart-group ${there.mode}, or ` +
        "another --group",
    );
  }

  #choose({ names, group }: Chosen): SystemProgram[] {
    if (group !== undefined) {
      const members = this.#sorted().filter(({ entry }) => entry.group === group);
      if (members.length === 0) throw new SystemError(`there is no program of a group ${group}`);
      return members;
    }
    return names.map((name) => {
      const program = this.#programs.get(name);
      if (program !== undefined) return program;
      throw new SystemError(`there is no program named ${name}: shoal ps lists those there are`);
    });
  }

  #sorted(): SystemProgram[] {
    return [...this.#programs.values()].toSorted((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
  }
}

function failureOf(programs: readonly SystemProgram[]): SystemError {
  const code = programs[0]?.entry.end?.code;
  return new SystemError(programs.map(textOfFailure).join("\n"), { code });
}

function textOfFailure({ entry, lastErrors }: SystemProgram): string {
  const said = lastErrors === "" ? "" : `. It said:\n    ${lastErrors.replaceAll("\n", "\n    ")}`;
  return `${entry.name} ${entry.end?.how}${said}`;
}
