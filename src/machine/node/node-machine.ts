// One core of a Node machine: a thread with an event loop. Wakes come from the timer, from the
// message ports behind the doorbells, and from setImmediate for what was posted; each of them calls
// the handler from the event loop, and never while another call of the machine is running.
import { assert } from "../../base/index.ts";
import { Wake, type CoreHandle, type CoreOptions, type Machine } from "../machine.ts";
import type { Store } from "../store.ts";
import { Clock, type ClockOrigin } from "./clock.ts";
import { CoreTimer } from "./core-timer.ts";
import { tuneEngine } from "./engine.ts";
import { Doorbells, doorbellWords } from "./doorbells.ts";
import { HostEntropy } from "./entropy.ts";
import { FileStore } from "./file-store.ts";
import { NoStore } from "./no-store.ts";
import { SharedArena } from "./shared-arena.ts";

/** What every core of one machine has in common; handed to each thread as it is. */
export interface MachineLink {
  readonly coreCount: number;
  readonly origin: ClockOrigin;
  readonly arena: SharedArrayBuffer;
  readonly storeDirectory: string | undefined;
  readonly pollNs: number;
}

/** How core 0 starts and stops the others; the other cores have none. */
export interface CoreStarter {
  start(options: CoreOptions): CoreHandle;
  stopAll(): void;
}

export class NodeMachine implements Machine {
  readonly core: number;
  readonly link: MachineLink;
  readonly arena: SharedArena;
  readonly doorbells: Doorbells;
  starter: CoreStarter | undefined;
  readonly #clock: Clock;
  readonly #timer: CoreTimer;
  readonly #entropy = new HostEntropy();
  #store: FileStore | NoStore | undefined;
  #handler: ((reasons: number) => void) | undefined;
  #unheard = 0;
  #tasks: (() => void)[] = [];
  #isYielding = false;
  #turn: NodeJS.Immediate | undefined;
  /** Not before the event loop has its first turn: a program that ends sooner is not made to wait for it. */
  readonly #tuning = setTimeout(tuneEngine, 1).unref();
  #isClosed = false;

  constructor(link: MachineLink, core: number) {
    this.core = core;
    this.link = link;
    this.arena = new SharedArena(link.arena, core);
    const bells = this.arena.lines("machine.doorbells", doorbellWords(link.coreCount));
    this.doorbells = new Doorbells(core, bells, () => this.#wake(Wake.doorbell));
    this.#clock = new Clock(link.origin);
    this.#timer = new CoreTimer({
      nowNs: () => this.#clock.nowNs(),
      pollNs: link.pollNs,
      fire: () => this.#wake(Wake.timer),
    });
  }

  get coreCount(): number {
    return this.link.coreCount;
  }

  get store(): Store {
    const directory = this.link.storeDirectory;
    this.#store ??= directory === undefined ? new NoStore() : new FileStore(directory);
    return this.#store;
  }

  nowNs(): number {
    return this.#clock.nowNs();
  }

  realtimeNs(): bigint {
    return this.#clock.realtimeNs();
  }

  entropy(target: Uint8Array): void {
    this.#entropy.fill(target);
  }

  setTimer(deadlineNs: number): void {
    assert(!Number.isNaN(deadlineNs), "a deadline is a number");
    if (!this.#isClosed) this.#timer.arm(deadlineNs);
  }

  onWake(handler: (reasons: number) => void): void {
    assert(this.#handler === undefined, "a core has one wake handler", this.core);
    if (this.#isClosed) return;
    this.#handler = handler;
    if (this.#unheard !== 0) this.#takeTurn();
  }

  post(task: () => void): void {
    if (this.#isClosed) return;
    this.#tasks.push(task);
    this.#takeTurn();
  }

  yieldToEvents(): void {
    if (this.#isClosed) return;
    this.#isYielding = true;
    this.#takeTurn();
  }

  ringDoorbell(core: number): void {
    assert(core >= 0 && core < this.coreCount, "a doorbell belongs to a core", core);
    if (!this.#isClosed) this.doorbells.ring(core);
  }

  sharedLines(name: string, words: number): Int32Array<SharedArrayBuffer> {
    return this.arena.lines(name, words);
  }

  startCore(options: CoreOptions): CoreHandle {
    assert(this.starter !== undefined && !this.#isClosed, "only core 0 starts cores", this.core);
    return this.starter.start(options);
  }

  close(): void {
    this.#isClosed = true;
    this.#handler = undefined;
    clearTimeout(this.#tuning);
    this.#timer.arm(Infinity);
    this.#tasks = [];
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.starter?.stopAll();
    this.doorbells.close();
    this.#store?.close();
    this.#entropy.close();
  }

  #takeTurn(): void {
    this.#turn ??= setImmediate(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    this.#turn = undefined;
    const ready = this.#tasks.length;
    const posted = ready > 0 || this.#isYielding ? Wake.posted : 0;
    this.#isYielding = false;
    let reasons = this.#overdue();
    if (ready > 0) {
      // What was due before a task was posted comes before the task.
      if (reasons !== 0) this.#wake(reasons);
      reasons = 0;
      for (let left = ready; left > 0; left--) this.#tasks.shift()?.();
    }
    this.#wake(reasons | posted);
  };

  #overdue(): number {
    return (this.#timer.takeDue() ? Wake.timer : 0) | (this.doorbells.take() ? Wake.doorbell : 0);
  }

  #wake(reasons: number): void {
    if (this.#isClosed) return;
    this.#unheard |= reasons;
    if (this.#handler === undefined || this.#unheard === 0) return;
    const told = this.#unheard;
    this.#unheard = 0;
    this.#handler(told);
  }
}
