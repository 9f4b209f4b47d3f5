// Where things stand in the rows of the kernel's tables. Every kernel object begins with the header;
// the rest is its own. Words used together on the IPC path stand together. Rows are powers of two,
// so that a row's base is a shift. Only files of `kernel/` read or write these words.
import { Kind, pagesPerSpace, registerCount } from "../abi/index.ts";
import { assert } from "../base/index.ts";

/** The header of every object row. Word 0, the generation, belongs to the table. */
export const Header = {
  generation: 0,
  /** The space whose limits it counts against, and which takes it along when it ends. */
  owner: 1,
  /** Links of the owner's list; a link is an object reference: kind and row. */
  ownerNext: 2,
  ownerPrev: 3,
  capabilityCount: 4,
} as const;

export const Space = {
  ...Header,
  state: 5,
  /** Identity of the chief's space, 0 in the outermost clan. */
  clan: 6,
  chiefEndpoint: 7,
  chiefGeneration: 8,
  chiefBadge: 9,
  /** Slot of a chief in which it gets the capability that a redirected message was meant for. */
  redirectSlot: 10,
  firstObject: 11,
  /** What is charged to it, see `charge.ts`. */
  objectCount: 12,
  objectLimit: 13,
  slotCount: 14,
  slotLimit: 15,
  threadCount: 16,
  /** Activations of its portals now on the stack. */
  activeCount: 17,
  firstIdleActivation: 18,
  activationCount: 19,
  exitNotification: 20,
  exitGeneration: 21,
  exitBits: 22,
  faultEndpoint: 23,
  faultGeneration: 24,
  faultBadge: 25,
  exitCode: 26,
  pageCount: 27,
  /** Spaces above it, itself counted. */
  depth: 28,
  /** A number that no other space of this kernel has had: rows are used again. */
  identity: 29,
  /** The highest priority that its threads may have. */
  priorityMax: 30,
  pages: 64,
} as const;
export const spaceShift = 7;

export const SpaceState = { alive: 0, ending: 1, ended: 2 } as const;

export const Thread = {
  ...Header,
  state: 5,
  space: 6,
  flags: 7,
  priority: 8,
  sliceUs: 9,
  /** Its own reply object, through which its callee answers. */
  reply: 10,
  /** The reply object it owes an answer to, and that object's generation then. */
  owed: 11,
  owedGeneration: 12,
  /** An activation: the thread whose stack it runs on, and that thread's generation. */
  below: 13,
  belowGeneration: 14,
  /** An activation: the portal it serves. */
  endpoint: 15,
  registers: 16,
  /** What it waits on: an object reference. */
  waitsOn: 32,
  waitNext: 33,
  waitPrev: 34,
  readyNext: 35,
  readyPrev: 36,
  /** Priority of the ready queue it is in plus one, 0 if in none. */
  readyIn: 37,
  wakeNext: 38,
  wakePrev: 39,
  /** Wake-up list it is in plus one, 0 if in none. */
  wakeIn: 40,
  /** 1 if the deadline counts. */
  timed: 41,
  /** Deadline in nanoseconds, a double over two words. */
  deadline: 42,
  /** The other party of a long copy, and how many bytes are over. */
  partner: 44,
  progress: 45,
  /** Addresses of the descriptors of the call it waits in. */
  sendDescriptor: 46,
  receiveDescriptor: 47,
  /** Badge of the capability it sends through; the badge it will receive from only, 0 for any. */
  badge: 48,
  onlyFrom: 49,
  /** 1 if it waits to send as a caller, who will wait for the reply. */
  isCaller: 50,
  futexAddress: 51,
  exitCode: 52,
  /** First of the mutexes it holds. */
  firstHeld: 53,
  /** Next idle activation of its space. */
  nextIdle: 54,
  /** 1 if it waits to send to a chief instead of where it meant to. */
  isRedirected: 55,
  ipcCount: 57,
  mayGrant: 58,
  /** Where a stepwise call stands: meaning known to the call. */
  step: 59,
  /** A `StackState`. */
  stack: 60,
  /** What is told when its stack has left, that object's generation, and the bits. */
  stackNotification: 61,
  stackGeneration: 62,
  stackBits: 63,
} as const;
export const threadShift = 6;

export const ThreadFlag = {
  activation: 1,
  /** An activation now on the stack of another thread. */
  attached: 2,
  /** An attached activation whose space or self was destroyed under it. */
  doomed: 4,
  /** An activation whose frames were taken out: it goes on as a thread of its own. */
  detached: 8,
} as const;

export const Endpoint = {
  ...Header,
  /** 0 rendezvous, 1 portal, 3 re-entrant portal. */
  portal: 5,
  space: 6,
  senders: 7,
  sendersTail: 8,
  receivers: 9,
  receiversTail: 10,
  set: 11,
  setNext: 12,
  setPrev: 13,
  handler: 14,
  descriptor: 15,
} as const;
export const endpointShift = 4;

export const Reply = {
  ...Header,
  /** The thread that waits, or will wait, for the answer; 0 if it was destroyed. */
  thread: 5,
  armed: 6,
  /** 1 while the caller's state is taken out: answers wait until it is put back. */
  held: 7,
  /** The thread that waits to deliver its answer. */
  replier: 8,
  /** While armed: the thread that owes the answer, 0 if only capabilities stand for the debt. */
  debtor: 9,
} as const;
export const replyShift = 4;

export const EndpointSet = {
  ...Header,
  members: 5,
  membersTail: 6,
  receivers: 7,
  receiversTail: 8,
  memberCount: 9,
} as const;
export const endpointSetShift = 4;

export const Notification = { ...Header, bits: 5, waiters: 6, waitersTail: 7 } as const;
export const notificationShift = 3;

export const Region = { ...Header, bytes: 5 } as const;
export const regionShift = 3;

export const Mutex = {
  ...Header,
  owner: 5,
  waiters: 6,
  waitersTail: 7,
  /** Links of the list of mutexes that the owner holds. */
  heldNext: 8,
  heldPrev: 9,
  /** 1 if the last owner died holding it: the next one is told. */
  abandoned: 10,
} as const;
export const mutexShift = 4;

export const Condition = { ...Header, waiters: 5, waitersTail: 6 } as const;
export const conditionShift = 3;

export const FutexQueue = { ...Header, waiters: 5, waitersTail: 6 } as const;
export const futexQueueShift = 3;

export const Timer = {
  ...Header,
  timed: 5,
  deadline: 6,
  periodUs: 8,
  bits: 9,
  notification: 10,
  notificationGeneration: 11,
  wakeNext: 12,
  wakePrev: 13,
  wakeIn: 14,
} as const;
export const timerShift = 4;

/** A capability: eight words in a page of 256. An empty slot has a zero header. */
export const Capability = {
  /** Kind in bits 0 to 7, rights in bits 8 to 15. */
  header: 0,
  object: 1,
  generation: 2,
  badge: 3,
  /** The derivation tree: rows of capabilities, 0 for none. */
  parent: 4,
  firstChild: 5,
  nextSibling: 6,
  prevSibling: 7,
} as const;
export const capabilityShift = 3;

/** Shift from a row number to its base, by kind. */
export const shiftOf: readonly number[] = [
  0,
  spaceShift,
  threadShift,
  endpointShift,
  replyShift,
  endpointSetShift,
  notificationShift,
  regionShift,
  mutexShift,
  conditionShift,
  futexQueueShift,
  timerShift,
];

/** A reference names an object of any kind in one word: kind in the top byte, row below. */
export function reference(kind: number, row: number): number {
  return (kind << 24) | row;
}

export function referenceKind(ref: number): number {
  return ref >>> 24;
}

export function referenceRow(ref: number): number {
  return ref & 0xff_ffff;
}

assert(Thread.registers + registerCount === Thread.waitsOn, "the registers fill their place");
assert(Thread.deadline % 2 === 0, "a double stands at an even word");
assert(Timer.deadline % 2 === 0, "a double stands at an even word");
assert(Thread.stackBits < 1 << threadShift, "a thread fits its row", Thread.stackBits);
assert(Space.pages + pagesPerSpace === 1 << spaceShift, "a space fits its row");
assert(Endpoint.descriptor < 1 << endpointShift, "an endpoint fits its row");
assert(Kind.timer === shiftOf.length - 1, "every kind has a shift");
