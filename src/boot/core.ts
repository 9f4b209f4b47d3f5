// One core: a kernel, its machine, and the loop between them. The loop gives the processor to whoever
// the kernel decides on, lets the host's events in when they are due, and knows which runner drives
// which thread. It holds nothing that a program depends on: that is all in the kernel.
import { FaultReason, leaveStack, Next, Register, StackState, Syscall } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import {
  createKernel,
  enterSlow,
  exited,
  faulted,
  interrupt,
  type Kernel,
  type KernelOptions,
  nextTickNs,
  portalDetached,
  portalFaulted,
  portalOf,
  portalReturned,
  preempted,
  schedule,
  slow,
  spaceOfThread,
  stackLeft,
  tick,
} from "../kernel/index.ts";
import type { Machine } from "../machine/machine.ts";
import {
  type Core,
  type FaultReport,
  type PortalEntry,
  PortalTable,
  reasonOf,
  type Runner,
  SpaceMemories,
} from "../process/index.ts";

export interface CoreEvents {
  /** A thread or a portal ended by a fault. */
  onFault?(report: FaultReport): void;
  /** A thread has ended; its space may have others. */
  onThreadGone?(space: number): void;
  onSpaceGone?(space: number): void;
  /** Nothing runs and nothing is due: only the host can wake this core. */
  onIdle?(): void;
  /**
   * Word 0 of the kernel's `eventPending` was set by a device, perhaps from another thread: which
   * notifications speak for it is for `interrupt` to be told. A long call stops for it where the
   * kernel's preemption allows. An idle core does not look at the word: a device rings its doorbell.
   */
  onEventPending?(): void;
  /** Our own mistake: the core has stopped. */
  onCrash(error: unknown): void;
}

export interface CoreOptions {
  readonly machine: Machine;
  readonly kernel: Omit<KernelOptions, "memories" | "registers">;
  readonly events: CoreEvents;
  /** Word 0 counts how often the core changed hands, for a watchdog on another thread. */
  readonly beat?: Int32Array;
}

// Copies of imported constants, which the engine folds only when they are a module's own.
const leave = leaveStack;
const slowPath = slow;
const again = Next.again;
const portal = Next.portal;
const resume = Next.resume;

/** Hand-overs between two looks at the clock, and how long events may wait, nanoseconds. */
const switchesPerLook = 64;
const eventLatencyNs = 2_000_000;

/** Calls of a program that can be paused between two looks at the clock. */
const callsPerPause = 64;

export class CoreLoop implements Core {
  readonly kernel: Kernel;
  readonly registers: Int32Array;
  readonly registerMemory: WebAssembly.Memory;
  readonly memories = new SpaceMemories();
  readonly machine: Machine;
  readonly #events: CoreEvents;
  readonly #beat: Int32Array;
  readonly #runners: (Runner | undefined)[] = [];
  readonly #portals = new PortalTable();
  readonly #portalServers = new Map<number, (handler: number) => PortalEntry>();
  readonly #enterPortal = this.#portals.enter;
  readonly #runPortal: () => Next;
  /** What takes the frames of a portal that is about to leave its caller's stack. */
  #detaching: ((thrown: unknown) => Runner) | undefined;
  #next: Next = Next.switched;
  /** The thread whose code is, or was last, on the stack. */
  #onStack = 0;
  #switches = 0;
  #lastLookNs = 0;
  #pauses = 0;
  #isYielding = false;
  #isStopped = false;
  /** The door of this core and the way on, as of `Core`; a program keeps those it was linked with. */
  enter: () => number;
  left: () => void;

  constructor({ machine, kernel, events, beat }: CoreOptions) {
    this.machine = machine;
    this.#events = events;
    this.#beat = beat ?? new Int32Array(1);
    this.registerMemory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    this.registers = new Int32Array(this.registerMemory.buffer, 0, 16);
    this.kernel = createKernel({ ...kernel, memories: this.memories, registers: this.registers });
    this.#runPortal = this.#openPortals();
    this.enter = this.#openDoor();
    this.left = this.#openWay();
    machine.onWake(() => this.#onWake());
  }

  current(): number {
    return this.kernel.current;
  }

  isInPortal(): boolean {
    return this.kernel.portalDepth > 0;
  }

  /**
   * The door of this core, as a closure of it: the engine compiles the core into it, as it does the
   * kernel into the fast path.
   */
  #openDoor(): () => number {
    const k = this.kernel;
    const enterFast = k.fast.enter;
    const runPortal = this.#runPortal;
    return () => {
      const thread = k.current;
      let next: Next;
      try {
        const fast = enterFast();
        next = fast === slowPath ? this.#enterSlow() : (fast as Next);
        while (next === portal) next = runPortal();
      } catch (error) {
        return this.#crash(error);
      }
      if (next === resume && k.current === thread) return 0;
      this.#next = next;
      return leave;
    };
  }

  preempt(): number {
    const thread = this.kernel.current;
    this.#tellTime();
    tick(this.kernel, this.kernel.nowNs);
    const next = preempted(this.kernel);
    if (next === Next.resume && !this.#isEventDue()) return 0;
    if (this.kernel.portalDepth > 0) return 0;
    this.#next = next === Next.resume && this.kernel.current === thread ? Next.again : next;
    return leaveStack;
  }

  /**
   * A call of the running thread is over, and before it goes on the event loop has its turn: at once, or
   * if it has not had one for long. The answer stays in the registers.
   */
  pause(isForced: boolean): number {
    if (this.kernel.portalDepth > 0) return 0;
    if (!isForced && (++this.#pauses < callsPerPause || !this.#isEventDue())) return 0;
    this.#pauses = 0;
    this.#next = Next.again;
    return leaveStack;
  }

  detachPortal(take: (thrown: unknown) => Runner): boolean {
    if (this.kernel.portalDepth !== 1) return false;
    this.#detaching = take;
    return true;
  }

  portalEnded(label: number): void {
    this.registers[Register.label] = label;
    this.#next = portalReturned(this.kernel);
    this.#deliverNotices();
  }

  /** The way on for whoever runs now; a closure for the reason that the door is one. */
  #openWay(): () => void {
    const k = this.kernel;
    const { eventPending, notices } = k;
    const beat = this.#beat;
    const runners = this.#runners;
    return () => {
      if (this.#isStopped) return;
      beat[0]!++;
      if (notices.length > 0) this.#deliverNotices();
      if (eventPending[0] !== 0 && !this.#letPendingIn()) return;
      if (this.#next === again || (++this.#switches >= switchesPerLook && this.#isEventDue())) {
        this.#yield();
        return;
      }
      const runner = runners[k.current];
      if (runner === undefined) {
        this.#resumeCurrent();
        return;
      }
      this.#onStack = k.current;
      runner.resume();
    };
  }

  leaving(): Runner {
    const runner = this.#runners[this.#onStack];
    assert(runner !== undefined, "a thread on the stack has a runner", this.#onStack);
    return runner;
  }

  exited(code: number): void {
    this.#next = exited(this.kernel, code);
    this.#deliverNotices();
  }

  faulted(reason: number, error: unknown): void {
    const thread = this.kernel.current;
    const space = spaceOfThread(this.kernel, thread);
    this.#events.onFault?.({ thread, space, reason, error });
    this.#next = faulted(this.kernel, reason);
    this.#deliverNotices();
  }

  setRunner(thread: number, runner: Runner): void {
    this.#runners[thread] = runner;
  }

  setPortal(endpoint: number, entry: PortalEntry): void {
    this.#portals.set(endpoint, entry);
  }

  setPortalServer(space: number, portalOf: (handler: number) => PortalEntry): void {
    this.#portalServers.set(space, portalOf);
  }

  /** A device speaks, where events are let in: `onEventPending`, or a task of the machine. */
  interrupt(notification: number, bits: number): void {
    interrupt(this.kernel, notification, bits);
  }

  /** A device speaks: raises bits of a notification from the event loop. Safe to call at any time. */
  raise(notification: number, bits: number): void {
    this.machine.post(() => {
      if (!this.#isStopped) interrupt(this.kernel, notification, bits);
    });
  }

  /**
   * Lets go of what the kernel has let go of. To be called before objects are made outside of a call: they
   * may get the rows of those that have just gone.
   */
  settle(): void {
    this.#deliverNotices();
  }

  /** Starts the loop: threads that were made ready run from the next turn of the event loop. */
  start(): void {
    this.#lastLookNs = this.machine.nowNs();
    this.#next = schedule(this.kernel);
    this.left();
  }

  /** Stops giving the processor to anybody. */
  stop(): void {
    this.#isStopped = true;
    this.machine.setTimer(Infinity);
  }

  /** A call that the fast path leaves alone, which therefore may look at the time. */
  #enterSlow(): Next {
    const k = this.kernel;
    if (needsTime(this.registers)) this.#tellTime();
    const next = enterSlow(k);
    if (k.notices.length > 0) this.#forgetPortals();
    return k.eventPending[0] === 0 ? next : this.#letEventsIn(next);
  }

  /** As `enter` does, outside of it. False if the core has stopped. */
  #letPendingIn(): boolean {
    try {
      this.#next = this.#letEventsIn(this.#next);
      return true;
    } catch (error) {
      this.#crash(error);
      return false;
    }
  }

  /** A device has something to say: it is heard now, and who runs is decided anew. */
  #letEventsIn(decided: Next): Next {
    const k = this.kernel;
    if (k.portalDepth > 0 || decided === Next.portal) return decided;
    Atomics.store(k.eventPending, 0, 0);
    this.#events.onEventPending?.();
    if (decided === Next.resume && !k.switchWanted) return decided;
    let next = schedule(k);
    while (next === Next.portal) next = this.#runPortal();
    return next;
  }

  /** Runs the portal that the kernel decided on; a closure, as the door is. */
  #openPortals(): () => Next {
    const k = this.kernel;
    const enterPortal = this.#enterPortal;
    const returnFast = k.fast.portalReturned;
    return () => {
      const endpoint = k.portal;
      try {
        enterPortal(endpoint);
      } catch (error) {
        if (!this.#portals.has(endpoint)) return this.#runNewPortal(endpoint);
        return this.#endPortal(error);
      }
      const next = returnFast();
      return next === slowPath ? portalReturned(k) : (next as Next);
    };
  }

  /** The first call of a portal that a program made for itself. */
  #runNewPortal(endpoint: number): Next {
    const { space, handler } = portalOf(this.kernel, endpoint);
    try {
      const find = this.#portalServers.get(space);
      if (find === undefined) throw new Error("its space serves no portals");
      this.#portals.set(endpoint, find(handler));
      this.#enterPortal(endpoint);
    } catch (error) {
      return this.#endPortal(error);
    }
    return portalReturned(this.kernel);
  }

  /** A portal trapped. It is reported once the stack that it ran on, perhaps a deep one, is left. */
  #endPortal(error: unknown): Next {
    const take = this.#detaching;
    this.#detaching = undefined;
    if (take !== undefined) return this.#detach(take, error);
    return this.#failPortal(error);
  }

  /** The frames of a portal have left the stack of its caller: it goes on as a thread of its own. */
  #detach(take: (thrown: unknown) => Runner, thrown: unknown): Next {
    const activation = this.kernel.current;
    try {
      this.setRunner(activation, take(thrown));
    } catch (error) {
      return this.#failPortal(error);
    }
    this.registers[Register.call] = 0;
    return portalDetached(this.kernel);
  }

  #failPortal(error: unknown): Next {
    const thread = this.kernel.current;
    const space = spaceOfThread(this.kernel, thread);
    const reason = reasonOf(error);
    queueMicrotask(() => this.#events.onFault?.({ thread, space, reason, error }));
    return portalFaulted(this.kernel, reason);
  }

  /** Portals that are gone are forgotten before their rows can be taken again. */
  #forgetPortals(): void {
    for (const notice of this.kernel.notices) {
      if (notice.notice === "portalGone") this.#portals.remove(notice.endpoint);
    }
  }

  #resumeCurrent(): void {
    for (;;) {
      const thread = this.kernel.current;
      if (thread === 0) {
        this.#idle();
        return;
      }
      const runner = this.#runners[thread];
      if (runner !== undefined) {
        this.#onStack = thread;
        runner.resume();
        return;
      }
      // A program can make a thread and let it run before anybody gave it code.
      this.faulted(
        FaultReason.hostError,
        new Error("a thread was resumed that has no code to run"),
      );
      if (this.#next === Next.again) {
        this.#yield();
        return;
      }
    }
  }

  #idle(): void {
    this.#switches = 0;
    this.machine.setTimer(nextTickNs(this.kernel));
    this.#events.onIdle?.();
  }

  #yield(): void {
    this.#switches = 0;
    this.#isYielding = true;
    this.machine.yieldToEvents();
  }

  #isEventDue(): boolean {
    this.#switches = 0;
    return this.machine.nowNs() - this.#lastLookNs > eventLatencyNs;
  }

  /** The event loop has had its turn: time passes, and whoever can run does. */
  #onWake(): void {
    if (this.#isStopped) return;
    const wasIdle = this.kernel.current === 0;
    this.#tellTime();
    this.#lastLookNs = this.kernel.nowNs;
    tick(this.kernel, this.kernel.nowNs);
    if (this.kernel.eventPending[0] !== 0) {
      Atomics.store(this.kernel.eventPending, 0, 0);
      this.#events.onEventPending?.();
    }
    if (!wasIdle && !this.#isYielding) return;
    this.#isYielding = false;
    try {
      let next = schedule(this.kernel);
      while (next === Next.portal) next = this.#runPortal();
      this.#next = next;
    } catch (error) {
      this.#crash(error);
      return;
    }
    this.left();
  }

  #tellTime(): void {
    const nowNs = this.machine.nowNs();
    if (nowNs > this.kernel.nowNs) this.kernel.nowNs = nowNs;
  }

  #deliverNotices(): void {
    const { notices } = this.kernel;
    if (notices.length === 0) return;
    for (const notice of notices.splice(0)) {
      if (notice.notice === "threadGone") {
        this.#runners[notice.thread]?.drop();
        this.#runners[notice.thread] = undefined;
        this.#events.onThreadGone?.(notice.space);
      } else if (notice.notice === "threadStopped") {
        this.#takeOut(notice.thread);
      } else if (notice.notice === "spaceGone") {
        this.#portalServers.delete(notice.space);
        this.#events.onSpaceGone?.(notice.space);
      } else if (notice.notice === "portalGone") this.#portals.remove(notice.endpoint);
    }
  }

  /** A thread was stopped: its stack is to leave the engine, and the kernel is told when it has. */
  #takeOut(thread: number): void {
    const runner = this.#runners[thread];
    const told = (state: StackState): void =>
      this.machine.post(() => {
        // By now the row may be another thread's.
        if (this.#runners[thread] === runner) stackLeft(this.kernel, thread, state);
      });
    if (runner?.takeOut === undefined) told(StackState.out);
    else runner.takeOut(told);
  }

  /** An exception that the kernel threw never unwinds into a program, which could swallow it. */
  #crash(error: unknown): number {
    this.stop();
    this.#events.onCrash(error);
    return leaveStack;
  }
}

/** Whether the call in the registers looks at the time: a finite timeout, a timer, the clock. */
function needsTime(registers: Int32Array): boolean {
  if (registers[Register.sendTimeout]! > 0 || registers[Register.receiveTimeout]! > 0) return true;
  const call = registers[Register.call]!;
  return call === Syscall.clockRead || call === Syscall.timerSet || call === Syscall.objectGetState;
}
