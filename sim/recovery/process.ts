// A process of the recovery simulation: a program under a kernel thread, behind a recording door if it is
// durable. It is driven by one synchronous step at a time: whatever lies between two kernel calls.
import { leaveStack, Next, Register, Syscall, forever } from "../../src/abi/index.ts";
import { SpaceBytes } from "../../src/boot/capture/space-bytes.ts";
import {
  createObject,
  createRootSpace,
  enter,
  exited,
  grant,
  interrupt,
  type Kernel,
  startThread,
} from "../../src/kernel/index.ts";
import { Kind } from "../../src/abi/index.ts";
import type { SpaceMemories } from "../../src/process/index.ts";
import {
  type MessageLog,
  type Peers,
  RecordingDoor,
  type Sessions,
} from "../../src/recovery/index.ts";
import { ask, type Program, Slot } from "./program.ts";

export interface Durability {
  readonly log: MessageLog;
  readonly sessions: Sessions;
  readonly peers?: Peers;
}

export class SimProcess {
  readonly name: string;
  readonly space: number;
  readonly thread: number;
  readonly door: RecordingDoor | undefined;
  isOver = false;
  readonly #k: Kernel;
  readonly #program: Program;
  readonly #log: MessageLog | undefined;
  #run: Generator<void, number>;
  /** Its thread has left its stack for a call. */
  #isAway = false;
  #lastDeathAt = -1;

  constructor(
    k: Kernel,
    memories: SpaceMemories,
    name: string,
    program: Program,
    durability: Durability | undefined,
    /** Wakes a notification, some time. */
    later: (row: number) => void,
  ) {
    this.name = name;
    this.#k = k;
    this.#program = program;
    this.#log = durability?.log;
    this.space = createRootSpace(k);
    memories.attach(this.space, new ArrayBuffer(4096));
    this.thread = createObject(k, Kind.thread, this.space);
    const idle = createObject(k, Kind.notification, this.space);
    grant(k, this.space, Slot.idle, { kind: Kind.notification, row: idle });
    this.#run = program(k.registers);
    if (durability === undefined) return;
    this.door = new RecordingDoor({
      registers: k.registers,
      enter: () => this.#enter(),
      memory: new SpaceBytes(memories, this.space),
      pause: {
        ask: () => {
          ask(k.registers, Syscall.notificationWait, Slot.idle);
          k.registers[Register.receiveTimeout] = forever;
        },
        wake: () => later(idle),
      },
      ...durability,
    });
  }

  start(): void {
    startThread(this.#k, this.thread);
  }

  /** One step: its code goes on to its next call. Answers why it cannot go on, if so. */
  step(): string | undefined {
    if (this.#isAway) {
      if ((this.door?.over() ?? 0) === leaveStack) return this.door?.failure?.message;
      this.#isAway = false;
    }
    const { done, value } = this.#run.next();
    if (done === true) {
      this.door?.exited(value);
      this.isOver = true;
      exited(this.#k, value);
      return undefined;
    }
    const answer = this.door === undefined ? this.#enter() : this.door.enter();
    this.#isAway = answer === leaveStack;
    return this.door?.failure?.message;
  }

  /** Whether it may be killed here: a second death at one place would be a request's fault. */
  get canDie(): boolean {
    return this.door !== undefined && !this.#isAway && this.#log!.end !== this.#lastDeathAt;
  }

  /** Its code breaks, between two calls, and is begun anew. */
  die(): void {
    this.#lastDeathAt = this.#log!.end;
    this.#k.registers.fill(0);
    this.door!.restart();
    this.#run = this.#program(this.#k.registers);
  }

  #enter(): number {
    const k = this.#k;
    const next = enter(k);
    return next === Next.resume && k.current === this.thread ? 0 : leaveStack;
  }
}

export function raise(k: Kernel, row: number): void {
  interrupt(k, row, 1);
}
