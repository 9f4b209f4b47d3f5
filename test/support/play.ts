// A play: programs on a kernel's bench. A program is a generator that yields the calls it makes and
// gets their answers; that is all its code can see, so two runs in which every program got the same
// answers are the same to them. The generator stands for the code and stack of a thread: it follows
// its thread when that is rebuilt from exported state in another row.
import {
  Kind,
  Next,
  Register,
  type SyscallName,
  syscallName,
  StackState,
  ThreadState,
} from "../../src/abi/index.ts";
import { assert } from "../../src/base/index.ts";
import {
  enter,
  nextTickNs,
  portalReturned,
  schedule,
  stackLeft,
  tick,
} from "../../src/kernel/index.ts";
import { Endpoint, endpointShift, Thread, threadShift } from "../../src/kernel/layout.ts";
import { stateOf } from "../../src/kernel/schedule.ts";
import type { Answer, CallArguments, KernelBench } from "./kernel-bench.ts";

export interface Request extends CallArguments {
  readonly call: SyscallName;
}

export type Program = Generator<Request, unknown, Answer>;
/** What a portal does with a message; it returns its answer. */
export type PortalProgram = (message: Answer) => Generator<Request, CallArguments, Answer>;

export interface Actor {
  readonly name: string;
  readonly space: number;
  readonly program: Program;
  row: number;
  generation: number;
  /** Has made a call whose answer it has not seen. */
  isAsking: boolean;
  isDone: boolean;
  result: unknown;
  readonly calls: SyscallName[];
}

/** One call, as a program writes it: `const answer = yield* make("send", { a0 })`. */
export function* make(
  call: SyscallName,
  args: CallArguments = {},
): Generator<Request, Answer, Answer> {
  return yield { call, ...args };
}

export class Play {
  readonly bench: KernelBench;
  readonly actors: Actor[] = [];
  readonly #portals = new Map<number, PortalProgram>();
  readonly #frames: Generator<Request, CallArguments, Answer>[] = [];
  /** Objects whose state is compared, by name. */
  readonly objects: { readonly name: string; readonly kind: number; readonly row: number }[] = [];
  readonly spaces: { readonly name: string; readonly row: number }[] = [];

  constructor(bench: KernelBench) {
    this.bench = bench;
  }

  space(name: string, byteCount?: number): number {
    const row = this.bench.space(byteCount);
    this.spaces.push({ name, row });
    this.objects.push({ name, kind: Kind.space, row });
    return row;
  }

  /** An object of a space, named in a slot of it, whose state is compared. */
  own(
    name: string,
    kind: number,
    space: number,
    words: readonly number[] = [],
  ): { row: number; slot: number } {
    const made = this.bench.own(kind, space, words);
    this.objects.push({ name, kind, row: made.row });
    return made;
  }

  /** An endpoint of one space that another may send to: slots for both. */
  endpoint(
    server: number,
    client: number,
    badge = 0,
  ): { row: number; inner: number; outer: number } {
    const { row, slot } = this.own(`endpoint${this.objects.length}`, Kind.endpoint, server);
    return { row, inner: slot, outer: this.bench.grant(client, Kind.endpoint, row, { badge }) };
  }

  cast(name: string, space: number, priority: number, program: Program): Actor {
    const row = this.bench.thread(space, priority);
    const actor: Actor = {
      name,
      space,
      program,
      row,
      generation: 0,
      isAsking: false,
      isDone: false,
      result: undefined,
      calls: [],
    };
    this.actors.push(actor);
    this.follow(actor, row);
    return actor;
  }

  portal(handler: number, program: PortalProgram): void {
    this.#portals.set(handler, program);
  }

  /** The program goes on in this thread. */
  follow(actor: Actor, row: number): void {
    actor.row = row;
    actor.generation = this.#generationOf(row);
  }

  #generationOf(row: number): number {
    return this.bench.k.threads[(row << threadShift) + Thread.generation]!;
  }

  /** Whose thread is in this row now. */
  actorOf(row: number): Actor | undefined {
    const generation = this.#generationOf(row);
    return this.actors.find((actor) => actor.row === row && actor.generation === generation);
  }

  /** Runs to the end; calls `before` ahead of every event. */
  run(before: (event: number) => void = () => {}, eventsMax = 100_000): void {
    for (let event = 0; event < eventsMax; event++) {
      before(event);
      if (!this.step()) return;
    }
    throw new Error("the play does not come to an end");
  }

  /** Runs until only the passing of time could make anything happen. */
  runUntilStill(eventsMax = 100_000): void {
    for (let event = 0; event < eventsMax; event++) if (!this.step(false)) return;
    throw new Error("the play does not come to rest");
  }

  /** One event. False if nothing is left that could happen, or nothing but the passing of time. */
  step(mayPass = true): boolean {
    const k = this.bench.k;
    if (k.current === 0) {
      this.handle(schedule(k));
      if (k.current !== 0) return true;
      if (!mayPass) return false;
      const deadlineNs = nextTickNs(k);
      if (deadlineNs === Infinity) return false;
      tick(k, deadlineNs);
      return true;
    }
    if (k.portalDepth > 0) this.#stepPortal();
    else this.#stepThread();
    return true;
  }

  #stepThread(): void {
    const k = this.bench.k;
    const actor = this.actorOf(k.current);
    assert(actor !== undefined, "only actors run", k.current);
    if (k.registers[Register.call] !== 0) {
      // A call that is put together, or that stopped between two steps.
      this.handle(actor.isAsking ? schedule(k) : this.#begin(actor));
      return;
    }
    const step = actor.program.next(this.bench.answer(k.current));
    actor.isAsking = false;
    if (step.done === true) {
      actor.isDone = true;
      actor.result = step.value;
      // Its end is a sleep: its registers say nothing more of what it did.
      this.bench.putCall("threadSleep", {});
      return;
    }
    actor.calls.push(step.value.call);
    this.bench.putCall(step.value.call, step.value);
  }

  #begin(actor: Actor): Next {
    actor.isAsking = true;
    return enter(this.bench.k);
  }

  #stepPortal(): void {
    const k = this.bench.k;
    const frame = this.#frames.at(-1);
    assert(frame !== undefined, "a portal has a frame", k.current);
    const step = frame.next(this.bench.answer(k.current));
    if (step.done === true) {
      this.#frames.pop();
      this.bench.putCall(undefined, step.value);
      this.handle(portalReturned(k));
      return;
    }
    this.bench.putCall(step.value.call, step.value);
    this.handle(enter(k));
  }

  /** Carries out what the kernel decided: to enter a portal. */
  handle(next: Next): void {
    const k = this.bench.k;
    if (next === Next.portal) {
      const handler = k.endpoints[(k.portal << endpointShift) + Endpoint.handler]!;
      const program = this.#portals.get(handler);
      assert(program !== undefined, "a portal has a program", handler);
      this.#frames.push(program(this.bench.answer(k.current)));
    }
    this.#letStacksLeave();
  }

  /** Actors have no stack: as far as that goes, they have left it as soon as they are stopped. */
  #letStacksLeave(): void {
    const { k } = this.bench;
    for (const notice of k.notices.splice(0)) {
      if (notice.notice === "threadStopped") stackLeft(k, notice.thread, StackState.out);
    }
  }

  /** What an actor is doing now: its call, and how far it is with it. */
  pointOf(actor: Actor): string {
    const k = this.bench.look();
    const base = actor.row << threadShift;
    const isCurrent = k.current === actor.row;
    const call = isCurrent ? k.registers[Register.call]! : k.threads[base + Thread.registers]!;
    const name = syscallName(call) ?? "user";
    const isBegun = actor.isAsking && call !== 0;
    const running = isBegun ? "begun" : "running";
    const state = isCurrent ? running : this.bench.stateOf(actor.row);
    const isBound = k.threads[base + Thread.partner] !== 0;
    if (isBound) return `${name}@${state}+${k.threads[base + Thread.progress]}`;
    return `${name}@${state}`;
  }

  /** Whether it is a party of a long copy that stopped between two steps. */
  isCopying(actor: Actor): boolean {
    return this.bench.look().threads[(actor.row << threadShift) + Thread.partner] !== 0;
  }

  isGone(actor: Actor): boolean {
    const k = this.bench.look();
    const isSame = this.#generationOf(actor.row) === actor.generation;
    return !isSame || stateOf(k, actor.row) === ThreadState.exited;
  }
}
