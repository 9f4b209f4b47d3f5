// A process of the recovery simulation: a program under a kernel thread, behind a recording door if it is
// durable. It is driven by one synchronous step at a time: whatever lies between two kernel calls.
import { leaveStack, Next, Register, Syscall, forever } from "../../src/abi/index.ts";
import { SpaceBytes } from "../../src/boot/capture/space-bytes.ts";
import type { DurableImage } from "../../src/boot/durable/durable-images.ts";
import {
  createObject,
  createRootSpace,
  enter,
  exited,
  grant,
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
import type { SimImages } from "./images.ts";
import { ask, memoryBytes, type Program, Slot } from "./program.ts";

export interface Durability {
  readonly log: MessageLog;
  readonly sessions: Sessions;
  readonly peers?: Peers;
  readonly images?: SimImages | undefined;
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
  readonly #images: SimImages | undefined;
  readonly #memory = new Int32Array(memoryBytes / 4);
  /** It is brought up from this, in a kernel that knows nothing of it. */
  #from: DurableImage | undefined;
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
    this.#images = durability?.images;
    this.space = createRootSpace(k);
    memories.attach(this.space, new ArrayBuffer(memoryBytes));
    this.thread = createObject(k, Kind.thread, this.space);
    const idle = createObject(k, Kind.notification, this.space);
    grant(k, this.space, Slot.idle, { kind: Kind.notification, row: idle });
    if (durability === undefined) return;
    const images = this.#images;
    this.#from = images?.newest();
    this.#putBack(this.#from);
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
      log: durability.log,
      sessions: durability.sessions,
      peers: durability.peers,
      from: this.#from?.door,
      isImageDue: images && ((words) => images.isDue(words * 4)),
    });
  }

  start(): void {
    startThread(this.#k, this.thread);
  }

  /** One step: its code goes on to its next call. Answers why it cannot go on, if so. */
  step(): string | undefined {
    if (this.#from !== undefined && !this.#settle()) return this.door?.failure?.message;
    if (this.#isAway) {
      if ((this.door?.over() ?? 0) === leaveStack) return this.door?.failure?.message;
      this.#isAway = false;
      if (this.door?.isImageDue === true) this.#takeImage(this.door);
    }
    const code = this.#program(this.#memory, this.#k.registers);
    if (code !== undefined) {
      this.door?.exited(code);
      this.isOver = true;
      exited(this.#k, code);
      return undefined;
    }
    const answer = this.door === undefined ? this.#enter() : this.door.enter();
    this.#isAway = answer === leaveStack;
    return this.door?.failure?.message;
  }

  /** Whether it may be killed here: a second death at one place would be a request's fault. */
  get canDie(): boolean {
    const isBegun = this.door !== undefined && this.#from === undefined;
    return isBegun && !this.#isAway && this.#log!.end !== this.#lastDeathAt;
  }

  /** Its code breaks, between two calls, and is begun anew, or where its newest image left it. */
  die(): void {
    this.#lastDeathAt = this.#log!.end;
    const image = this.#images?.newest(this.door!.accounted);
    this.#k.registers.fill(0);
    if (image !== undefined) this.#k.registers.set(image.door.registers);
    this.door!.restart(image?.door);
    this.#putBack(image);
  }

  /** Runs for the first time where an image has left it. */
  #settle(): boolean {
    const image = this.#from!;
    this.#from = undefined;
    if (!this.door!.settle()) return false;
    this.#k.registers.set(image.door.registers);
    return true;
  }

  /** A call is over, and it is time for an image. */
  #takeImage(door: RecordingDoor): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    this.#images!.save(door.exportState(), bytes);
    door.imageMade();
  }

  #putBack(image: DurableImage | undefined): void {
    this.#memory.fill(0);
    let at = 0;
    for (const { bytes } of image?.program.state.memories ?? []) {
      new Uint8Array(this.#memory.buffer).set(bytes, at);
      at += bytes.length;
    }
  }

  #enter(): number {
    const k = this.#k;
    const next = enter(k);
    return next === Next.resume && k.current === this.thread ? 0 : leaveStack;
  }
}
