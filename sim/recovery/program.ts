// Programs of the recovery simulation: deterministic functions of their memory and of what their calls answer, as
// a WebAssembly program is. Each step goes from the answer of one call to the next call. A program begun anew makes
// the same calls if it gets the same answers, and one whose memory is put back goes on where it was.
import { Register, Syscall, forever } from "../../src/abi/index.ts";

/** Leaves the next call in the registers; answers the exit code when there is none. */
export type Program = (memory: Int32Array, registers: Int32Array) => number | undefined;

export const memoryBytes = 4096;

/** Slots of every process: where it serves, and the first of those whom it calls. */
export const Slot = { serves: 20, calls: 21, saved: 60, own: 80, idle: 19 } as const;

export const Label = { add: 1, later: 2, nested: 3, answer: 4, effect: 5 } as const;

/** Writes a call into the registers. */
export function ask(
  registers: Int32Array,
  call: number,
  slot: number,
  label = 0,
  words: Iterable<number> = [],
): void {
  registers.fill(0);
  registers[Register.call] = call;
  registers[Register.a0] = slot;
  registers[Register.label] = label;
  registers.set([...words], Register.w0);
  registers[Register.sendTimeout] = forever;
  registers[Register.receiveTimeout] = forever;
}

/** A program that cannot be put into an image: each `yield` makes the call in the registers. */
export function scripted(script: (registers: Int32Array) => Generator<void, number>): Program {
  let run: Generator<void, number> | undefined;
  return (_, registers) => {
    run ??= script(registers);
    const { done, value } = run.next();
    return done === true ? value : undefined;
  };
}

/**
 * The server's memory, in words. counts: pairs of a badge and its requests; saved: the answer that is owed to
 * the caller of the request before; seldom: what is the same in many images that follow each other.
 */
const At = {
  stage: 0,
  total: 1,
  label: 2,
  answer: 4,
  hasSaved: 8,
  saved: 9,
  counts: 16,
  seldom: memoryBytes / 8,
} as const;
/** An answer is the request's number, its client's requests, all requests, and those of the server behind. */
const answerWords = 4;
const behindWord = At.answer + 3;

/** What is done with the answer to a call. False if there was nothing to ask for. */
type Stage = (memory: Int32Array, registers: Int32Array) => boolean;

/**
 * A server that counts its requests by badge and in all. `later` requests are answered when the next
 * one comes; `nested` ones after a call of the server behind it, whose total is part of the answer.
 */
export const server: Program = (memory, registers) => {
  let hasAsked = false;
  while (!hasAsked) {
    const stage = stages[memory[At.stage]!]!;
    memory[At.stage] = (memory[At.stage]! + 1) % stages.length;
    hasAsked = stage(memory, registers);
  }
  return undefined;
};

const stages: readonly Stage[] = [receive, hear, callBehind, answerSaved, answer, save];
const hearing = stages.indexOf(hear);

function receive(_: Int32Array, registers: Int32Array): boolean {
  ask(registers, Syscall.receive, Slot.serves);
  return true;
}

function hear(memory: Int32Array, registers: Int32Array): boolean {
  const total = ++memory[At.total]!;
  const count = counted(memory, registers[Register.badge]!);
  memory[At.seldom] = total >> 2;
  memory[At.label] = registers[Register.label]!;
  memory.set([registers[Register.w0]!, count, total, 0], At.answer);
  // An object of its own now and then, which a new kernel does not have.
  if (total % 7 !== 0) return false;
  mint(registers, total);
  return true;
}

function callBehind(memory: Int32Array, registers: Int32Array): boolean {
  if (memory[At.label] !== Label.nested) return false;
  ask(registers, Syscall.call, Slot.calls, Label.add, [memory[At.total]!]);
  return true;
}

function answerSaved(memory: Int32Array, registers: Int32Array): boolean {
  if (memory[At.label] === Label.nested) memory[behindWord] = registers[Register.w1]!;
  if (memory[At.hasSaved] === 0) return false;
  memory[At.hasSaved] = 0;
  ask(registers, Syscall.reply, Slot.saved, Label.answer, wordsAt(memory, At.saved));
  return true;
}

function answer(memory: Int32Array, registers: Int32Array): boolean {
  if (memory[At.label] === Label.later) {
    ask(registers, Syscall.saveReply, Slot.saved);
    return true;
  }
  const words = wordsAt(memory, At.answer);
  ask(registers, Syscall.replyAndReceive, Slot.serves, Label.answer, words);
  memory[At.stage] = hearing;
  return true;
}

function save(memory: Int32Array): boolean {
  memory.copyWithin(At.saved, At.answer, At.answer + answerWords);
  memory[At.hasSaved] = 1;
  return false;
}

/** One more request of a badge: how many that is. */
function counted(memory: Int32Array, badge: number): number {
  let at: number = At.counts;
  while (memory[at] !== badge && memory[at] !== 0) at += 2;
  memory[at] = badge;
  return ++memory[at + 1]!;
}

function wordsAt(memory: Int32Array, at: number): Int32Array {
  return memory.subarray(at, at + answerWords);
}

/** Makes a capability, or takes the last one away. */
function mint(registers: Int32Array, total: number): void {
  if (total % 2 === 0) {
    ask(registers, Syscall.capabilityDelete, Slot.own);
    return;
  }
  ask(registers, Syscall.capabilityMint, Slot.serves);
  registers[Register.a1] = Slot.own;
  registers[Register.a2] = 1;
  registers[Register.a3] = 9;
}

/**
 * A client that is durable itself: it makes its requests one after the other, and tells the outside of
 * each answer by an effect that carries it. `labels`: what it asks, in order. Its memory: how many answers it
 * had, and whether the next word from it is the effect of one.
 */
export function client(labels: readonly number[]): Program {
  return (memory, registers) => {
    const asked = memory[0]!;
    if (memory[1] === 1) {
      const told = [...registers.subarray(Register.w0, Register.w0 + answerWords)];
      ask(registers, Syscall.call, Slot.calls + 1, Label.effect, [asked + 1, ...told]);
      memory.set([asked + 1, 0]);
      return undefined;
    }
    if (asked === labels.length) return 0;
    ask(registers, Syscall.call, Slot.calls, labels[asked], [asked + 1]);
    memory[1] = 1;
    return undefined;
  };
}
