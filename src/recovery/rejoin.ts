// A durable client after the loss of its kernel: the call that was open then may have reached its server
// or not. The client's log says which number it has in its session, the server's log how many it heard.
import { Descriptor, Register, Status, Syscall } from "../abi/index.ts";
import { assert } from "../base/index.ts";
import type { ProcessMemory } from "./process-memory.ts";
import type { Sessions, StoredReply } from "./sessions.ts";

/** A durable server as one of its clients has it: what it heard, and the badge it knows the client by. */
export interface Peer {
  readonly sessions: Sessions;
  readonly badge: number;
}

/** The durable servers behind a process's slots. */
export type Peers = (slot: number) => Peer | undefined;

/**
 * What becomes of a call that may have been open. make: its server has not heard it. wait: the server's
 * side is not known yet, or it has not answered. answered: `deliver` ends it. lost: see `loss`.
 */
export type Rejoined = "make" | "wait" | "answered" | "lost";

export class Rejoin {
  readonly #peers: Peers | undefined;
  readonly #wake: () => void;
  /** By slot, the requests that were answered. */
  readonly #counts: Map<number, number>;
  #reply: StoredReply | undefined;

  /** `wake`: called when it is worth looking again. */
  constructor(peers: Peers | undefined, wake: () => void, counts = new Map<number, number>()) {
    this.#counts = counts;
    this.#peers = peers;
    this.#wake = wake;
  }

  exportState(): [number, number][] {
    return [...this.#counts];
  }

  /** The process begins anew, having had these answers of its servers. */
  restart(answered: readonly (readonly [number, number])[]): void {
    this.#counts.clear();
    for (const [slot, count] of answered) this.#counts.set(slot, count);
  }

  /** A call is over. */
  over(asked: Int32Array, status: number): void {
    if (asked[Register.call] !== Syscall.call || status !== Status.ok) return;
    const slot = asked[Register.a0]!;
    this.#counts.set(slot, this.#answered(slot) + 1);
  }

  look(asked: Int32Array): Rejoined {
    if (this.#reply !== undefined) return "answered";
    const slot = asked[Register.a0]!;
    const peer = this.#peers?.(slot);
    if (peer === undefined || asked[Register.call] !== Syscall.call) return "make";
    const { sessions, badge } = peer;
    if (!sessions.isComplete) {
      sessions.whenComplete(this.#wake);
      return "wait";
    }
    const standing = sessions.announce(badge, this.#answered(slot) + 1);
    if (standing === "fresh") return "make";
    if (standing === "lost") return "lost";
    sessions.whenReplied(badge, (reply) => {
      this.#reply = reply;
      this.#wake();
    });
    return "wait";
  }

  /** What there is to say about a server that is behind its client. */
  loss(asked: Int32Array): string {
    const slot = asked[Register.a0]!;
    const peer = this.#peers?.(slot);
    return (
      `it has ${this.#answered(slot)} answers of a server that knows of ` +
      `${peer?.sessions.received(peer.badge) ?? 0} requests: the server was brought up from an older state`
    );
  }

  /** Ends the call with the answer that was kept for it. */
  deliver(asked: Int32Array, registers: Int32Array, memory: ProcessMemory): void {
    const reply = this.#reply;
    assert(reply !== undefined, "there is an answer");
    this.#reply = undefined;
    deliver(reply, asked, registers, memory);
  }

  #answered(slot: number): number {
    return this.#counts.get(slot) ?? 0;
  }
}

/** Ends a call with an answer that comes from outside the kernel, as the kernel would have ended it. */
function deliver(
  reply: StoredReply,
  asked: Int32Array,
  registers: Int32Array,
  memory: ProcessMemory,
): void {
  registers.set(asked);
  registers[Register.call] = 0;
  registers[Register.a1] = 0;
  registers[Register.label] = reply.label;
  registers.set(reply.words, Register.w0);
  registers[Register.badge] = 0;
  registers[Register.status] = fill(asked[Register.a2]!, reply.bytes, memory);
}

/** Fills the strings of a receive descriptor. Answers the status of the call. */
function fill(descriptor: number, bytes: Uint8Array, memory: ProcessMemory): number {
  if (descriptor === 0) return bytes.length === 0 ? Status.ok : Status.messageTooLong;
  const view = memory.bytesAt(descriptor, Descriptor.reserved * 4);
  if (view === undefined) return Status.badAddress;
  const words = new Int32Array(view.slice().buffer);
  let left = bytes;
  const put = (address: number, room: number): number => {
    const part = left.subarray(0, room);
    memory.bytesAt(address, part.length)?.set(part);
    left = left.subarray(part.length);
    return part.length;
  };
  const direct = put(words[Descriptor.directAddress]!, words[Descriptor.directBytes]!);
  let used = 0;
  for (let i = 0; i < words[Descriptor.indirectCount]!; i++) {
    const entry = words[Descriptor.indirectAddress]! + i * 8;
    const count = put(memory.wordAt(entry), memory.wordAt(entry + 4));
    memory.bytesAt(entry + 4, 4)?.set(new Uint8Array(Int32Array.of(count).buffer));
    if (count > 0) used++;
  }
  if (left.length > 0) return Status.messageTooLong;
  words[Descriptor.wordCount] = 0;
  words[Descriptor.directBytes] = direct;
  words[Descriptor.indirectCount] = used;
  words[Descriptor.capabilityCount] = 0;
  words[Descriptor.regionCount] = 0;
  view.set(new Uint8Array(words.buffer));
  return Status.ok;
}
