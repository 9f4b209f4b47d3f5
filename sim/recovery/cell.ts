// One life of a cell: a kernel with a server, the server behind it, durable clients, and for each client
// outside a thread that calls for it. What outlives the cell is handed in: logs, and the world outside.
import { Kind, Right, Register, smallLimits, Syscall } from "../../src/abi/index.ts";
import {
  createKernel,
  createObject,
  grant,
  interrupt,
  type Kernel,
  schedule,
  verify,
} from "../../src/kernel/index.ts";
import { SpaceMemories } from "../../src/process/index.ts";
import { type MessageLog, Sessions, type StoredReply } from "../../src/recovery/index.ts";
import type { Random } from "../../src/base/index.ts";
import { type Effects, type OutsideClient } from "./outside.ts";
import type { SimImages } from "./images.ts";
import { ask, client, type Program, scripted, server, Slot } from "./program.ts";
import { type Durability, SimProcess } from "./process.ts";

export interface CellOptions {
  readonly random: Random;
  /** Which cell this is, from 1. */
  readonly epoch: number;
  /** The server's, the one behind it, and the durable clients'. */
  readonly logs: readonly MessageLog[];
  /** Of the same processes, if images are made of them. */
  readonly images: readonly SimImages[];
  readonly outside: readonly OutsideClient[];
  readonly effects: Effects;
  /** What each durable client asks; its badge is its index plus one. */
  readonly scripts: readonly (readonly number[])[];
}

/** Badge by which the server is known to the one behind it. */
const serverBadge = 5;
/** Badges of clients outside begin here. */
export const firstOutsideBadge = 100;

export class Cell {
  readonly k: Kernel;
  readonly #options: CellOptions;
  readonly #memories = new SpaceMemories();
  readonly #processes: SimProcess[] = [];
  readonly #byThread = new Map<number, SimProcess>();
  /** Wake-ups that are under way, to be delivered in any order. */
  readonly #wakes: number[] = [];
  readonly #sessions = new Sessions();

  constructor(options: CellOptions) {
    this.#options = options;
    const registers = new Int32Array(16);
    this.k = createKernel({ limits: smallLimits, memories: this.#memories, registers });
    const { logs, images, scripts, outside } = options;
    const behind = new Sessions();
    const [log, logBehind, ...clientLogs] = logs;
    const second = this.#add("behind", server, {
      log: logBehind!,
      sessions: behind,
      images: images[1],
    });
    const first = this.#add("server", server, {
      log: log!,
      sessions: this.#sessions,
      images: images[0],
      peers: () => ({ sessions: behind, badge: serverBadge }),
    });
    const sink = this.#add("sink", this.#sink());
    const entry = this.#serve(first);
    this.#allow(first, Slot.calls, this.#serve(second), serverBadge);
    const effects = this.#serve(sink);
    scripts.forEach((labels, i) => {
      const badge = i + 1;
      const one = this.#add(`client ${badge}`, client(labels), {
        log: clientLogs[i]!,
        sessions: new Sessions(),
        images: images[i + 2],
        peers: (slot) => (slot === Slot.calls ? { sessions: this.#sessions, badge } : undefined),
      });
      this.#allow(one, Slot.calls, entry, badge);
      this.#allow(one, Slot.calls + 1, effects, badge);
    });
    for (const one of outside) {
      const proxy = this.#add(`for ${one.badge}`, this.#proxy(one));
      this.#allow(proxy, Slot.calls, entry, one.badge);
    }
    for (const one of this.#processes) one.start();
    schedule(this.k);
  }

  /** Whether every durable client has ended. */
  get isOver(): boolean {
    return this.#processes.every(({ name, isOver }) => isOver || !name.startsWith("client"));
  }

  /** Whether nothing can go on by itself. */
  get isIdle(): boolean {
    return this.k.current === 0 && this.k.readyBits === 0 && this.#wakes.length === 0;
  }

  /** Those whose images are being written. */
  get writing(): readonly SimImages[] {
    return this.#options.images.filter(({ canStep }) => canStep);
  }

  /** The process whose thread runs. */
  get running(): SimProcess | undefined {
    return this.#byThread.get(this.k.current);
  }

  /** Something happens: a wake-up arrives, or the running process goes on. */
  step(): void {
    const { random } = this.#options;
    if (this.#wakes.length > 0 && (this.k.current === 0 || random.chance(1, 4))) {
      const [row] = this.#wakes.splice(random.below(this.#wakes.length), 1);
      interrupt(this.k, row!, 1);
    }
    if (this.k.current === 0) schedule(this.k);
    else if (this.k.registers[Register.call] !== 0) schedule(this.k);
    else {
      const failure = this.running?.step();
      if (failure !== undefined) throw new Error(failure);
    }
    this.k.notices.length = 0;
    verify(this.k);
  }

  /** A client outside has something to ask. */
  nudge(client: OutsideClient): void {
    const row = this.#idleOf.get(client.badge);
    if (row !== undefined) this.#wakes.push(row);
  }

  readonly #idleOf = new Map<number, number>();

  #add(name: string, program: Program, durability?: Durability): SimProcess {
    const later = (row: number): void => void this.#wakes.push(row);
    const made = new SimProcess(this.k, this.#memories, name, program, durability, later);
    this.#processes.push(made);
    this.#byThread.set(made.thread, made);
    return made;
  }

  #serve({ space }: SimProcess): number {
    const row = createObject(this.k, Kind.endpoint, space);
    grant(this.k, space, Slot.serves, { kind: Kind.endpoint, row });
    return row;
  }

  #allow({ space }: SimProcess, slot: number, row: number, badge: number): void {
    const rights = Right.send | Right.grant | Right.derive;
    grant(this.k, space, slot, { kind: Kind.endpoint, row, rights, badge });
  }

  /** Whoever sees effects: it is of the outside, and only speaks through the kernel. */
  #sink(): Program {
    const { effects } = this.#options;
    return scripted(function* (registers) {
      ask(registers, Syscall.receive, Slot.serves);
      for (;;) {
        yield;
        const words = registers.slice(Register.w1, Register.w5 + 1);
        effects.happened(registers[Register.badge]!, registers[Register.w0]!, words);
        ask(registers, Syscall.replyAndReceive, Slot.serves);
      }
    });
  }

  /** Calls the server for a client outside, as a gateway does. */
  #proxy(one: OutsideClient): Program {
    const sessions = this.#sessions;
    const idle = createObject(this.k, Kind.notification, 0);
    this.#idleOf.set(one.badge, idle);
    const wake = (): void => void this.#wakes.push(idle);
    const { k } = this;
    const { epoch, logs } = this.#options;
    // What a gateway says that was taken over is heard by nobody, and at last it says nothing.
    const isHeard = (): boolean => one.epoch === epoch && !logs[0]!.isTakenOver;
    const answer = (words: Int32Array): void => {
      if (isHeard()) one.answered(words);
    };
    const self = (): SimProcess => this.running!;
    return scripted(function* (registers) {
      grant(k, self().space, Slot.own, { kind: Kind.notification, row: idle });
      const pause = function* (): Generator<void, void> {
        ask(registers, Syscall.notificationWait, Slot.own);
        yield;
      };
      for (;;) {
        one.epoch = Math.max(one.epoch, epoch);
        const number = isHeard() ? one.open : undefined;
        if (number === undefined) {
          yield* pause();
          continue;
        }
        if (!sessions.isComplete) {
          sessions.whenComplete(wake);
          yield* pause();
          continue;
        }
        const standing = sessions.announce(one.badge, number);
        if (standing === "lost") throw new Error(`the server is behind client ${one.badge}`);
        if (standing === "fresh") {
          ask(registers, Syscall.call, Slot.calls, one.labels[number - 1], [number]);
          yield;
          answer(registers.subarray(Register.w0, Register.w5 + 1));
          continue;
        }
        let reply: StoredReply | undefined;
        sessions.whenReplied(one.badge, (given) => {
          reply = given;
          wake();
        });
        while (reply === undefined) yield* pause();
        answer(reply.words);
      }
    });
  }
}
