// The door of a durable process: its kernel calls go through here. While the process is live, what it
// heard in each call is appended to its log, and a call that others could notice waits until what was
// heard before is stable (output commit). While it is replayed, its calls are answered from the log and
// nobody else notices them; where the log ends, it goes live with the next call.
//
// The message log as a way to recover servers on a microkernel is from Dziadek (TU Dresden, 2015).
// Between two calls a WebAssembly program of one thread is deterministic, so this is all there is to log.
import { leaveStack, Register, registerCount, Status, statusName, Syscall } from "../abi/index.ts";
import type { DoorState } from "./door-state.ts";
import { Ledger } from "./ledger.ts";
import type { Joined } from "./joined.ts";
import { LogStatus, type MessageLog } from "./log/index.ts";
import { PendingCall } from "./pending-call.ts";
import type { PipeHandle } from "./pipe-flows.ts";
import { refusePoison } from "./poison.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { Recorder } from "./recorder.ts";
import type { Peers } from "./rejoin.ts";
import { Replay } from "./replay.ts";
import { ReplayError } from "./replay-error.ts";
import { bytesSaid, isSaid } from "./said.ts";
import type { Sessions } from "./sessions.ts";

/** Lets the thread of a process wait for something that is none of the kernel's. */
export interface Pause {
  /** Writes a call into the registers that waits for the next `wake`. */
  ask(): void;
  wake(): void;
}

export interface DoorOptions {
  /** The register file of the core. */
  readonly registers: Int32Array;
  /** The core's own door: 0 if the call is over, or `leaveStack`. */
  readonly enter: () => number;
  readonly memory: ProcessMemory;
  readonly log: MessageLog;
  /** What is known of the process's own clients. */
  readonly sessions: Sessions;
  readonly pause: Pause;
  /** The durable servers that the process may call. */
  readonly peers?: Peers | undefined;
  /** By slot, the requests of the process that were answered: kept by the door, for others to look at. */
  readonly answered?: Map<number, number> | undefined;
  /** The processes that it is joined to by pipes, and its own ends of those. */
  readonly joined?: Joined | undefined;
  readonly pipes?: readonly PipeHandle[] | undefined;
  /** The image that the process is brought up from, in a kernel that knows nothing of it. */
  readonly from?: DoorState | undefined;
  /** The process is to stop where its log ends: called there, instead of making a call. */
  readonly onEnd?: (() => void) | undefined;
  /** Whether it is time for an image, given the words in the log since the last one. */
  readonly isImageDue?: ((words: number) => boolean) | undefined;
}

/** What the thread waits for in the kernel, or that it never goes on. */
type Wait = "nothing" | "call" | "remade" | "commit" | "joined" | "peer" | "image" | "ever";

export class RecordingDoor {
  readonly enter = (): number => this.#enter();
  readonly #options: DoorOptions;
  readonly #call = new PendingCall();
  readonly #ledger: Ledger;
  readonly #replay: Replay;
  readonly #recorder: Recorder;
  /** The call that is to be made after a pause. */
  readonly #held = new Int32Array(registerCount);
  /** Whether the next call may have been open already, in a kernel that is gone. */
  #mayBeOpen = true;
  #waitsFor: Wait = "nothing";
  #isLive = false;
  #failure: ReplayError | undefined;

  constructor(options: DoorOptions) {
    const { registers, memory, log, sessions, peers, answered, pipes, pause, from } = options;
    this.#options = options;
    const position = from?.position ?? log.first;
    const keepsAnswers = options.isImageDue !== undefined;
    const ledger = new Ledger({
      sessions,
      keepsAnswers,
      peers,
      answered,
      pipes,
      onPeer: () => pause.wake(),
    });
    this.#ledger = ledger;
    this.#replay = new Replay({ registers, memory, log, ledger, position });
    this.#recorder = new Recorder({ registers, memory, log, ledger });
    if (this.#replay.hasExit) this.#recorder.hasExited();
    if (from !== undefined) ledger.importState(from);
    if (log.end !== position) return;
    sessions.complete();
    this.#arrive();
  }

  /** Whether the process has used up its log, so that its calls are made. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Why the process cannot go on: its replay differs from its log, or the log takes no more. */
  get failure(): ReplayError | undefined {
    return this.#failure;
  }

  /** The record before which all that the process changed outside of itself stands in this kernel. */
  get accounted(): number {
    return this.#replay.accounted;
  }

  /**
   * The process begins anew in the same kernel, at its beginning or where an image left it, at `accounted` or
   * before: what it does next is a replay.
   */
  restart(from?: DoorState): void {
    this.#replay.restart(from?.position ?? this.#options.log.first);
    this.#ledger.rejoin.restart(from?.answered ?? []);
    this.#waitsFor = "nothing";
    this.#isLive = false;
  }

  /** The record that brought the request which is being served and can be set aside; undefined if there is none. */
  get requestAtFault(): number | undefined {
    const { lastRequest, owed } = this.#ledger;
    // What it wrote to its pipes since has been read by others.
    if (this.#options.joined !== undefined) return undefined;
    return lastRequest < 0 || owed.current === undefined ? undefined : lastRequest;
  }

  /**
   * Sets a request aside: its sender will be answered with `poisonLabel`, and a replay passes over it. False if
   * the log takes no more.
   */
  setAside(request: number, reason: number): boolean {
    return this.#kept(this.#recorder.setAside(request, reason));
  }

  /** Whether the thread left its stack for an image to be made, after a call that is over. */
  get isImageDue(): boolean {
    return this.#waitsFor === "image";
  }

  /** What an image holds of the door, now that a call is over. Throws a ReplayError if there can be none. */
  exportState(): DoorState {
    const { refusal } = this.#ledger.remade;
    if (refusal !== undefined)
      throw new ReplayError(`no image can be made of the process: ${refusal}`);
    const { log, registers } = this.#options;
    return this.#ledger.exportState(log.end, registers);
  }

  /** The image is made, or not. */
  imageMade(): void {
    this.#recorder.wordsSinceImage = 0;
    this.#waitsFor = "nothing";
  }

  /** Makes what the process had in the kernel that an image is from. False with a `failure`. */
  settle(): boolean {
    const { registers, enter } = this.#options;
    const status = this.#ledger.remade.makeAgain(registers, () => enter() === 0);
    if (status === Status.ok) return true;
    this.#fail(`its own objects cannot be made again in a new kernel: ${statusName(status)}`);
    return false;
  }

  /** The process ends by itself. Its log says so, and all that it ever heard is known. */
  exited(code: number): void {
    this.#kept(this.#recorder.exited(code));
    this.#options.sessions.complete();
    this.gone();
  }

  /** The process is over: it keeps nothing open, and nobody has to wait until it is brought up. */
  gone(): void {
    const ends = this.#ledger.pipes.exportState();
    this.#options.joined?.arrived(ends.map((end) => ({ ...end, handles: [] })));
  }

  /** The thread runs again after `enter` answered `leaveStack`. As `enter`. */
  over(): number {
    const waited = this.#waitsFor;
    this.#waitsFor = "nothing";
    switch (waited) {
      case "nothing":
        return 0;
      case "call":
        return this.#imageOr(this.#record());
      case "image":
        this.#waitsFor = waited;
        return 0;
      case "remade":
        return this.#remade();
      case "commit":
        this.#options.registers.set(this.#held);
        return this.#say();
      case "joined":
        this.#options.registers.set(this.#held);
        return this.#goLive();
      case "peer":
        this.#options.registers.set(this.#held);
        return this.#rejoinCall();
      case "ever":
        return this.#stay();
    }
  }

  #enter(): number {
    const { registers, memory } = this.#options;
    this.#call.take(registers, memory);
    if (this.#isLive) return this.#say();
    return this.#replay.isOver(this.#call) ? this.#goLive() : this.#step();
  }

  // Replay.

  #step(): number {
    switch (this.#replay.step(this.#call)) {
      case "answered":
        return this.#stepped();
      case "remake":
        if (this.#options.enter() === 0) return this.#remade();
        this.#waitsFor = "remade";
        return leaveStack;
      case "exit":
        return this.#goLive();
      case "differs":
        return this.#fail(this.#replay.difference(this.#call));
    }
  }

  #remade(): number {
    const failure = this.#replay.unmade(this.#call);
    if (failure !== undefined) return this.#fail(failure);
    this.#replay.answer(this.#call);
    return this.#stepped();
  }

  #stepped(): number {
    this.#count();
    if (this.#replay.isUsedUp) this.#arrive();
    return 0;
  }

  /** What it moved through its pipes is known to those that it is joined to. */
  #arrive(): void {
    this.#options.joined?.arrived(this.#ledger.pipes.exportState());
  }

  #goLive(): number {
    const { registers, onEnd, joined, pause } = this.#options;
    const { sessions } = this.#ledger;
    if (onEnd !== undefined) {
      onEnd();
      return this.#stay();
    }
    this.#arrive();
    if (joined?.isComplete === false) {
      joined.whenComplete(() => pause.wake());
      return this.#wait("joined", () => this.#goLive());
    }
    if (joined?.failure !== undefined) return this.#fail(joined.failure);
    this.#isLive = true;
    sessions.complete();
    if (this.#mayBeOpen && !this.#openFiles()) return this.#stay();
    const { poison } = this.#replay;
    if (poison !== undefined) refusePoison(registers, poison);
    const mayBeOpen = this.#mayBeOpen && poison === undefined;
    this.#mayBeOpen = false;
    return mayBeOpen ? this.#rejoinCall() : this.#say();
  }

  /** Opens what the process had open in the cell that is gone. */
  #openFiles(): boolean {
    const { registers, memory, enter } = this.#options;
    const missing = this.#ledger.files.openAgain(registers, memory, () => enter() === 0);
    registers.set(this.#call.asked);
    if (missing === undefined) return true;
    const path = String.fromCharCode(...missing);
    this.#fail(`"${path}", which it had open, is not there any more or cannot be opened`);
    return false;
  }

  /** The call in the registers may have been open when the kernel was lost. */
  #rejoinCall(): number {
    const { registers, memory } = this.#options;
    const { asked } = this.#call;
    switch (this.#ledger.rejoin.look(asked)) {
      case "make":
        return this.#say();
      case "wait":
        return this.#wait("peer", () => this.#rejoinCall());
      case "answered":
        this.#ledger.rejoin.deliver(asked, registers, memory);
        return this.#record();
      case "lost":
        return this.#fail(this.#ledger.rejoin.loss(asked));
    }
  }

  // Live.

  /** The process's call, in the registers, once what was heard before it is stable. */
  #say(): number {
    const { registers, log, pause } = this.#options;
    if (this.#failure !== undefined) return this.#stay();
    if (log.stableEnd >= log.end || !isSaid(registers[Register.call]!)) return this.#make();
    log.whenStable(log.end, (status) => {
      this.#kept(status);
      pause.wake();
    });
    return this.#wait("commit", () => this.#say());
  }

  /** The thread waits for a `wake`; its call is held meanwhile. */
  #wait(what: Wait, then: () => number): number {
    const { registers, enter, pause } = this.#options;
    this.#held.set(registers);
    pause.ask();
    if (enter() === leaveStack) {
      this.#waitsFor = what;
      return leaveStack;
    }
    registers.set(this.#held);
    return then();
  }

  /** Makes the call in the registers, which nothing stands against any more. */
  #make(): number {
    const { registers, enter, memory } = this.#options;
    if (registers[Register.call] === Syscall.threadExit) this.exited(registers[Register.a0]!);
    this.#recorder.before();
    if (this.#ledger.owed.saying(registers, () => bytesSaid(registers, memory))) {
      // As the kernel leaves a call that is over.
      registers[Register.call] = 0;
      registers[Register.status] = Status.ok;
      return this.#record();
    }
    if (enter() === 0) return this.#imageOr(this.#record());
    this.#waitsFor = "call";
    return leaveStack;
  }

  /** A call is over. The thread leaves its stack all the same if it is time for an image. */
  #imageOr(answer: number): number {
    const { isImageDue } = this.#options;
    if (answer !== 0 || isImageDue === undefined || !isImageDue(this.#recorder.wordsSinceImage))
      return answer;
    this.#waitsFor = "image";
    return leaveStack;
  }

  /** The call is over: what it told the process goes into the log. */
  #record(): number {
    if (!this.#kept(this.#recorder.over(this.#call))) return this.#stay();
    this.#count();
    return 0;
  }

  /** Whether the log took what it was given; the process does not outlive it if not. */
  #kept(status: LogStatus): boolean {
    if (status === LogStatus.ok) this.#replay.grown();
    else this.#failure ??= new ReplayError(`its message log takes no more: ${reasons[status]}`);
    return status === LogStatus.ok;
  }

  #count(): void {
    this.#ledger.rejoin.over(this.#call.asked, this.#options.registers[Register.status]!);
  }

  #fail(reason: string): number {
    this.#failure = new ReplayError(reason);
    return this.#stay();
  }

  /** The process does not go on: its thread leaves the stack and waits for nothing. */
  #stay(): number {
    this.#waitsFor = "ever";
    return leaveStack;
  }
}

const reasons = {
  [LogStatus.full]: "there is no room where it is kept",
  [LogStatus.failed]: "the store that keeps it failed",
  [LogStatus.takenOver]: "another process has taken it over",
} as const;
