// The limits of one kernel. Those in `Limits` are chosen at boot; the rest are fixed by layouts.
import { assert } from "../base/index.ts";

export interface Limits {
  readonly spaces: number;
  readonly threads: number;
  readonly endpoints: number;
  readonly endpointSets: number;
  readonly notifications: number;
  readonly regions: number;
  readonly mutexes: number;
  readonly conditions: number;
  readonly futexQueues: number;
  readonly timers: number;
  /** Pages of `slotsPerPage` capabilities, for all spaces together. */
  readonly capabilityPages: number;
}

export const defaultLimits: Limits = {
  spaces: 1024,
  threads: 16384,
  endpoints: 8192,
  endpointSets: 1024,
  notifications: 8192,
  regions: 1024,
  mutexes: 8192,
  conditions: 8192,
  futexQueues: 2048,
  timers: 2048,
  capabilityPages: 1024,
};

/** Few objects: for tests and the simulator, where kernels come and go by the thousand. */
export const smallLimits: Limits = {
  spaces: 16,
  threads: 64,
  endpoints: 32,
  endpointSets: 8,
  notifications: 32,
  regions: 16,
  mutexes: 16,
  conditions: 16,
  futexQueues: 16,
  timers: 16,
  capabilityPages: 24,
};

export const slotsPerPage = 256;
export const pagesPerSpace = 64;
export const slotsPerSpace = slotsPerPage * pagesPerSpace;

/** How deep spaces made by spaces may stand: each of them is charged for what the inner ones use. */
export const spaceDepthMax = 32;

export const priorityCount = 32;
export const defaultPriority = 16;
export const defaultSliceUs = 10_000;
export const sliceUsMax = 10_000_000;

/** Portals active at once on one stack. */
export const portalNestingMax = 16;

/** A message: bytes over all its strings, indirect strings, capabilities, regions, words. */
export const messageBytesMax = 64 * 1024 * 1024;
export const indirectStringsMax = 16;
/** A long message into or out of a portal: copied in one step. */
export const portalBytesMax = 1024 * 1024;
export const messageCapabilitiesMax = 8;
export const messageRegionsMax = 4;
export const messageExtraWordsMax = 1024;

export const regionBytesMax = 1024 * 1024 * 1024;
/** Longest finite timeout, in microseconds: half an hour. */
export const timeoutUsMax = 0x7fff_ffff;

/** Bytes a kernel copies before it looks whether an event is pending. */
export const copyStepBytes = 16 * 1024;
/** Capabilities deleted before it looks. */
export const revokeStepCount = 64;
/** Objects destroyed before it looks. */
export const destroyStepCount = 32;
/** Rows that lazy scheduling may leave in a queue to be corrected later. */
export const staleRowsMax = 32;

/** Wake-up lists: a deadline belongs to list `tick % wakeListCount`, or to the far list. */
export const wakeListCount = 8;
export const wakeTickNs = 1_000_000;

/**
 * The communication area of a space: memory at the top of its addresses that its libraries use for
 * descriptors and small buffers, a page per thread. It is outside the program's own memory, which is
 * therefore limited to what lies below.
 */
export const communicationAddress = 0xffff_0000;
export const communicationBytes = 64 * 1024;
export const communicationPageBytes = 4 * 1024;
/**
 * More such pages, right below the area, for the threads of a process that find none in it. They are made
 * for a space that needs one, whose program's memory then ends below them; messages from there take the
 * kernel's general way.
 */
export const annexBytes = 240 * communicationPageBytes;
export const annexAddress = communicationAddress - annexBytes;
/** Threads of one process: each has a page of its own. */
export const processThreadsMax = (communicationBytes + annexBytes) / communicationPageBytes;

assert((slotsPerPage & (slotsPerPage - 1)) === 0, "slots per page is a power of two");
assert((wakeListCount & (wakeListCount - 1)) === 0, "the wake-up lists are a power of two");
assert(priorityCount === 32, "priorities fit the bits of one word");
assert(defaultPriority < priorityCount, "the default priority exists");
