// Transfers: one message from one thread to another, short or long. The short part is seven registers;
// the long part goes by a plan. A long transfer that stops between two steps leaves its two threads
// bound to each other: the running one has its call still to make and finds its partner again.
import { messageWordCount, Register, Status } from "../../abi/index.ts";
import { Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { holdForTransfer, rollBackTransfer } from "../waiting.ts";
import { copyRuns, finishPlan, makePlan } from "./message.ts";

/** How far a transfer came: refused with `k.refusal`, stopped between two steps, or ready to commit. */
export const Progress = { refused: 0, stopped: 1, ready: 2 } as const;
export type Progress = (typeof Progress)[keyof typeof Progress];

export interface Parties {
  readonly from: number;
  readonly to: number;
  /** Descriptor addresses, 0 for none. */
  readonly fromDescriptor: number;
  readonly toDescriptor: number;
  readonly mayGrant: boolean;
}

/**
 * Copies the long part of a message between the running thread and a waiting one. Refusals change
 * nothing. When it answers `ready`, the bytes are over and the rest cannot fail.
 */
export function copyLong(k: Kernel, parties: Parties): Progress {
  if ((parties.fromDescriptor | parties.toDescriptor) === 0) return Progress.ready;
  const { from, to } = k.plan;
  from.space = spaceOf(k, parties.from);
  from.descriptor = parties.fromDescriptor;
  to.space = spaceOf(k, parties.to);
  to.descriptor = parties.toDescriptor;
  k.plan.mayGrant = parties.mayGrant;
  const status = makePlan(k);
  if (status !== Status.ok) {
    // Descriptors changed under a copy that had stopped: its parties part, and neither has begun.
    if (k.threads[(k.current << threadShift) + Thread.partner] !== 0)
      rollBackTransfer(k, k.current);
    k.refusal = status;
    return Progress.refused;
  }
  const own = k.current << threadShift;
  const mayStop = k.portalDepth === 0;
  const done = copyRuns(k, k.threads[own + Thread.progress]!, mayStop);
  if (done < k.plan.bytes) {
    const partner = parties.from === k.current ? parties.to : parties.from;
    if (k.threads[own + Thread.partner] === 0) holdForTransfer(k, partner, k.current);
    k.threads[own + Thread.progress] = done;
    return Progress.stopped;
  }
  finishPlan(k);
  return Progress.ready;
}

function spaceOf(k: Kernel, thread: number): number {
  return k.threads[(thread << threadShift) + Thread.space]!;
}

/** The two threads of a long transfer part: below the commit line. */
export function releasePartner(k: Kernel): void {
  const own = k.current << threadShift;
  const partner = k.threads[own + Thread.partner]!;
  k.threads[own + Thread.progress] = 0;
  if (partner === 0) return;
  k.threads[own + Thread.partner] = 0;
  k.threads[(partner << threadShift) + Thread.partner] = 0;
  k.threads[(partner << threadShift) + Thread.progress] = 0;
  k.threads[(partner << threadShift) + Thread.step] = 0;
}

/** The running thread's message goes into a waiting thread's registers. */
export function giveRegisters(k: Kernel, to: number, badge: number): void {
  const at = (to << threadShift) + Thread.registers;
  const { registers, threads } = k;
  for (let i = 0; i <= messageWordCount; i++) {
    threads[at + Register.label + i] = registers[Register.label + i]!;
  }
  threads[at + Register.badge] = badge;
}

/** A waiting thread's message comes into the running thread's registers. */
export function takeRegisters(k: Kernel, from: number, badge: number): void {
  const at = (from << threadShift) + Thread.registers;
  const { registers, threads } = k;
  for (let i = 0; i <= messageWordCount; i++) {
    registers[Register.label + i] = threads[at + Register.label + i]!;
  }
  registers[Register.badge] = badge;
}
