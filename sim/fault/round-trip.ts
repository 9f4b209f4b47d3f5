// The state round trip of a thread, as a script of calls that another thread makes: stop it, take its
// state out, destroy it, make a thread from the state, let that one go on. The mind goes along with
// the state: to the rest of the run the new thread is the old one.
import { Kind, Register, Syscall, ThreadState } from "../../src/abi/index.ts";
import { Thread, ThreadFlag, threadShift } from "../../src/kernel/layout.ts";
import type { Mind, Script, Step } from "../mind.ts";
import {
  areaOf,
  currentSpaceOf,
  forgetMind,
  generationOfThread,
  mindOf,
  objectInSlot,
  slotOfKind,
  type World,
} from "../world.ts";
import { stateAddress } from "../workload/descriptor.ts";

/** Slots that only scripts use: three for each area of a space. */
const firstScriptSlot = 150;

function step(call: number, a0: number, more: Readonly<Record<number, number>> = {}): Step {
  const registers = new Map<number, number>([
    [Register.call, call],
    [Register.a0, a0],
  ]);
  for (const [register, value] of Object.entries(more)) registers.set(Number(register), value);
  return registers;
}

/** Gives the running thread a script, if it holds some thread that it can do this to. */
export function startRoundTrip(world: World, mind: Mind): void {
  const { k } = world;
  const space = currentSpaceOf(world);
  const slot = slotOfSubject(world, space);
  const row = objectInSlot(k, space, slot, Kind.thread);
  const area = areaOf(world, mind);
  if (row === 0 || row === k.current || area < 0) return;
  const base = row << threadShift;
  const state = k.threads[base + Thread.state];
  const isActivation = (k.threads[base + Thread.flags] & ThreadFlag.activation) !== 0;
  if (isActivation || state === ThreadState.exited || state === ThreadState.stopped) return;
  const subject = mindOf(world, row);
  const forSlot = subject.space === space ? 0 : slotOfSpace(world, space, subject.space);
  if (forSlot < 0 || isSubject(world, subject) || subject.script !== undefined) return;
  const first = firstScriptSlot + area * 3;
  mind.script = {
    next: 0,
    subject,
    subjectRow: row,
    steps: stepsFor(world, { slot, first, forSlot, area }),
  };
}

/** A slot with a thread, preferably with one that waits for an answer. */
function slotOfSubject(world: World, space: number): number {
  const { k } = world;
  let slot = 0;
  for (let tries = 0; tries < 3; tries++) {
    slot = slotOfKind(world, space, Kind.thread);
    const row = objectInSlot(k, space, slot, Kind.thread);
    if (k.threads[(row << threadShift) + Thread.state] === ThreadState.awaitingReply) break;
  }
  return slot;
}

function slotOfSpace(world: World, space: number, wanted: number): number {
  const slot = slotOfKind(world, space, Kind.space);
  return objectInSlot(world.k, space, slot, Kind.space) === wanted ? slot : -1;
}

interface Places {
  readonly slot: number;
  readonly first: number;
  readonly forSlot: number;
  readonly area: number;
}

function stepsFor(world: World, { slot, first, forSlot, area }: Places): Step[] {
  const address = stateAddress(area);
  const state = { [Register.a1]: address, [Register.a2]: 64 };
  const steps = [
    step(Syscall.threadStop, slot),
    step(Syscall.objectGetState, slot, { ...state, [Register.a3]: first }),
    step(Syscall.objectDestroy, slot),
    step(Syscall.capabilityDelete, slot),
    step(Syscall.objectCreate, slot, {
      [Register.a1]: Kind.thread,
      [Register.a2]: forSlot,
      [Register.w0]: 0,
      [Register.w1]: 0,
    }),
    step(Syscall.objectSetState, slot, state),
    step(Syscall.threadResume, slot),
    step(Syscall.capabilityDelete, first),
    step(Syscall.capabilityDelete, first + 1),
  ];
  // Others run while the state is out: a server may try to answer who is not there.
  const isSlow = world.random.chance(1, 2);
  return isSlow ? steps.flatMap((one) => [one, step(Syscall.threadYield, 0)]) : steps;
}

/** Puts the next call of a mind's script into the registers. */
export function followScript(world: World, script: Script): void {
  for (const [register, value] of script.steps[script.next]) world.k.registers[register] = value;
}

/** A call of the script was answered. */
export function advanceScript(world: World, mind: Mind, isOk: boolean): void {
  const script = mind.script;
  if (script === undefined) return;
  const call = script.steps[script.next].get(Register.call);
  // The state may have had fewer references than slots kept for them.
  const slot = script.steps[script.next].get(Register.a0) ?? 0;
  const isLast = call === Syscall.capabilityDelete && slot >= firstScriptSlot;
  if (!isOk && !isLast) return abandonScript(world, mind);
  if (call === Syscall.objectSetState) moveMind(world, script);
  script.next++;
  if (script.next === script.steps.length) mind.script = undefined;
}

function moveMind(world: World, script: Script): void {
  const slot = script.steps[script.next].get(Register.a0) ?? 0;
  const row = objectInSlot(world.k, currentSpaceOf(world), slot, Kind.thread);
  const { subject } = script;
  if (subject === undefined || row === 0) return;
  const old = world.minds[row];
  if (old !== undefined && old !== subject) forgetMind(world, old);
  subject.generation = generationOfThread(world.k, row);
  subject.queuedAt = 0;
  // A lock that it was given before it was taken out has passed on to others when it was destroyed.
  const call = world.k.threads[(row << threadShift) + Thread.registers + Register.call];
  if (call === 0) subject.object = 0;
  world.minds[row] = subject;
}

export function abandonScript(world: World, mind: Mind): void {
  const subject = mind.script?.subject;
  mind.script = undefined;
  if (subject === undefined || world.minds.includes(subject)) return;
  forgetMind(world, subject);
}

/** Whether a script has this mind's thread in hand. */
export function isSubject(world: World, mind: Mind): boolean {
  return world.minds.some((other) => other?.script?.subject === mind);
}

/** Somebody else did something to a thread whose state is out: what was taken is no longer its state. */
export function disturb(world: World, subject: Mind, by: Mind): void {
  for (const other of world.minds) {
    if (other === undefined || other === by || other.script?.subject !== subject) continue;
    abandonScript(world, other);
  }
}
