// The door of a durable process: its kernel calls go through here. While the process is live, what it
// heard in each call is appended to its log, and a call that others could notice waits until what was
// heard before is stable (output commit). While it is replayed, its calls are answered from the log and
// nobody else notices them; where the log ends, it goes live with the next call.
//
// The message log as a way to recover servers on a microkernel is from Dziadek (TU Dresden, 2015).
// Between two calls a WebAssembly program of one thread is deterministic, so this is all there is to log.
import { leaveStack, Register, registerCount, Status, Syscall } from "../abi/index.ts";
import { visitHeard } from "./heard.ts";
import { LogStatus, type MessageLog } from "./log/index.ts";
import { Owed } from "./owed.ts";
import { PendingCall } from "./pending-call.ts";
import { refusePoison } from "./poison.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { exitRecord, poisonRecord, RecordWriter } from "./record.ts";
import { deliver, type Peer, type Peers, Requests } from "./rejoin.ts";
import { Replay } from "./replay.ts";
import { ReplayError } from "./replay-error.ts";
import { bytesSaid, isSaid } from "./said.ts";
import type { Sessions, StoredReply } from "./sessions.ts";

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
}

/** What the thread waits for in the kernel, or that it never goes on. */
type Wait = "nothing" | "call" | "remade" | "commit" | "peer" | "reply" | "ever";

export class RecordingDoor {
  readonly enter = (): number => this.#enter();
  readonly #options: DoorOptions;
  readonly #writer = new RecordWriter();
  readonly #call = new PendingCall();
  readonly #owed: Owed;
  readonly #replay: Replay;
  #requests = new Requests();
  /** The call that is to be made after a pause. */
  readonly #held = new Int32Array(registerCount);
  /** Whether the next call may have been open already, in a kernel that is gone. */
  #mayBeOpen = true;
  #waitsFor: Wait = "nothing";
  #isLive = false;
  #isExitLogged = false;
  #reply: StoredReply | undefined;
  #failure: ReplayError | undefined;

  constructor(options: DoorOptions) {
    const { registers, memory, log, sessions } = options;
    this.#options = options;
    this.#owed = new Owed(sessions);
    this.#replay = new Replay({ registers, memory, log, owed: this.#owed });
    if (log.end === log.first) sessions.complete();
  }

  /** Whether the process has used up its log, so that its calls are made. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Why the process cannot go on: its replay differs from its log, or the log takes no more. */
  get failure(): ReplayError | undefined {
    return this.#failure;
  }

  /** The process begins anew in the same kernel: what it does next is a replay. */
  restart(): void {
    this.#replay.restart();
    this.#requests = new Requests();
    this.#waitsFor = "nothing";
    this.#isLive = false;
  }

  /**
   * Sets aside the request that is being served: its sender will be answered with `poisonLabel`, and a
   * replay passes over it. False if none is, so that the fault is no request's.
   */
  setAside(reason: number): boolean {
    const { lastRequest } = this.#replay;
    if (lastRequest < 0 || this.#owed.current === undefined) return false;
    this.#append(poisonRecord(lastRequest, reason));
    return this.#failure === undefined;
  }

  /** The process ends by itself. Its log says so, and all that it ever heard is known. */
  exited(code: number): void {
    this.#logExit(code);
    this.#options.sessions.complete();
  }

  /** The thread runs again after `enter` answered `leaveStack`. As `enter`. */
  over(): number {
    const waited = this.#waitsFor;
    this.#waitsFor = "nothing";
    switch (waited) {
      case "nothing":
        return 0;
      case "call":
        return this.#record();
      case "remade":
        return this.#remade();
      case "commit":
        this.#options.registers.set(this.#held);
        return this.#say();
      case "peer":
      case "reply":
        this.#options.registers.set(this.#held);
        return this.#rejoin();
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
        this.#isExitLogged = true;
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
    return 0;
  }

  #goLive(): number {
    const { registers, sessions } = this.#options;
    this.#isLive = true;
    sessions.complete();
    const { poison } = this.#replay;
    if (poison !== undefined) refusePoison(registers, poison);
    const wasOpen = this.#mayBeOpen && registers[Register.call] === Syscall.call;
    this.#mayBeOpen = false;
    return wasOpen ? this.#rejoin() : this.#say();
  }

  /** The call in the registers may have been open when the kernel was lost. */
  #rejoin(): number {
    const { registers, memory, peers } = this.#options;
    const slot = registers[Register.a0]!;
    const peer = peers?.(slot);
    if (peer === undefined) return this.#say();
    if (!peer.sessions.isComplete) {
      peer.sessions.whenComplete(() => this.#options.pause.wake());
      return this.#wait("peer", () => this.#rejoin());
    }
    if (this.#reply !== undefined) {
      deliver(this.#reply, this.#call.asked, registers, memory);
      this.#reply = undefined;
      return this.#record();
    }
    return this.#rejoinAs(peer, this.#requests.answered(slot) + 1);
  }

  #rejoinAs({ sessions, badge }: Peer, number: number): number {
    switch (sessions.announce(badge, number)) {
      case "fresh":
        return this.#say();
      case "lost":
        return this.#fail(
          `it has ${number - 1} answers of a server that knows of ${sessions.received(badge)} requests: ` +
            "the server was brought up from an older state",
        );
      case "repeat":
        sessions.whenReplied(badge, (reply) => {
          this.#reply = reply;
          this.#options.pause.wake();
        });
        return this.#wait("reply", () => this.#rejoin());
    }
  }

  // Live.

  /** The process's call, in the registers, once what was heard before it is stable. */
  #say(): number {
    const { registers, log, pause } = this.#options;
    if (log.stableEnd >= log.end || !isSaid(registers[Register.call]!)) return this.#make();
    log.whenStable(log.end, () => pause.wake());
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
    if (registers[Register.call] === Syscall.threadExit) this.#logExit(registers[Register.a0]!);
    if (this.#owed.saying(registers, () => bytesSaid(registers, memory))) {
      registers[Register.status] = Status.ok;
      return this.#record();
    }
    if (enter() === 0) return this.#record();
    this.#waitsFor = "call";
    return leaveStack;
  }

  /** The call is over: what it told the process goes into the log. */
  #record(): number {
    const { registers, memory, log } = this.#options;
    const { asked, strings, digest } = this.#call;
    const writer = this.#writer;
    writer.begin(this.#call.number, digest, registers);
    visitHeard(asked, registers, strings, memory, (address, bytes) =>
      writer.add(memory, address, bytes),
    );
    const number = log.end;
    this.#append(writer.words, writer.length);
    if (this.#failure !== undefined) return this.#stay();
    this.#replay.account(this.#call, number, false);
    this.#count();
    return 0;
  }

  #append(words: Int32Array, length = words.length): void {
    const status = this.#options.log.append(words, length);
    if (status === LogStatus.ok) this.#replay.grown();
    else this.#fail(`its message log takes no more: ${reasons[status]}`);
  }

  #logExit(code: number): void {
    if (!this.#isExitLogged && !this.#replay.hasExit) this.#append(exitRecord(code));
    this.#isExitLogged = true;
  }

  #count(): void {
    this.#requests.over(this.#call.asked, this.#options.registers[Register.status]!);
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
} as const;
