// Capturing a session while it runs: all its threads are stopped, servers let go of what they wait for, their
// stacks leave, and everything is read; then they go on, or end. What cannot be captured is refused with the
// reason, as far as that can be known before anything is stopped, and otherwise after everything has been
// resumed as if nothing had happened.
import {
  Kind,
  Register,
  StackState,
  stateWord,
  stateWords,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import type { Plain } from "../../checkpoint/index.ts";
import { CaptureError } from "../../process/index.ts";
import { letGoAsk, operatorBadge } from "../../userlib/index.ts";
import { type CapturePolicy, refuseCapture, refuseOwnObjects } from "./capture-policy.ts";
import type { Operator, OperatorCalls } from "./operator.ts";
import type { RunningProgram } from "../running-program.ts";
import type { Session } from "../session.ts";
import {
  plainOf,
  type ProgramContent,
  type ServerContent,
  type SessionContent,
  sessionVersion,
} from "./session-content.ts";

/** A program with the operator's capabilities for it. */
interface Held {
  readonly program: RunningProgram;
  /** Slots of its space, its thread, and the notification that its servers raise. */
  readonly space: number;
  readonly thread: number;
  readonly ready: number;
}

export class SessionCapture {
  readonly #session: Session;
  readonly #operator: Operator;
  readonly #policy: CapturePolicy;
  /** The operator's slot for each server. */
  readonly #servers = new Map<number, number>();
  /** The capture before this one: they come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(session: Session, operator: Operator, policy: CapturePolicy) {
    this.#session = session;
    this.#operator = operator;
    this.#policy = policy;
  }

  /**
   * Captures the session; `use` gets the content while everything stands still, with views of the memories
   * of programs, and answers what it made of it. Afterwards the programs go on, unless it threw nothing and
   * `isLast`: then they stay stopped.
   *
   * @throws CaptureError with the reason why it cannot be captured; the session goes on
   */
  capture<Made>(use: (content: Plain) => Made, isLast = false): Promise<Made> {
    const made = this.#last.then(() => this.#capture(use, isLast));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async #capture<Made>(use: (content: Plain) => Made, isLast: boolean): Promise<Made> {
    refuseCapture(this.#session, this.#policy);
    const held: Held[] = [];
    try {
      let isStopped = await this.#operator.perform((calls) => this.#stop(calls, held));
      while (!isStopped) isStopped = await this.#stopWhenSettled(held);
      await this.#stacksOut(held);
      const made = await this.#operator.perform((calls) => this.#use(calls, held, use, isLast));
      if (!isLast) await this.#resume(held);
      return made;
    } catch (error) {
      await this.#resume(held);
      throw error;
    }
  }

  #use<Made>(
    calls: OperatorCalls,
    held: readonly Held[],
    use: (content: Plain) => Made,
    isLast: boolean,
  ): Made {
    const { console } = this.#session.servers;
    const content = this.#read(calls, held);
    // It is missing there from now on, unless nothing comes of the image.
    const input = isLast ? console.takeUnread() : new Uint8Array(0);
    try {
      return use(plainOf({ ...content, input }));
    } catch (error) {
      console.giveUnread(input);
      throw error;
    }
  }

  #hold(program: RunningProgram): Held {
    const { space, thread } = program.spawned;
    const ready = this.#session.system.services.readinessOf(space);
    return {
      program,
      space: this.#operator.give(Kind.space, space),
      thread: this.#operator.give(Kind.thread, thread),
      ready: this.#operator.give(Kind.notification, ready),
    };
  }

  /**
   * Stops all programs, and adds them to `held`. False, and nothing was stopped, if a process is being made
   * or has ended and nobody was told yet: it would be in no table.
   */
  #stop(calls: OperatorCalls, held: Held[]): boolean {
    if (this.#session.processServers?.processes.isSettled === false) return false;
    refuseCapture(this.#session, this.#policy);
    for (const program of this.#session.running.values()) held.push(this.#hold(program));
    for (const one of held) this.#refuseOwn(calls, one);
    for (const { thread } of held) calls.stop(thread);
    const servers = this.#serverSlots();
    for (const { program } of held) {
      for (const slot of servers) calls.tell(slot, letGoAsk, program.pid);
    }
    return true;
  }

  /** The same, before any program runs that might make another process. */
  #stopWhenSettled(held: Held[]): Promise<boolean> {
    const { processes } = this.#session.processServers!;
    const stop = (calls: OperatorCalls): boolean => this.#stop(calls, held);
    return this.#operator.perform(stop, (wake) => processes.onSettled(wake));
  }

  async #stacksOut(held: readonly Held[]): Promise<void> {
    for (;;) {
      const next = this.#operator.nextStack();
      if (await this.#operator.perform((calls) => this.#areOut(calls, held))) return;
      await next;
    }
  }

  #refuseOwn(calls: OperatorCalls, { program, space }: Held): void {
    const state = calls.getState(space, stateWords("space"));
    const objects = state[stateWord("space", "objects")]!;
    const capabilities = state[stateWord("space", "capabilities")]!;
    const filled = slotsOfAll + this.#session.servers.countFor(program.slots);
    // The endpoint on which a named program serves, and the slot of it.
    const served = program.isServer ? 1 : 0;
    const own = { objects: objects - served, capabilities: capabilities - served };
    refuseOwnObjects(program, own, filled);
  }

  /** Whether every stack has left; throws if one never will. */
  #areOut(calls: OperatorCalls, held: readonly Held[]): boolean {
    const states = held.map(({ thread }) => threadState(calls, thread)[stackWord]);
    if (states.includes(StackState.held)) {
      throw new CaptureError(
        "A program is not prepared for capture. Run it with --level checkpoint.",
      );
    }
    if (states.includes(StackState.lost)) {
      throw new CaptureError("The stack of a program could not be saved.");
    }
    return states.every((state) => state === StackState.out);
  }

  #serverSlots(): readonly number[] {
    for (const { slot, started, service } of this.#session.servers.all()) {
      if (this.#servers.has(slot) || service.states?.letGo === undefined) continue;
      const given = this.#operator.give(Kind.endpoint, started.endpoint, operatorBadge);
      this.#servers.set(slot, given);
    }
    return [...this.#servers.values()];
  }

  #read(calls: OperatorCalls, held: readonly Held[]): Omit<SessionContent, "input"> {
    const session = this.#session;
    const { preparation, grants, model, fuelSlice } = this.#policy;
    const codes: Uint8Array[] = [];
    const programs = held.map((one) => this.#readProgram(calls, one, codes));
    return {
      sessionVersion,
      preparation,
      model,
      fuelSlice: fuelSlice ?? null,
      grants,
      nowNs: session.system.core.machine.nowNs(),
      lastPid: session.lastPid,
      codes,
      programs,
      servers: this.#readServers(),
    };
  }

  #readProgram(
    calls: OperatorCalls,
    { program, thread }: Held,
    codes: Uint8Array[],
  ): ProgramContent {
    const { pid, spec, table, slots, spawned } = program;
    const words = threadState(calls, thread);
    refuseWait(program, words);
    const code = spec.code!;
    const known = codes.indexOf(code);
    return {
      pid,
      args: spec.args,
      env: spec.env,
      code: known >= 0 ? known : codes.push(code) - 1,
      rows: table.exportRows(),
      slots: slots === undefined ? null : [...slots],
      isFirst: slots === undefined,
      isServer: program.isServer,
      isGranted: this.#session.servers.isGranted(pid),
      threads: [{ id: spawned.thread, words: [...words] }],
      state: this.#session.system.capture(spawned.space),
    };
  }

  #readServers(): ServerContent[] {
    const badges = [...this.#session.running.keys()];
    const servers = this.#session.servers.all();
    return servers.flatMap(({ slot, service }) => {
      if (service.states === undefined) return [];
      return [{ slot, name: service.name, state: service.states.exportClients(badges) }];
    });
  }

  /** Everything goes on; what waited for several servers at once asks them again. */
  #resume(held: readonly Held[]): Promise<void> {
    return this.#operator.perform((calls) => {
      for (const { thread, ready, space } of held) {
        if (threadState(calls, thread)[stateAt] === ThreadState.stopped) {
          threadResumed(calls, thread, ready);
        }
        for (const slot of [space, thread, ready]) calls.giveBack(slot);
      }
    });
  }
}

/** Slots that are filled whatever servers there are: space, thread, futex queue, notification. */
const slotsOfAll = 4;

const stateAt = stateWord("thread", "state");
const stackWord = stateWord("thread", "stack");
const owedWord = stateWord("thread", "owed");
const registersWord = stateWord("thread", "registers");

function threadState(calls: OperatorCalls, thread: number): Int32Array {
  return calls.getState(thread, stateWords("thread"));
}

/** Lets a thread go on. Servers forgot what it may watch them for: it is told to ask again. */
export function threadResumed(calls: OperatorCalls, thread: number, ready: number): void {
  const call = threadState(calls, thread)[registersWord + Register.call];
  if (call === Syscall.notificationWait) calls.call(Syscall.notificationSignal, ready, -1);
  calls.call(Syscall.threadResume, thread);
}

function refuseWait({ spec }: RunningProgram, words: Int32Array): void {
  if (words[owedWord] !== 0) {
    throw new CaptureError(
      `${spec.args[0]} owes an answer to a client: try again when it has been given.`,
    );
  }
  if (words[registersWord + Register.call] !== Syscall.awaitReply) return;
  throw new CaptureError(
    `${spec.args[0]} waits for the answer of a server that cannot let go of its question: ` +
      "try again when it has been answered.",
  );
}
