// A durable process on its core. Its kernel calls go through the recording door; when its code breaks, a
// fresh instance takes the place of the broken one under the same kernel thread, and is brought to where
// the other was by its log. The kernel sees nothing of that: whoever waits for the process waits on.
import { FaultReason, leaveStack, type StackState } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import type { Core, ModuleFacts, StackPosition, ProgramStack } from "../process/index.ts";
import { LinkError } from "../process/index.ts";
import { DurableCore } from "./durable-core.ts";
import {
  type MessageLog,
  type Pause,
  type Peers,
  type ProcessMemory,
  RecordingDoor,
  type Sessions,
} from "../recovery/index.ts";

/** A death of a durable process, for whoever watches. */
export interface DeathReport {
  readonly reason: number;
  readonly error: unknown;
  /** Records that the new one is brought up with. */
  readonly recordCount: number;
  /** The request at which it died twice was set aside. */
  readonly isSetAside: boolean;
}

export interface DurableOptions {
  readonly log: MessageLog;
  readonly sessions: Sessions;
  /** The durable servers behind the process's slots, where there are any. */
  readonly peers?: Peers | undefined;
  /** Nanoseconds that the process may compute between two calls; more is a death. Needs fuel. */
  readonly hangNs?: number | undefined;
  /** The process has died and is being brought up again. */
  readonly onDeath?: ((report: DeathReport) => void) | undefined;
  /** The process has used up its log. */
  readonly onLive?: (() => void) | undefined;
}

/** What a durable process needs of the system that it stands in. */
export interface DurableSeat {
  readonly core: Core;
  readonly memory: ProcessMemory;
  readonly nowNs: () => number;
  readonly pause: Pause;
  /** Makes a fresh instance in the same space; answers the stack of its thread. */
  readonly renew: () => ProgramStack;
}

/** Deaths at one place without any request being at fault, after which the process is over. */
const deathsMax = 3;

/** The stack of a durable process's thread: whichever instance stands there now. */
export class DurableProcess implements ProgramStack {
  /** What the program is linked with. */
  readonly core: Core;
  onGone: (() => void) | undefined;
  readonly #door: RecordingDoor;
  readonly #seat: DurableSeat;
  readonly #options: DurableOptions;
  #stack: ProgramStack | undefined;
  #deaths = 0;
  #lastDeathAt = -1;
  #isToldLive = false;
  #hang: Error | undefined;

  constructor(seat: DurableSeat, options: DurableOptions) {
    const { core, memory } = seat;
    this.#seat = seat;
    this.#options = options;
    const { log, sessions, peers, hangNs } = options;
    const { registers, enter } = core;
    this.#door = new RecordingDoor({
      registers,
      enter,
      memory,
      log,
      sessions,
      peers,
      pause: seat.pause,
    });
    this.core = new DurableCore(core, {
      enter: this.#enter(),
      stack: () => this.#stack ?? this,
      onExit: (code) => this.#door.exited(code),
      onFault: (reason, error) => this.#faulted(reason, error),
      hang: hangNs === undefined ? undefined : { limitNs: hangNs, nowNs: seat.nowNs },
      onHang: (error) => (this.#hang = error),
    });
  }

  /** Takes the stack of the process's thread, and stands for it. */
  drive(stack: ProgramStack): ProgramStack {
    this.#stack = stack;
    return this;
  }

  resume(): void {
    const hasLeft = this.#hang !== undefined || this.#door.over() === leaveStack;
    if (hasLeft) queueMicrotask(() => this.#leave());
    else this.#stack?.resume();
  }

  drop(): void {
    this.#stack?.drop();
    this.onGone?.();
  }

  takeOut(told: (state: StackState) => void): void {
    this.#stack?.takeOut(told);
  }

  position(): StackPosition {
    assert(this.#stack !== undefined, "a durable process has a stack");
    return this.#stack.position();
  }

  #enter(): () => number {
    const { enter } = this.#door;
    return () => {
      const answer = enter();
      if (!this.#isToldLive && this.#door.isLive) this.#tellLive();
      return answer;
    };
  }

  /** The thread has left its stack again, for another call, or because it cannot go on. */
  #leave(): void {
    if (this.#hang !== undefined) this.#faulted(FaultReason.fuel, this.#hang);
    else if (this.#door.failure !== undefined) this.#end(FaultReason.hostError, this.#door.failure);
    this.core.left();
  }

  /** The code broke. It is begun anew, unless that would end the same way. */
  #faulted(reason: number, error: unknown): void {
    if (this.#door.failure !== undefined) {
      this.#end(FaultReason.hostError, this.#door.failure);
      return;
    }
    const { log, onDeath } = this.#options;
    const isSamePlace = log.end === this.#lastDeathAt;
    this.#deaths = isSamePlace ? this.#deaths + 1 : 1;
    const isSetAside = isSamePlace && this.#door.setAside(reason);
    if (this.#deaths >= deathsMax && !isSetAside) {
      this.#end(reason, error);
      return;
    }
    this.#lastDeathAt = log.end;
    onDeath?.({ reason, error, recordCount: log.end - log.first, isSetAside });
    this.#begin();
  }

  #end(reason: number, error: unknown): void {
    this.#seat.core.faulted(reason, error);
  }

  #begin(): void {
    this.#hang = undefined;
    this.core.registers.fill(0);
    this.#door.restart();
    this.#stack = this.#seat.renew();
  }

  #tellLive(): void {
    this.#isToldLive = true;
    this.#options.onLive?.();
  }
}

/** What cannot be recovered from a log is refused by name before it runs. */
export function checkDurable({ imports, exports, memories }: ModuleFacts): void {
  if (imports.some(({ module, name }) => module === "wasi" && name === "thread-spawn")) {
    throw new LinkError(
      "a program with threads cannot be durable: what its threads see of each other's memory is in no " +
        "log. Run it without --durable, or build it without threads.",
    );
  }
  if (memories.some(({ isShared }) => isShared)) {
    throw new LinkError(
      "a program with shared memory cannot be durable: build it without threads.",
    );
  }
  if (exports.some(({ name }) => name === "shoal_portal")) {
    throw new LinkError(
      "a program that serves portals cannot be durable: its calls arrive beside its log. Let it receive " +
        "its messages (shoal_receive, shoal_reply_and_receive).",
    );
  }
}
