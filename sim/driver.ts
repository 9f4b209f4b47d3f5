// The core's loop, simulated: one event after the other, each chosen by the seed. It plays the part of
// the process adapters: it enters portals, returns from them, and lets threads trap and run out of
// fuel. After every event the kernel is verified and what programs see is checked.
import {
  FaultReason,
  Kind,
  Next,
  Register,
  Status,
  Syscall,
  syscallCount,
  syscallName,
  ThreadState,
  type SyscallName,
} from "../src/abi/index.ts";
import {
  enter,
  exited,
  faulted,
  nextTickNs,
  portalDetached,
  portalFaulted,
  portalReturned,
  preempted,
  schedule,
  verify,
} from "../src/kernel/index.ts";
import { Mutex, mutexShift, Thread, ThreadFlag, threadShift } from "../src/kernel/layout.ts";
import { describeCall, describeEvent } from "./trace.ts";
import { checkEffect, lookBefore } from "./check/effects.ts";
import { checkEntry, checkResult } from "./check/results.ts";
import { noteWaiting } from "./check/order.ts";
import { Outcome } from "./coverage.ts";
import { promise } from "./failure.ts";
import { startBurst } from "./fault/burst.ts";
import { meddle } from "./fault/meddle.ts";
import { happen, passTime, revive } from "./fault/injections.ts";
import { advanceScript, disturb, followScript, startRoundTrip } from "./fault/round-trip.ts";
import type { Mind } from "./mind.ts";
import { takeNotices } from "./notices.ts";
import { generationOfThread, isOk, mindOf, objectInSlot, type World } from "./world.ts";
import { composers, weights } from "./workload/compose.ts";
import { composeAnswer } from "./workload/ipc-composers.ts";

/** One event. */
export function step(world: World): void {
  const { k, random } = world;
  world.eventCount++;
  if (random.chance(1, 8)) k.eventPending[0] ^= 1;
  if (random.chance(1, 24)) {
    happen(world);
    settle(world, Next.resume, 0);
  } else if (k.current === 0) idle(world);
  else if (world.isStopped && random.chance(1, 3)) {
    meddle(world);
    settle(world, Next.resume, 0);
  } else if (world.isStopped) settle(world, schedule(k), 0);
  else takeTurn(world);
}

function idle(world: World): void {
  const { k } = world;
  for (let tries = 0; tries < 4 && k.readyBits === 0; tries++) {
    if (nextTickNs(k) < Infinity && world.random.chance(3, 4)) passTime(world, nextTickNs(k));
    else revive(world);
  }
  settle(world, schedule(k), 0);
}

/** The running thread's own code does something. */
function takeTurn(world: World): void {
  const { k, random } = world;
  const thread = k.current;
  const mind = mindOf(world, thread);
  const flags = k.threads[(thread << threadShift) + Thread.flags];
  // What the fast path has not written down is a portal on the stack all the same.
  const isPortal = k.portalDepth > 0 || (flags & ThreadFlag.detached) !== 0;
  if (isPortal && mind.script === undefined && random.chance(9, 20) && world.storm === 0) {
    endPortal(world, mind);
    return;
  }
  const draw = k.portalDepth > 0 || mind.isSupervisor ? 500 : random.below(500);
  if (draw < 8) settle(world, preempted(k), thread);
  else if (draw < 12) settle(world, faulted(k, 1 + random.below(4)), thread);
  else if (draw < 14 && !isPortal) settle(world, exited(k, random.below(100)), thread);
  else makeCall(world, mind);
}

function endPortal(world: World, mind: Mind): void {
  const { k, random } = world;
  const thread = k.current;
  const draw = random.below(40);
  mind.call = 0;
  // What a portal holds when it ends is nobody's any more.
  world.mutexes.forgetHolder(mind);
  if (draw === 0 && k.portalDepth > 0) {
    settle(
      world,
      portalFaulted(k, random.chance(1, 2) ? FaultReason.fuel : FaultReason.trap),
      thread,
    );
  } else if (draw <= 2 && k.portalDepth === 1) settle(world, portalDetached(k), thread);
  else {
    composeAnswer(world, mind);
    settle(world, portalReturned(k), thread);
  }
}

const callsByWeight: number[] = [];
for (const [name, weight] of Object.entries(weights)) {
  for (let i = 0; i < weight; i++) callsByWeight.push(Syscall[name as SyscallName]);
}

function makeCall(world: World, mind: Mind): void {
  const { k, random } = world;
  if (mind.script === undefined && k.portalDepth === 0) {
    if (random.chance(1, 24)) startRoundTrip(world, mind);
    else if (random.chance(1, 1500)) startBurst(world, mind);
  }
  k.registers.fill(0);
  if (mind.script !== undefined) followScript(world, mind.script);
  else composeCall(world, mind);
  const call = k.registers[Register.call];
  mind.call = call;
  mind.stage = 0;
  mind.calledAt = world.eventCount;
  mind.sleepsUntilNs = k.nowNs + Math.max(0, k.registers[Register.receiveTimeout]) * 1000;
  mind.goneAt = world.goneCount;
  mind.isOpen = k.registers[Register.a3] === 0;
  noteObject(world, mind);
  const thread = k.current;
  const generation = generationOfThread(k, thread);
  world.trace?.(describeCall(world));
  const slot = k.registers[Register.a0];
  const before = lookBefore(world, mind.space);
  const next = enter(k);
  noteOutcome(world, next, { thread, generation, call });
  noteMutex(world, mind, thread);
  if (call === Syscall.objectSetState) noteStateSet(world, mind, { thread, slot });
  if (next === Next.resume && k.current === thread) checkEffect(world, before);
  settle(world, next, thread);
}

function composeCall(world: World, mind: Mind): void {
  const { k, random } = world;
  let call = callsByWeight[random.below(callsByWeight.length)];
  if (world.storm > 0) {
    world.storm--;
    call = Syscall.call;
  } else if (k.portalDepth > 0 && random.chance(1, 200)) world.storm = 30;
  k.registers[Register.call] = call;
  composers[syscallName(call) as SyscallName](world, mind);
  if (random.chance(1, 400)) k.registers[Register.call] = syscallCount + random.below(4);
}

/** What checks will want to know of the call's arguments; and what it does to threads in hand. */
function noteObject(world: World, mind: Mind): void {
  const { k } = world;
  const { call } = mind;
  const isLock =
    call === Syscall.mutexLock ||
    call === Syscall.mutexTryLock ||
    call === Syscall.mutexUnlock ||
    call === Syscall.conditionWait;
  const slot = k.registers[call === Syscall.conditionWait ? Register.a1 : Register.a0];
  mind.object = isLock ? objectInSlot(k, mind.space, slot, Kind.mutex) : 0;
  const mutex = mind.object << mutexShift;
  mind.objectGeneration = k.tables[Kind.mutex].words[mutex];
  mind.isHolder = isLock && k.tables[Kind.mutex].words[mutex + Mutex.owner] === k.current;
  if (call !== Syscall.threadResume && call !== Syscall.objectSetState) return;
  const row = objectInSlot(k, mind.space, slot, Kind.thread);
  if (row !== 0) disturb(world, mindOf(world, row), mind);
}

function noteStateSet(
  world: World,
  mind: Mind,
  made: { readonly thread: number; readonly slot: number },
): void {
  const { k } = world;
  const { slot } = made;
  const row = (made.thread << threadShift) + Thread.registers;
  const isRunning = k.current === made.thread;
  const status = isRunning ? k.registers[Register.status] : k.threads[row + Register.status];
  if (status !== Status.ok) return;
  const mutex = objectInSlot(k, mind.space, slot, Kind.mutex);
  if (mutex !== 0)
    world.mutexes.forget(`${mutex}.${k.tables[Kind.mutex].words[mutex << mutexShift]}`);
  const thread = objectInSlot(k, mind.space, slot, Kind.thread);
  if (thread === 0) return;
  world.goneCount++;
  // Its registers are others now: what it waited for is nobody's any more.
  if (mind.script === undefined) resetMind(mindOf(world, thread));
}

function resetMind(mind: Mind): void {
  mind.call = 0;
  mind.sent = 0;
  mind.received = 0;
}

/** A mutex was given up by the call just made, whether or not its thread has seen so. */
function noteMutex(world: World, mind: Mind, thread: number): void {
  if (mind.object === 0 || !mind.isHolder) return;
  if (mind.call !== Syscall.mutexUnlock && mind.call !== Syscall.conditionWait) return;
  const words = world.k.tables[Kind.mutex].words;
  const base = mind.object << mutexShift;
  const isGone = words[base] !== mind.objectGeneration || words[base + Mutex.owner] !== thread;
  if (isGone) world.mutexes.release(`${mind.object}.${mind.objectGeneration}`, mind);
}

interface Made {
  readonly thread: number;
  readonly generation: number;
  readonly call: number;
}

function noteOutcome(world: World, next: Next, made: Made): void {
  const { k, coverage } = world;
  const { thread, call } = made;
  if (next === Next.again && k.current === thread) coverage.note(call, call, Outcome.again);
  else if (next === Next.portal && call === Syscall.call) coverage.note(call, call, Outcome.portal);
  else if (k.current === thread && k.registers[Register.call] === 0) return;
  else {
    const state = k.threads[(thread << threadShift) + Thread.state];
    const isThere = generationOfThread(k, thread) === made.generation;
    const waits = isThere && state >= ThreadState.sending && state <= ThreadState.sleeping;
    coverage.note(call, call, waits ? Outcome.blocked : Outcome.switched);
  }
}

/** What follows every event: the world notes what the kernel did, and looks whether it was right. */
export function settle(world: World, next: Next, actor: number): void {
  const { k } = world;
  world.trace?.(describeEvent(world, next));
  world.isStopped =
    next === Next.again || (world.isStopped && actor === 0 && isStillStopped(world));
  takeNotices(world);
  verify(k);
  if (k.current !== 0 && !world.isStopped) observe(world, next);
  noteWaiting(world);
}

/** After something from outside, a long call that has stopped is where it was. */
function isStillStopped(world: World): boolean {
  return world.k.current !== 0 && world.k.registers[Register.call] !== 0;
}

/** The running thread goes on with its own code, and sees what there is to see. */
function observe(world: World, next: Next): void {
  const { k, coverage } = world;
  const call = k.registers[Register.call];
  promise(call === 0, () => `thread ${k.current} goes on with call ${call} still to make`);
  const mind = mindOf(world, k.current);
  if (next === Next.portal) {
    resetMind(mind);
    checkEntry(world, mind);
    return;
  }
  if (mind.call === 0) return;
  coverage.note(mind.call, mind.stage || mind.call, k.registers[Register.status]);
  checkResult(world, mind);
  mind.call = 0;
  advanceScript(world, mind, isOk(world));
}
