// A durable process on its core. Its kernel calls go through the recording door; when its code breaks, a
// fresh instance takes the place of the broken one under the same kernel thread, and is brought to where
// the other was by its log. The kernel sees nothing of that: whoever waits for the process waits on.
import { FaultReason, leaveStack, StackState } from "../../abi/index.ts";
import { assert } from "../../base/index.ts";
import { ImageError } from "../../checkpoint/index.ts";
import type { Core, StackPosition, ProgramStack } from "../../process/index.ts";
import { DurableCore } from "./durable-core.ts";
import {
  type DurableImage,
  type DurableImages,
  goesBackTo,
  type ProgramImage,
} from "./durable-images.ts";
import {
  type Joined,
  type MessageLog,
  type Pause,
  type Peers,
  type PipeHandle,
  type ProcessMemory,
  RecordingDoor,
  type Sessions,
} from "../../recovery/index.ts";

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
  /** By slot, the requests of the process that were answered: kept by its door, for others to look at. */
  readonly answered?: Map<number, number> | undefined;
  /** The durable programs that it is joined to by pipes, and its own ends of those. */
  readonly joined?: Joined | undefined;
  readonly pipes?: readonly PipeHandle[] | undefined;
  /** What its clock showed at most in the cells before this one; 0 unless given. */
  readonly clockNs?: number | undefined;
  /** Where images of it are kept, so that its log can be cut; without, it is brought up from its start. */
  readonly images?: DurableImages | undefined;
  /** Nanoseconds that the process may compute between two calls; more is a death. Needs fuel. */
  readonly hangNs?: number | undefined;
  /** The process has died and is being brought up again. */
  readonly onDeath?: ((report: DeathReport) => void) | undefined;
  /** It is only to be replayed, and stops where its log ends: told that, or why it did not get so far. */
  readonly onEnd?: ((failure?: unknown) => void) | undefined;
  /** The process has used up its log. */
  readonly onLive?: (() => void) | undefined;
}

/** What a durable process needs of the system that it stands in. */
export interface DurableSeat {
  readonly core: Core;
  readonly memory: ProcessMemory;
  readonly nowNs: () => number;
  readonly pause: Pause;
  /** The program as it is now, its stack being out, and what it has open. */
  readonly capture: () => ProgramImage;
  /** The servers that it waited for in a kernel that is gone do not know of that. */
  readonly wakeUp: () => void;
  /** Of its program, as it is now. */
  readonly memoryBytes: () => number;
  /** Makes a fresh instance in the same space, as it was in an image; answers the stack of its thread. */
  readonly renew: (image: ProgramImage | undefined) => ProgramStack;
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
  /** It had heard something in a cell before this one. */
  readonly #isLater: boolean;
  /** What it is brought up from. */
  #image: DurableImage | undefined;
  #isFromImage = false;
  #mayImage = true;
  /** The first image of this life is soon due, and was told of. */
  #isPrepared = false;
  #hang: Error | undefined;

  constructor(seat: DurableSeat, options: DurableOptions) {
    const { core, memory } = seat;
    this.#seat = seat;
    this.#options = options;
    const { log, sessions, peers, answered, joined, pipes, hangNs, images, onEnd } = options;
    const { registers, enter } = core;
    this.#isLater = log.end > 0;
    this.#image = images?.newest();
    this.#door = new RecordingDoor({
      registers,
      enter,
      memory,
      log,
      sessions,
      peers,
      answered,
      joined,
      pipes,
      onEnd,
      pause: seat.pause,
      from: this.#image?.door,
      isImageDue: images && ((words) => this.#isImageDue(images, words * 4)),
    });
    this.core = new DurableCore(core, {
      enter: this.#enter(),
      stack: () => this.#stack ?? this,
      onExit: (code) => this.#exited(code),
      onFault: (reason, error) => this.#faulted(reason, error),
      hang: hangNs === undefined ? undefined : { limitNs: hangNs, nowNs: seat.nowNs },
      onHang: (error) => (this.#hang = error),
    });
  }

  /** Takes the stack of the process's thread, and stands for it. */
  drive(stack: ProgramStack): ProgramStack {
    this.#isFromImage = this.#image !== undefined;
    this.#stack = this.#image === undefined ? stack : this.#seat.renew(this.#image.program);
    return this;
  }

  resume(): void {
    if (this.#isFromImage) this.#settle();
    const hasLeft = this.#hang !== undefined || this.#door.over() === leaveStack;
    if (this.#door.isImageDue) this.#takeImage();
    else if (hasLeft) queueMicrotask(() => this.#leave());
    else this.#stack?.resume();
  }

  /** The thread runs for the first time where an image has left it, in a kernel that knows nothing of it. */
  #settle(): void {
    this.#isFromImage = false;
    if (this.#door.settle()) this.core.registers.set(this.#image!.door.registers);
  }

  #isImageDue(images: DurableImages, logBytes: number): boolean {
    const { logBytesMax } = images;
    if (logBytes >= logBytesMax) return this.#mayImage;
    if (logBytes * 2 >= logBytesMax && !this.#isPrepared) {
      this.#isPrepared = true;
      images.prepare?.(this.#seat.memoryBytes());
    }
    return false;
  }

  /** Between two calls of the process: its stack leaves, all is read, and it goes on. */
  #takeImage(): void {
    this.#stack?.takeOut((state) => {
      if (state === StackState.out) this.#saveImage();
      else this.#refuseImage(new Error(`its stack cannot be taken out (state ${state})`));
      this.#door.imageMade();
      this.#stack?.resume();
    });
  }

  #saveImage(): void {
    const { images } = this.#options;
    try {
      const image = { door: this.#door.exportState(), program: this.#seat.capture() };
      images!.save(image);
    } catch (error) {
      this.#refuseImage(error);
    }
  }

  /** The log grows on. Where there was no room there may be some once it has grown by as much again. */
  #refuseImage(error: unknown): void {
    this.#mayImage = error instanceof ImageError && error.reason === "full";
    this.#options.images?.onRefused?.(error);
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
    const isSetAside = isSamePlace && this.#setAside(reason);
    if (this.#deaths >= deathsMax && !isSetAside) {
      this.#end(reason, error);
      return;
    }
    this.#lastDeathAt = log.end;
    onDeath?.({ reason, error, recordCount: log.end - log.first, isSetAside });
    this.#begin();
  }

  /** Sets aside the request that is being served, if it is one's fault and can be passed over. */
  #setAside(reason: number): boolean {
    const request = this.#door.requestAtFault;
    if (request === undefined || !goesBackTo(request, this.#options.images)) return false;
    return this.#door.setAside(request, reason);
  }

  #exited(code: number): void {
    this.#options.onEnd?.();
    this.#door.exited(code);
  }

  #end(reason: number, error: unknown): void {
    this.#options.onEnd?.(error);
    this.#door.gone();
    this.#seat.core.faulted(reason, error);
  }

  #begin(): void {
    this.#hang = undefined;
    this.#image = this.#options.images?.newest(this.#door.accounted);
    if (this.#image === undefined) this.core.registers.fill(0);
    else this.core.registers.set(this.#image.door.registers);
    this.#door.restart(this.#image?.door);
    this.#stack = this.#seat.renew(this.#image?.program);
  }

  #tellLive(): void {
    this.#isToldLive = true;
    if (this.#isLater) this.#seat.wakeUp();
    this.#options.onLive?.();
  }
}
