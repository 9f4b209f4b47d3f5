// Random runs of the directory over cores that die: names are asked for, given back and looked for while views change.
import { Random } from "../../src/base/index.ts";
import {
  type DirectoryMessage,
  type DirectoryState,
  type DirectoryTurn,
  directoryView,
  findName,
  hearDirectory,
  newDirectory,
  registerName,
  removeName,
} from "../../src/monitor/index.ts";
import { demand } from "./violation.ts";

const names = ["files", "clock", "log"];

export interface DirectoryRun {
  readonly granted: number;
  readonly found: number;
}

/** One run that a seed decides. Throws a Violation if a promise is broken. */
export class DirectoryWorld {
  readonly #random: Random;
  readonly #cores: (DirectoryState | undefined)[];
  readonly #channels: DirectoryMessage[][];
  readonly #views: number[][];
  granted = 0;
  found = 0;

  constructor(seed: number, count: number) {
    const members = Array.from({ length: count }, (_, core) => core);
    this.#random = new Random(seed, "directory");
    this.#cores = members.map((core) => newDirectory(core, members));
    this.#channels = Array.from({ length: count * count }, () => []);
    this.#views = [members];
  }

  run(steps: number): DirectoryRun {
    for (let step = 0; step < steps; step++) {
      if (this.#random.chance(1, 3)) this.#ask();
      else if (this.#random.chance(1, 40)) this.#crash();
      else this.#happen();
      this.#check();
    }
    while (this.#happen()) this.#check();
    this.#checkQuiet();
    return { granted: this.granted, found: this.found };
  }

  #living(): DirectoryState[] {
    return this.#cores.filter((core) => core !== undefined);
  }

  #ask(): void {
    const core = this.#random.pick(this.#living());
    const act = this.#random.pick([registerName, registerName, removeName, findName]);
    this.#take(core, act(core, this.#random.pick(names)));
  }

  #crash(): void {
    const living = this.#living();
    if (living.length === 1) return;
    const { me } = this.#random.pick(living);
    this.#cores[me] = undefined;
    this.#views.push(this.#views.at(-1)!.filter((core) => core !== me));
  }

  /** A message arrives or a view begins. Answers whether anything was due. */
  #happen(): boolean {
    const due = this.#living().flatMap((core) => this.#dueAt(core));
    if (due.length > 0) this.#random.pick(due)();
    return due.length > 0;
  }

  #dueAt(core: DirectoryState): (() => void)[] {
    const due: (() => void)[] = [];
    const next = this.#views[core.view];
    if (next !== undefined)
      due.push(() => this.#take(core, directoryView(core, core.view + 1, next)));
    for (const from of core.members) {
      const channel = this.#channels[from * this.#cores.length + core.me]!;
      if (channel.length === 0 || channel[0]!.view > core.view) continue;
      due.push(() => this.#take(core, hearDirectory(core, from, channel.shift()!)));
    }
    return due;
  }

  #take(core: DirectoryState, { sent, told }: DirectoryTurn): void {
    for (const { to, message } of sent) {
      this.#channels[core.me * this.#cores.length + to]!.push(message);
    }
    for (const event of told) {
      if (event.kind === "granted") this.granted++;
      if (event.kind !== "found") continue;
      this.found++;
      const isCurrent = event.holder === null || core.members.includes(event.holder);
      demand(isCurrent, "an answer names a member of the view that it is heard in");
    }
  }

  #check(): void {
    for (const name of names) {
      const holders = this.#living().filter(({ held }) => held.includes(name));
      demand(holders.length <= 1, "a name has one holder among the living");
    }
  }

  #checkQuiet(): void {
    const living = this.#living();
    const kept = living.flatMap((core) => core.kept.map(({ name, holder }) => `${name} ${holder}`));
    const held = living.flatMap((core) => core.held.map((name) => `${name} ${core.me}`));
    demand(kept.toSorted().join() === held.toSorted().join(), "what is kept is what is held");
    for (const { asked, sought, waiting } of living) {
      demand(asked.length + sought.length + waiting.length === 0, "every question is answered");
    }
  }
}
