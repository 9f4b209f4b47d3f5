// One simulated core: a kernel, the memories and minds of its processes, and the seed that decides
// everything. It makes the first spaces, threads and capabilities; from there on the workload grows.
import { Kind, type Limits, Register, Status } from "../src/abi/index.ts";
import { isLive } from "../src/base/index.ts";
import { Random } from "../src/base/random.ts";
import { slotRow } from "../src/kernel/capability.ts";
import {
  createKernel,
  createObject,
  createRootSpace,
  grant,
  type Kernel,
  type Preemption,
  startThread,
  type Techniques,
} from "../src/kernel/index.ts";
import {
  Capability,
  capabilityShift,
  Header,
  shiftOf,
  Thread,
  threadShift,
} from "../src/kernel/layout.ts";
import { MessageBook } from "./check/messages.ts";
import { MutexBook } from "./check/mutexes.ts";
import type { Coverage } from "./coverage.ts";
import { areaCount, PlainMemories } from "./memory.ts";
import { createMind, type Mind } from "./mind.ts";

/** Small tables, so that every one of them is full now and then. */
export const simulatedLimits: Limits = {
  spaces: 8,
  threads: 30,
  endpoints: 16,
  endpointSets: 4,
  notifications: 10,
  regions: 5,
  mutexes: 6,
  conditions: 5,
  futexQueues: 5,
  timers: 6,
  capabilityPages: 12,
};

/** Slots that the workload uses; it also tries others, which are mostly wrong. */
export const slotsUsed = 64;

export interface World {
  readonly k: Kernel;
  readonly random: Random;
  readonly memories: PlainMemories;
  readonly minds: (Mind | undefined)[];
  readonly areasTaken: Set<number>[];
  readonly messages: MessageBook;
  readonly mutexes: MutexBook;
  readonly coverage: Coverage;
  /** Events so far, and calls still to make in a row of nested portal calls. */
  eventCount: number;
  storm: number;
  /** Threads whose stacks are on their way out. */
  readonly leaving: number[];
  /** Threads gone so far: a message may have gone with one. */
  goneCount: number;
  /** Rises with every thread that queues to send. */
  queueClock: number;
  /** A long call has stopped between two steps. */
  isStopped: boolean;
  /** Told of every event, if somebody listens. */
  readonly trace: ((line: string) => void) | undefined;
}

export interface WorldOptions {
  readonly seed: number;
  readonly preemption: Preemption;
  readonly techniques: Partial<Techniques>;
  readonly coverage: Coverage;
  readonly trace: ((line: string) => void) | undefined;
}

export function createWorld(options: WorldOptions): World {
  const memories: PlainMemories = new PlainMemories((row) => isLive(k.tables[Kind.space], row));
  const { preemption, techniques } = options;
  const k = createKernel({ limits: simulatedLimits, memories, preemption, techniques });
  const world: World = {
    k,
    random: new Random(options.seed, "workload"),
    memories,
    minds: [],
    areasTaken: Array.from({ length: simulatedLimits.spaces + 1 }, () => new Set<number>()),
    messages: new MessageBook(),
    mutexes: new MutexBook(),
    coverage: options.coverage,
    leaving: [],
    eventCount: 0,
    storm: 0,
    goneCount: 0,
    queueClock: 0,
    isStopped: false,
    trace: options.trace,
  };
  populate(world);
  return world;
}

/** Three spaces with two threads each; the first holds capabilities to everything. */
function populate(world: World): void {
  const { k } = world;
  const spaces = [createRootSpace(k), createRootSpace(k), createRootSpace(k)];
  for (const space of spaces) grant(k, space, 1, { kind: Kind.space, row: space });
  for (const space of spaces) {
    for (let n = 0; n < 2; n++) {
      const row = createObject(k, Kind.thread, space, [10 + world.random.below(8)]);
      grant(k, spaces[0], freeSlot(world, spaces[0]), { kind: Kind.thread, row });
      if (n === 1) grant(k, space, freeSlot(world, space), { kind: Kind.thread, row });
      mindOf(world, row).isSupervisor = space === spaces[0] && n === 0;
      startThread(k, row);
    }
    for (const form of [0, 0, 1, 3]) {
      const row = createObject(k, Kind.endpoint, space, [form, 7]);
      for (const holder of spaces) {
        grant(k, holder, freeSlot(world, holder), { kind: Kind.endpoint, row });
      }
    }
    for (const kind of [
      Kind.notification,
      Kind.mutex,
      Kind.condition,
      Kind.futexQueue,
      Kind.timer,
    ]) {
      const row = createObject(k, kind, space);
      grant(k, space, freeSlot(world, space), { kind, row });
    }
  }
  grant(k, spaces[0], freeSlot(world, spaces[0]), { kind: Kind.space, row: spaces[1] });
  grant(k, spaces[0], freeSlot(world, spaces[0]), { kind: Kind.space, row: spaces[2] });
}

export function generationOfThread(k: Kernel, row: number): number {
  return k.threads[(row << threadShift) + Header.generation];
}

export function mindOf(world: World, row: number): Mind {
  const generation = generationOfThread(world.k, row);
  const known = world.minds[row];
  if (known !== undefined && known.generation === generation) return known;
  if (known !== undefined) forgetMind(world, known);
  const space = world.k.threads[(row << threadShift) + Thread.space];
  const mind = createMind(generation, space);
  world.minds[row] = mind;
  return mind;
}

/** The mind's message area is free again. */
export function forgetMind(world: World, mind: Mind): void {
  if (mind.area >= 0) world.areasTaken[mind.space].delete(mind.area);
  mind.area = -1;
}

/** The message area of a mind, taken when first asked for; -1 if all are taken. */
export function areaOf(world: World, mind: Mind): number {
  if (mind.area >= 0) return mind.area;
  const taken = world.areasTaken[mind.space];
  // Area 0 is where the portals of a space receive.
  for (let area = 1; area < areaCount; area++) {
    if (taken.has(area)) continue;
    taken.add(area);
    mind.area = area;
    return area;
  }
  return -1;
}

export function currentSpaceOf(world: World): number {
  return world.k.threads[(world.k.current << threadShift) + Thread.space];
}

function headerAt(k: Kernel, space: number, slot: number): number {
  return k.capabilities[(slotRow(k, space, slot) << capabilityShift) + Capability.header];
}

/** A free slot of a space, or some slot if none is free. */
export function freeSlot(world: World, space: number): number {
  const start = world.random.below(slotsUsed);
  for (let i = 0; i < slotsUsed; i++) {
    const slot = 1 + ((start + i) % slotsUsed);
    if (headerAt(world.k, space, slot) === 0) return slot;
  }
  return 1 + start;
}

/** A slot of a space that names something of a kind (0: anything), or 0. */
export function slotOfKind(world: World, space: number, kind: number): number {
  const start = world.random.below(slotsUsed);
  for (let i = 0; i < slotsUsed; i++) {
    const slot = 1 + ((start + i) % slotsUsed);
    const header = headerAt(world.k, space, slot);
    if (header !== 0 && (kind === 0 || (header & 0xff) === kind)) return slot;
  }
  return 0;
}

/** Row of the live object that a slot of a space names, or 0. */
export function objectInSlot(k: Kernel, space: number, slot: number, kind: number): number {
  const base = slotRow(k, space, slot) << capabilityShift;
  if ((k.capabilities[base] & 0xff) !== kind) return 0;
  const object = k.capabilities[base + Capability.object];
  const generation = k.tables[kind].words[object << shiftOf[kind]];
  return generation === k.capabilities[base + Capability.generation] ? object : 0;
}

export function statusOfRunning(world: World): number {
  return world.k.registers[Register.status];
}

export function isOk(world: World): boolean {
  return statusOfRunning(world) === Status.ok;
}
