// The answers that a durable server owes, by the badges of their callers: one that its thread owes, and
// those that it saved in slots. In the kernel in which a request came, the kernel knows them, too. After
// the loss of that kernel the callers are not there: what is answered to them is kept in the sessions,
// where they find it when they make their requests again.
import { Register, Status, Syscall } from "../abi/index.ts";
import type { OwedState } from "./door-state.ts";
import { poisonLabel } from "./poison.ts";
import type { Sessions, StoredReply } from "./sessions.ts";

const noWords = new Int32Array(6);

export class Owed {
  readonly #sessions: Sessions;
  /** Whether answers are kept for callers that are there, too: their servers are put into images. */
  readonly #keepsAll: boolean;
  readonly #saved = new Map<number, number>();
  /** Callers that are not in this kernel. */
  readonly #lost = new Set<number>();
  #current: number | undefined;

  constructor(sessions: Sessions, keepsAll: boolean) {
    this.#sessions = sessions;
    this.#keepsAll = keepsAll;
  }

  exportState(): OwedState {
    return { current: this.#current ?? null, saved: [...this.#saved] };
  }

  /** What was owed in a kernel that is gone. */
  importState({ current, saved }: OwedState): void {
    this.#current = current ?? undefined;
    if (current !== null) this.#lost.add(current);
    for (const [slot, badge] of saved) {
      this.#saved.set(slot, badge);
      this.#lost.add(badge);
    }
  }

  /** The badge of the caller whose request is being served, if one is. */
  get current(): number | undefined {
    return this.#current;
  }

  /** Whom the call in the registers answers, if it answers anybody. */
  #answeredBy(registers: Int32Array): number | undefined {
    const call = registers[Register.call];
    if (call === Syscall.replyAndReceive) return this.#current;
    if (call !== Syscall.reply) return undefined;
    const slot = registers[Register.a0]!;
    return slot === 0 ? this.#current : this.#saved.get(slot);
  }

  /**
   * A call is about to be made. Keeps the answer in it for a caller who is not there. True if the kernel
   * is not to be asked, since it knows nothing of that caller: the call is over, and went well.
   */
  saying(registers: Int32Array, bytes: () => Uint8Array): boolean {
    const badge = this.#answeredBy(registers);
    if (badge !== undefined && this.#lost.delete(badge)) {
      this.#keep(badge, registers, bytes());
      return registers[Register.call] === Syscall.reply;
    }
    if (badge !== undefined && this.#keepsAll) this.#keep(badge, registers, bytes());
    if (this.#lost.size === 0) return false;
    const call = registers[Register.call];
    if (call === Syscall.saveReply)
      return this.#current !== undefined && this.#lost.has(this.#current);
    const saved =
      call === Syscall.capabilityDelete ? this.#saved.get(registers[Register.a0]!) : undefined;
    return saved !== undefined && this.#lost.has(saved);
  }

  #keep(badge: number, registers: Int32Array, bytes: Uint8Array): void {
    const words = registers.slice(Register.w0, Register.w5 + 1);
    this.#sessions.replied(badge, { label: registers[Register.label]!, words, bytes });
  }

  /** The request that is being served is answered with the reason why it never will be. */
  refused(reason: number): void {
    if (this.#current === undefined) return;
    this.#lost.delete(this.#current);
    this.#sessions.replied(this.#current, poisonReply(reason));
    this.#current = undefined;
  }

  /**
   * A call is over: who is owed an answer now. `asked`: the registers as it was made. `isReplayed`: what
   * came in it came in a kernel that is gone.
   */
  over(asked: Int32Array, status: number, badge: number, isReplayed: boolean): void {
    const call = asked[Register.call]!;
    const slot = asked[Register.a0]!;
    if (call === Syscall.replyAndReceive || call === Syscall.receive) {
      if (status !== Status.ok) return;
      this.#sessions.heard(badge);
      this.#current = badge;
      if (isReplayed) this.#lost.add(badge);
    } else if (status !== Status.ok) return;
    else if (call === Syscall.reply) {
      if (slot === 0) this.#current = undefined;
      else this.#saved.delete(slot);
    } else if (call === Syscall.saveReply) {
      if (this.#current !== undefined) this.#saved.set(slot, this.#current);
      this.#current = undefined;
    } else if (call === Syscall.capabilityDelete) this.#saved.delete(slot);
  }
}

function poisonReply(reason: number): StoredReply {
  const words = noWords.slice();
  words[0] = reason;
  return { label: poisonLabel, words, bytes: new Uint8Array(0) };
}
