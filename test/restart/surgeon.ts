// The surgeon: a thread of the highest priority in a space of its own that takes the state of another
// thread out, destroys it, builds a new one from the state and lets it go on; all by kernel calls, as
// a checkpointer would. It is let in by an event, so it acts wherever an event may be let in.
import {
  Kind,
  Next,
  Register,
  Right,
  stateWord,
  stateWords,
  Status,
  ThreadState,
} from "../../src/abi/index.ts";
import { assert } from "../../src/base/index.ts";
import { interrupt, schedule } from "../../src/kernel/index.ts";
import {
  Capability,
  capabilityShift,
  Header,
  Mutex,
  mutexShift,
  threadShift,
} from "../../src/kernel/layout.ts";
import { verify } from "../../src/kernel/verify.ts";
import type { CallArguments, KernelBench } from "../support/kernel-bench.ts";
import type { Actor, Play } from "../support/play.ts";

/** Slots of the surgeon's space: fixed, and free between operations. */
const slot = {
  patient: 30,
  space: 31,
  successor: 32,
  mutex: 33,
  references: 40,
  mutexReference: 50,
};
const stateAddress = 0;
const mutexStateAddress = 4096;
const wakeUp = 1;

export class Surgeon {
  readonly #play: Play;
  readonly #bench: KernelBench;
  readonly #space: number;
  readonly #thread: number;
  #wasStopped = false;
  readonly #notification: { readonly row: number; readonly slot: number };

  constructor(play: Play) {
    this.#play = play;
    this.#bench = play.bench;
    this.#space = this.#bench.space();
    this.#thread = this.#bench.thread(this.#space, 31);
    this.#notification = this.#bench.own(Kind.notification, this.#space);
    this.#bench.make(this.#thread, "notificationWait", { a0: this.#notification.slot });
  }

  /** Takes a thread out and puts it back. Answers false where no event can be let in. */
  rebuild(actor: Actor): boolean {
    if (!this.#enter(actor)) return false;
    const wasStopped = this.#takeOut(actor);
    this.#putBack(actor, wasStopped);
    this.#leave();
    return true;
  }

  /** Takes a thread out; the others go on without it until `putBack`. */
  takeOut(actor: Actor): boolean {
    if (!this.#enter(actor)) return false;
    this.#wasStopped = this.#takeOut(actor);
    this.#leave();
    return true;
  }

  putBack(actor: Actor): void {
    this.#letIn();
    this.#putBack(actor, this.#wasStopped);
    this.#leave();
  }

  /** Stops a thread, reads its state and destroys it. Answers whether it was stopped before. */
  #takeOut(actor: Actor): boolean {
    const wasStopped = this.#exportedState() === ThreadState.stopped;
    this.#do("threadStop", { a0: slot.patient });
    this.#getState(slot.references);
    const old = actor.row;
    const oldGeneration = this.#generation(old);
    this.#create(actor);
    this.#handOverMutexes(old);
    this.#do("objectDestroy", { a0: slot.patient });
    relabel(this.#bench, { row: old, generation: oldGeneration }, actor.row);
    this.#do("capabilityDelete", { a0: slot.patient });
    return wasStopped;
  }

  #putBack(actor: Actor, wasStopped: boolean): void {
    this.#setState();
    if (!wasStopped) this.#do("threadResume", { a0: slot.successor });
    this.#clear();
    assert(!this.#play.isGone(actor), "a thread put back is there", actor.row);
  }

  /** Interrupts a thread. Answers the status, or undefined where no event can be let in. */
  interrupt(actor: Actor): number | undefined {
    if (!this.#enter(actor)) return undefined;
    const status = this.#ask("threadInterrupt", { a0: slot.patient });
    this.#clear();
    this.#leave();
    return status;
  }

  /** Reads a thread's state, wherever it is, and changes nothing. */
  examine(actor: Actor): boolean {
    if (!this.#enter(actor)) return false;
    this.#getState(slot.references);
    this.#clear();
    this.#leave();
    return true;
  }

  #enter(actor: Actor): boolean {
    const k = this.#bench.look();
    if (k.portalDepth > 0 || this.#play.isGone(actor)) return false;
    this.#bench.grant(this.#space, Kind.thread, actor.row, { slot: slot.patient });
    this.#bench.grant(this.#space, Kind.space, actor.space, { slot: slot.space });
    this.#letIn();
    return true;
  }

  #letIn(): void {
    const k = this.#bench.look();
    interrupt(k, this.#notification.row, wakeUp);
    schedule(k);
    assert(k.current === this.#thread, "the surgeon is let in", k.current);
  }

  #leave(): void {
    const next = this.#bench.makeCurrent("notificationWait", { a0: this.#notification.slot });
    assert(this.#bench.k.current !== this.#thread, "the surgeon is done");
    // Whoever runs now may have had a portal to call.
    this.#play.handle(next);
    verify(this.#bench.k);
  }

  #do(call: Parameters<KernelBench["makeCurrent"]>[0], args: CallArguments): void {
    const status = this.#ask(call, args);
    assert(status === Status.ok, `the surgeon's ${call} is not refused`, status);
  }

  /** Every call of the surgeon ends while it runs: none waits for whom it is done to. */
  #ask(call: Parameters<KernelBench["makeCurrent"]>[0], args: CallArguments): number {
    const k = this.#bench.k;
    let next = this.#bench.makeCurrent(call, args);
    while (next === Next.again) next = schedule(k);
    assert(k.current === this.#thread, "a call on a thread does not wait", k.current);
    assert(k.registers[Register.call] === 0, "a call on a thread ends");
    return k.registers[Register.status]!;
  }

  #exportedState(): number {
    this.#getState(0);
    return this.#stateWord("state");
  }

  #getState(references: number): void {
    const a2 = stateWords("thread");
    this.#do("objectGetState", { a0: slot.patient, a1: stateAddress, a2, a3: references });
  }

  #stateWord(name: string): number {
    return this.#bench.memories.wordsOf(this.#space)[stateAddress / 4 + stateWord("thread", name)]!;
  }

  #create(actor: Actor): void {
    this.#do("objectCreate", { a0: slot.successor, a1: Kind.thread, a2: slot.space });
    this.#do("objectIdentify", { a0: slot.successor });
    this.#play.follow(actor, this.#bench.k.registers[Register.w1]!);
  }

  #setState(): void {
    const a2 = stateWords("thread");
    this.#do("objectSetState", { a0: slot.successor, a1: stateAddress, a2 });
  }

  /** A mutex names its owner in its own state: whoever moves a thread moves that name, too. */
  #handOverMutexes(old: number): void {
    const table = this.#bench.k.tables[Kind.mutex]!;
    for (let row = 1; row < table.highWater; row++) {
      const base = row << mutexShift;
      const isLive = (table.words[base]! & 1) === 1;
      if (!isLive || table.words[base + Mutex.owner] !== old) continue;
      this.#bench.grant(this.#space, Kind.mutex, row, { slot: slot.mutex });
      this.#handOver();
      this.#do("capabilityDelete", { a0: slot.mutex });
    }
  }

  #handOver(): void {
    const a2 = stateWords("mutex");
    const at = { a0: slot.mutex, a1: mutexStateAddress, a2 };
    this.#do("objectGetState", { ...at, a3: slot.mutexReference });
    const words = this.#bench.memories.wordsOf(this.#space);
    words[mutexStateAddress / 4 + stateWord("mutex", "owner")] = slot.successor;
    this.#do("objectSetState", at);
    this.#do("capabilityDelete", { a0: slot.mutexReference });
  }

  #generation(thread: number): number {
    return this.#bench.k.threads[(thread << threadShift) + Header.generation]!;
  }

  #clear(): void {
    for (const at of [slot.patient, slot.space, slot.successor, slot.mutex]) this.#drop(at);
    for (let i = 0; i < 3; i++) this.#drop(slot.references + i);
  }

  #drop(at: number): void {
    const status = this.#ask("capabilityDelete", { a0: at });
    assert(status === Status.ok || status === Status.badCapability, "a slot is emptied", status);
  }
}

/**
 * Names of the old thread become names of the new one, as they do when a whole space is restored:
 * identities are the one thing that a rebuilt thread does not share with the first.
 */
function relabel(
  bench: KernelBench,
  old: { readonly row: number; readonly generation: number },
  successor: number,
): void {
  const k = bench.k;
  const words = k.capabilities;
  const at = successor << threadShift;
  for (let base = 0; base < words.length; base += 1 << capabilityShift) {
    if ((words[base + Capability.header]! & 0xff) !== Kind.thread) continue;
    if (words[base + Capability.object] !== old.row) continue;
    if (words[base + Capability.generation] !== old.generation) continue;
    words[base + Capability.object] = successor;
    words[base + Capability.generation] = k.threads[at + Header.generation]!;
    k.threads[at + Header.capabilityCount]!++;
  }
}

/** Rights that let a scenario's thread act on another. */
export const overThread: number = Right.control | Right.read | Right.write | Right.derive;
