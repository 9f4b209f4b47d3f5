// Programs of the recovery simulation: deterministic functions of what their calls answer, as a
// WebAssembly program is. Each `yield` makes the call in the registers; when it comes back the answer is
// there. A program begun anew makes the same calls if it gets the same answers.
import { Register, Syscall, forever } from "../../src/abi/index.ts";

export type Program = (registers: Int32Array) => Generator<void, number>;

/** Slots of every process: where it serves, and the first of those whom it calls. */
export const Slot = { serves: 20, calls: 21, saved: 60, own: 80, idle: 19 } as const;

export const Label = { add: 1, later: 2, nested: 3, answer: 4, effect: 5 } as const;

/** Writes a call into the registers. */
export function ask(
  registers: Int32Array,
  call: number,
  slot: number,
  label = 0,
  words: readonly number[] = [],
): void {
  registers.fill(0);
  registers[Register.call] = call;
  registers[Register.a0] = slot;
  registers[Register.label] = label;
  words.forEach((word, i) => (registers[Register.w0 + i] = word));
  registers[Register.sendTimeout] = forever;
  registers[Register.receiveTimeout] = forever;
}

/**
 * A server that counts its requests by badge and in all. `later` requests are answered when the next
 * one comes; `nested` ones after a call of the server behind it, whose total is part of the answer.
 */
export const server: Program = function* (registers) {
  const counts = new Map<number, number>();
  let total = 0;
  let saved: readonly number[] | undefined;
  ask(registers, Syscall.receive, Slot.serves);
  for (;;) {
    yield;
    const badge = registers[Register.badge]!;
    const label = registers[Register.label]!;
    const number = registers[Register.w0]!;
    const count = (counts.get(badge) ?? 0) + 1;
    counts.set(badge, count);
    total++;
    let behind = 0;
    // An object of its own now and then, which a new kernel does not have.
    if (total % 7 === 0) yield* mint(registers, total);
    if (label === Label.nested) {
      ask(registers, Syscall.call, Slot.calls, Label.add, [total]);
      yield;
      behind = registers[Register.w1]!;
    }
    const answer = [number, count, total, behind];
    if (saved !== undefined) {
      ask(registers, Syscall.reply, Slot.saved, Label.answer, saved);
      yield;
      saved = undefined;
    }
    if (label !== Label.later) {
      ask(registers, Syscall.replyAndReceive, Slot.serves, Label.answer, answer);
      continue;
    }
    ask(registers, Syscall.saveReply, Slot.saved);
    yield;
    saved = answer;
    ask(registers, Syscall.receive, Slot.serves);
  }
};

/** Makes a capability, or takes the last one away. */
function* mint(registers: Int32Array, total: number): Generator<void, void> {
  if (total % 2 === 0) ask(registers, Syscall.capabilityDelete, Slot.own);
  else {
    ask(registers, Syscall.capabilityMint, Slot.serves);
    registers[Register.a1] = Slot.own;
    registers[Register.a2] = 1;
    registers[Register.a3] = 9;
  }
  yield;
}

/**
 * A client that is durable itself: it makes its requests one after the other, and tells the outside of
 * each answer by an effect that carries it. `labels`: what it asks, in order.
 */
export function client(labels: readonly number[]): Program {
  return function* (registers) {
    for (const [i, label] of labels.entries()) {
      ask(registers, Syscall.call, Slot.calls, label, [i + 1]);
      yield;
      const answer = [...registers.subarray(Register.w0, Register.w0 + 4)];
      ask(registers, Syscall.call, Slot.calls + 1, Label.effect, [i + 1, ...answer]);
      yield;
    }
    return 0;
  };
}
