// The state of one core's kernel: tables, queues, the register file, and what runs now. All of it is
// words; nothing here is a promise, an object of the host, or a closure with state of its own. Files of `kernel/` take it as
// their first argument. Nobody outside reads it but through calls, events and `verify`.
import {
  Kind,
  type Limits,
  portalNestingMax,
  priorityCount,
  registerCount,
  slotsPerPage,
} from "../abi/index.ts";
import { assert, createTable, type Table } from "../base/index.ts";
import type { Memories, Notice } from "../process/process.ts";
import {
  capabilityShift,
  shiftOf,
  Space,
  Thread,
  threadShift,
  Timer,
  timerShift,
} from "./layout.ts";
import type { Route } from "./ipc/clan.ts";
import { createPlan, type Plan } from "./ipc/plan.ts";
import { slow } from "./ipc/slow.ts";
import { createWakeLists, type WakeLists } from "./wake-lists.ts";

/** A note of the fast path: caller, endpoint, receive timeout, receive descriptor. */
export const lazyEntryShift = 2;

/** When a long call lets a pending event in: never, in long copies, or after every step. */
export const Preemption = { none: 0, partial: 1, full: 2 } as const;
export type Preemption = (typeof Preemption)[keyof typeof Preemption];

/** Techniques that a measurement can switch off. All are on in a system that is not measured. */
export interface Techniques {
  readonly directSwitch: boolean;
  readonly lazyQueues: boolean;
  readonly fastPath: boolean;
}

export interface KernelOptions {
  readonly limits: Limits;
  readonly memories: Memories;
  readonly preemption?: Preemption;
  readonly techniques?: Partial<Techniques>;
  /** The register file: at least sixteen words, which an adapter may share with its wrappers. */
  readonly registers?: Int32Array;
  /** Word 0 is not zero while an event waits to be let in. */
  readonly eventPending?: Int32Array;
}

/** The fast path of IPC, which closes over its kernel. Each answers a `Next`, or `slow`. */
export interface FastPath {
  /** The running thread makes the call in the register file. */
  enter(): number;
  /** The running portal returned an answer. */
  portalReturned(): number;
}

export interface Kernel {
  /** Set once, when the kernel is made; it has no state of its own. */
  fast: FastPath;
  readonly registers: Int32Array;
  readonly memories: Memories;
  readonly preemption: Preemption;
  readonly eventPending: Int32Array;
  readonly directSwitch: boolean;
  readonly lazyQueues: boolean;

  /** Tables by kind, and the words of those that the IPC path reads. */
  readonly tables: readonly Table[];
  readonly spaces: Int32Array;
  readonly threads: Int32Array;
  readonly threadTimes: Float64Array;
  readonly endpoints: Int32Array;
  readonly replies: Int32Array;
  readonly capabilities: Int32Array;
  readonly capabilityPages: Table;

  /** Row of the running thread, or 0. While a portal is active this is its activation. */
  current: number;
  /** Portals on the running stack. */
  portalDepth: number;
  /** How many of them the fast path entered without writing it down, the topmost ones, and its notes. */
  lazyCount: number;
  readonly lazyPortals: Int32Array;
  /** After `Next.portal`: the endpoint to enter. */
  portal: number;
  /** Why the last look-up was refused. */
  refusal: number;
  /** Time of the last event that told it, nanoseconds. */
  nowNs: number;
  sliceEndNs: number;
  /** Head and tail per priority, and a bit per priority whose queue is not empty. */
  readonly readyQueues: Int32Array;
  readyBits: number;
  /** Rows in ready queues whose thread is not ready (lazy scheduling). */
  staleReady: number;
  /** A thread of higher priority than the running one has become ready. */
  switchWanted: boolean;
  readonly threadWake: WakeLists;
  readonly timerWake: WakeLists;
  /** Scratch of one call: the plan of a long message, the way of a message. */
  readonly plan: Plan;
  readonly route: Route;
  readonly notices: Notice[];
  /** Spaces made so far: the identity of the next one. */
  spacesMade: number;
  /** Most rows that one scheduler walk corrected, and how many IPCs were done. */
  walkMax: number;
  ipcCount: number;
}

/** A kernel without its fast path, which can only be made of a kernel: see `create.ts`. */
export function createSlowKernel(options: KernelOptions): Kernel {
  const tables = createTables(options.limits);
  const threads = tables[Kind.thread]!.words;
  const timers = tables[Kind.timer]!.words;
  const pages = createTable(2, options.limits.capabilityPages);
  // Row 0 stands for nobody, who owns what boot makes and has no limit.
  tables[Kind.space]!.words[Space.objectLimit] = 0x7fff_ffff;
  tables[Kind.space]!.words[Space.priorityMax] = priorityCount - 1;
  const registers = options.registers ?? new Int32Array(registerCount);
  assert(registers.length >= registerCount, "the register file is large enough", registers.length);
  return {
    fast: noFastPath,
    registers,
    memories: options.memories,
    preemption: options.preemption ?? Preemption.none,
    eventPending: options.eventPending ?? new Int32Array(1),
    directSwitch: options.techniques?.directSwitch ?? true,
    lazyQueues: options.techniques?.lazyQueues ?? true,
    tables,
    spaces: tables[Kind.space]!.words,
    threads,
    threadTimes: new Float64Array(threads.buffer),
    endpoints: tables[Kind.endpoint]!.words,
    replies: tables[Kind.reply]!.words,
    capabilities: new Int32Array(
      ((options.limits.capabilityPages + 1) * slotsPerPage) << capabilityShift,
    ),
    capabilityPages: pages,
    current: 0,
    portalDepth: 0,
    lazyCount: 0,
    lazyPortals: new Int32Array(portalNestingMax << lazyEntryShift),
    portal: 0,
    refusal: 0,
    nowNs: 0,
    sliceEndNs: 0,
    readyQueues: new Int32Array(priorityCount * 2),
    readyBits: 0,
    staleReady: 0,
    switchWanted: false,
    threadWake: createWakeLists(threads, 1 << threadShift, {
      next: Thread.wakeNext,
      listIn: Thread.wakeIn,
      timed: Thread.timed,
      deadline: Thread.deadline,
    }),
    timerWake: createWakeLists(timers, 1 << timerShift, {
      next: Timer.wakeNext,
      listIn: Timer.wakeIn,
      timed: Timer.timed,
      deadline: Timer.deadline,
    }),
    plan: createPlan(),
    route: {
      capability: 0,
      endpoint: 0,
      badge: 0,
      mayGrant: false,
      isRedirected: false,
      fromSpace: 0,
      toSpace: 0,
      toBadge: 0,
    },
    notices: [],
    spacesMade: 0,
    walkMax: 0,
    ipcCount: 0,
  };
}

const noFastPath: FastPath = { enter: () => slow, portalReturned: () => slow };

function createTables(limits: Limits): readonly Table[] {
  const rows: Readonly<Record<number, number>> = {
    [Kind.none]: 1,
    [Kind.space]: limits.spaces,
    [Kind.thread]: limits.threads,
    [Kind.endpoint]: limits.endpoints,
    [Kind.reply]: limits.threads * 2,
    [Kind.endpointSet]: limits.endpointSets,
    [Kind.notification]: limits.notifications,
    [Kind.region]: limits.regions,
    [Kind.mutex]: limits.mutexes,
    [Kind.condition]: limits.conditions,
    [Kind.futexQueue]: limits.futexQueues,
    [Kind.timer]: limits.timers,
  };
  return shiftOf.map((shift, kind) => createTable(Math.max(2, 1 << shift), rows[kind]!));
}

/** Whether a long call should stop between two steps to let an event in. */
export function eventWaits(k: Kernel, isMarked: boolean): boolean {
  if (k.preemption === Preemption.none) return false;
  if (k.preemption === Preemption.partial && !isMarked) return false;
  return k.eventPending[0] !== 0;
}

export function setTime(k: Kernel, nowNs: number): void {
  assert(nowNs >= k.nowNs, "time does not go back", nowNs, k.nowNs);
  k.nowNs = nowNs;
}
