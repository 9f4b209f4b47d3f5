// The same seed twice, with and without the fast path: after every event the same thread runs with the
// same registers, and whenever the fast path has nothing unwritten, everything that a program could
// ask for is the same. It adds no behaviour, so nothing may differ.
import {
  Kind,
  kindCount,
  Register,
  registerCount,
  Status,
  Syscall,
  ThreadState,
} from "../src/abi/index.ts";
import { isLive } from "../src/base/index.ts";
import { Preemption, type Kernel } from "../src/kernel/index.ts";
import {
  Capability,
  capabilityShift,
  Endpoint,
  endpointShift,
  Reply,
  replyShift,
  shiftOf,
  Thread,
  threadShift,
} from "../src/kernel/layout.ts";
import { Coverage } from "./coverage.ts";
import { step } from "./driver.ts";
import { promise, SimulationFailure } from "./failure.ts";
import { finish } from "./finish.ts";
import { createWorld, type World } from "./world.ts";

const preemptions: readonly Preemption[] = [Preemption.none, Preemption.partial, Preemption.full];

function worldOf(seed: number, fastPath: boolean): World {
  return createWorld({
    seed,
    preemption: preemptions[seed % preemptions.length],
    techniques: { fastPath },
    coverage: new Coverage(),
    trace: undefined,
  });
}

/** The registers that mean something when a call is over: its arguments may be gone by then. */
const answerRegisters = [
  Register.call,
  Register.label,
  Register.w0,
  Register.w1,
  Register.w2,
  Register.w3,
  Register.w4,
  Register.w5,
  Register.badge,
  Register.status,
] as const;

/** Runs a seed both ways; throws a `SimulationFailure` at the first difference. */
export function compare(seed: number, events: number): void {
  const fast = worldOf(seed, true);
  const slow = worldOf(seed, false);
  try {
    for (let event = 0; event < events; event++) {
      step(fast);
      step(slow);
      compareRunning(fast.k, slow.k);
      if (fast.k.lazyCount === 0) compareKernels(fast.k, slow.k);
    }
    finish(fast);
    finish(slow);
  } catch (error) {
    throw new SimulationFailure(seed, fast.eventCount, error);
  }
}

function compareRunning(fast: Kernel, slow: Kernel): void {
  same("running thread", fast.current, slow.current);
  same("depth of portals", fast.portalDepth, slow.portalDepth);
  same("wish to switch", Number(fast.switchWanted), Number(slow.switchWanted));
  compareAnswers("the running thread", fast.registers, slow.registers);
}

function same(what: string, fast: number, slow: number): void {
  promise(fast === slow, () => `${what} is ${fast} by the fast path and ${slow} by the slow one`);
}

/** The message in the registers means something only if there is one. */
function compareAnswers(of: string, fast: Int32Array, slow: Int32Array): void {
  same(`the call of ${of}`, fast[Register.call], slow[Register.call]);
  same(`the status of ${of}`, fast[Register.status], slow[Register.status]);
  const isOver = fast[Register.call] === 0;
  if (isOver && fast[Register.status] !== Status.ok) return;
  for (const i of answerRegisters) same(`register ${i} of ${of}`, fast[i], slow[i]);
}

/** Words of a thread that a program can see, or that decide what it will. */
const threadWords = [
  Thread.state,
  Thread.space,
  Thread.flags,
  Thread.priority,
  Thread.owed,
  Thread.waitsOn,
  Thread.timed,
  Thread.partner,
  Thread.progress,
  Thread.firstHeld,
  Thread.exitCode,
  Thread.below,
] as const;

function compareKernels(fast: Kernel, slow: Kernel): void {
  for (let kind = 1; kind < kindCount; kind++) {
    same(`live rows of kind ${kind}`, fast.tables[kind].liveCount, slow.tables[kind].liveCount);
  }
  const threads = fast.tables[Kind.thread];
  for (let row = 1; row < threads.highWater; row++) {
    if (isLive(threads, row)) compareThread(fast, slow, row);
  }
  compareQueues(fast, slow);
  compareCapabilities(fast, slow);
}

function compareThread(fast: Kernel, slow: Kernel, row: number): void {
  const base = row << threadShift;
  const states = [fast.threads[base + Thread.state], slow.threads[base + Thread.state]];
  same(`state of thread ${row}`, states[0], states[1]);
  // What a thread that has ended, or an activation between two calls, did last is past.
  if (states[0] === ThreadState.idle || states[0] === ThreadState.exited) return;
  for (const word of threadWords) {
    same(`word ${word} of thread ${row}`, fast.threads[base + word], slow.threads[base + word]);
  }
  const reply = fast.threads[base + Thread.reply] << replyShift;
  same(
    `arming of thread ${row}`,
    fast.replies[reply + Reply.armed],
    slow.replies[reply + Reply.armed],
  );
  // The registers of what runs, or is on a stack, stand in the register file: rows hold old ones.
  if (row === fast.current || fast.threads[base + Thread.flags] !== 0) return;
  const call = fast.threads[base + Thread.registers + Register.call];
  same(`call of thread ${row}`, call, slow.threads[base + Thread.registers + Register.call]);
  // A caller that waits has no message: its own has gone, and the answer has not come.
  if (call === Syscall.awaitReply) return;
  const at = base + Thread.registers;
  const end = at + registerCount;
  compareAnswers(`thread ${row}`, fast.threads.subarray(at, end), slow.threads.subarray(at, end));
}

function compareQueues(fast: Kernel, slow: Kernel): void {
  const endpoints = fast.tables[Kind.endpoint];
  for (let row = 1; row < endpoints.highWater; row++) {
    for (const word of [Endpoint.senders, Endpoint.receivers]) {
      const at = (row << endpointShift) + word;
      let [left, right] = [fast.endpoints[at], slow.endpoints[at]];
      same(`queue ${word} of endpoint ${row}`, left, right);
      while (isLive(endpoints, row) && left !== 0) {
        left = fast.threads[(left << threadShift) + Thread.waitNext];
        right = slow.threads[(right << threadShift) + Thread.waitNext];
        same(`queue ${word} of endpoint ${row}`, left, right);
      }
    }
  }
}

/** Slots name the same; generations of reply objects differ, since the fast path renews fewer. */
function compareCapabilities(fast: Kernel, slow: Kernel): void {
  for (let base = 0; base < fast.capabilities.length; base += 1 << capabilityShift) {
    const header = fast.capabilities[base];
    same(`capability ${base >> capabilityShift}`, header, slow.capabilities[base]);
    if (header === 0) continue;
    const object = base + Capability.object;
    same("what a capability names", fast.capabilities[object], slow.capabilities[object]);
    const badge = base + Capability.badge;
    same("a badge", fast.capabilities[badge], slow.capabilities[badge]);
    same("whether it is good", Number(isGood(fast, base)), Number(isGood(slow, base)));
  }
}

function isGood(k: Kernel, base: number): boolean {
  const kind = k.capabilities[base] & 0xff;
  const row = k.capabilities[base + Capability.object];
  const generation = k.tables[kind].words[row << shiftOf[kind]];
  return generation === k.capabilities[base + Capability.generation];
}
