// Programs that belong together. Each may be started again by itself; or all, when one of them has died:
// then their deaths are counted together, and all are given up when one is.
import { RestartPolicy } from "../supervisor/index.ts";
import type { GroupMode, ProgramEntry } from "./program-entry.ts";

/** What a group has to do with its members. */
export interface GroupMember {
  readonly entry: ProgramEntry;
  /** Starts it again; its own death is not counted. */
  renew(): void;
  /** Ends it, since the group is given up. */
  giveUp(why: string): void;
}

export class ProgramGroup {
  readonly mode: GroupMode;
  readonly #members = new Set<GroupMember>();
  readonly #policy: RestartPolicy;
  #pause: Promise<void> = Promise.resolve();

  constructor({ groupMode, restart, restartLimit }: ProgramEntry) {
    this.mode = groupMode;
    this.#policy = new RestartPolicy({ mode: restart, limit: restartLimit });
  }

  get size(): number {
    return this.#members.size;
  }

  add(member: GroupMember): void {
    this.#members.add(member);
  }

  delete(member: GroupMember): void {
    this.#members.delete(member);
  }

  /** By what the deaths of a member are counted. */
  policyFor({ restart, restartLimit }: ProgramEntry): RestartPolicy {
    if (this.mode === "all") return this.#policy;
    return new RestartPolicy({ mode: restart, limit: restartLimit });
  }

  /** Waits while the group does, between the death of one and the start of all. */
  get paused(): Promise<void> {
    return this.#pause;
  }

  /** One has died and is started again in so many milliseconds: the others with it. */
  died(member: GroupMember, afterMs: number): void {
    if (this.mode === "one") return;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (afterMs === 0) resolve();
    else setTimeout(resolve, afterMs);
    this.#pause = promise;
    for (const other of this.#othersOf(member)) other.renew();
  }

  gaveUp(member: GroupMember): void {
    if (this.mode === "one") return;
    const why = `${member.entry.name}, of the same group, was given up`;
    for (const other of this.#othersOf(member)) other.giveUp(why);
  }

  #othersOf(member: GroupMember): GroupMember[] {
    return [...this.#members].filter((other) => other !== member);
  }
}
