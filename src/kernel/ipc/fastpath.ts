// The fast path of IPC, short or with one direct string: a portal call and its return, a call to a
// waiting receiver, and a reply with a receive that finds no sender. All checks come first and any doubt answers `slow`; then the
// commit line. It adds no behaviour: the same calls on the slow path leave the same state, and a test
// compares them. One flat function per direction, since each call out of it costs as much as ten words.
//
// A portal call is lazy, as L3's queues are: it notes caller and endpoint and leaves the rest unwritten
// (the caller's waiting, the reply object, the activation) until some event looks at the kernel
// (`materialize`). A portal that only computes is gone before anybody does.
import {
  Kind,
  Next,
  portalNestingMax,
  Register,
  Right,
  Syscall,
  ThreadState,
} from "../../abi/index.ts";
import {
  Capability,
  capabilityShift,
  Endpoint,
  endpointShift,
  Header,
  reference,
  Reply,
  replyShift,
  Space,
  spaceShift,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import { type Kernel, lazyEntryShift } from "../kernel.ts";
import { assert } from "../../base/index.ts";
import { copyDirect, isDirect } from "./direct-copy.ts";
import { enterWritten } from "./portal.ts";

/** Nothing was done: take the slow path. */
export const slow = -1;

// Copies of the layout: V8 folds a module's own constants into optimised code, but loads imported ones
// from the other module each time. Measured on a null RPC: 1.7 times the whole kernel path.
const threadBits = threadShift;
const spaceBits = spaceShift;
const endpointBits = endpointShift;
const replyBits = replyShift;
const capabilityBits = capabilityShift;
const nestingMax = portalNestingMax;
const lazyEntryBits = lazyEntryShift;
const endpointForSending = Kind.endpoint | (Right.send << 8);
const kindAndSend = 0xff | (Right.send << 8);
const endpointForReceiving = Kind.endpoint | (Right.receive << 8);
const kindAndReceive = 0xff | (Right.receive << 8);
const capabilityBadge = Capability.badge;
const capabilityGeneration = Capability.generation;
const capabilityObject = Capability.object;
const endpointDescriptor = Endpoint.descriptor;
const endpointPortal = Endpoint.portal;
const endpointReceivers = Endpoint.receivers;
const endpointReceiversTail = Endpoint.receiversTail;
const endpointSenders = Endpoint.senders;
const endpointSpace = Endpoint.space;
const headerCapabilityCount = Header.capabilityCount;
const kindEndpoint = Kind.endpoint;
const kindReply = Kind.reply;
const enterPortal = Next.portal;
const resume = Next.resume;
const switched = Next.switched;
const a0 = Register.a0;
const a1 = Register.a1;
const a2 = Register.a2;
const a3 = Register.a3;
const badgeRegister = Register.badge;
const callNumber = Register.call;
const label = Register.label;
const receiveTimeout = Register.receiveTimeout;
const statusRegister = Register.status;
const w5 = Register.w5;
const replyArmed = Reply.armed;
const replyDebtor = Reply.debtor;
const replyHeld = Reply.held;
const replyReplier = Reply.replier;
const replyThread = Reply.thread;
const spaceActiveCount = Space.activeCount;
const spaceClan = Space.clan;
const spaceFirstIdle = Space.firstIdleActivation;
const spacePages = Space.pages;
const callAwaitReply = Syscall.awaitReply;
const callReceive = Syscall.receive;
const threadFlags = Thread.flags;
const threadOnlyFrom = Thread.onlyFrom;
const threadOwed = Thread.owed;
const threadOwedGeneration = Thread.owedGeneration;
const threadPartner = Thread.partner;
const threadPriority = Thread.priority;
const threadReadyIn = Thread.readyIn;
const threadReceiveDescriptor = Thread.receiveDescriptor;
const threadRegisters = Thread.registers;
const threadReply = Thread.reply;
const threadSpace = Thread.space;
const threadState = Thread.state;
const threadTimed = Thread.timed;
const threadWaitNext = Thread.waitNext;
const threadWaitPrev = Thread.waitPrev;
const threadWaitsOn = Thread.waitsOn;
const doomed = ThreadFlag.doomed;
const stateAwaitingReply = ThreadState.awaitingReply;
const stateReady = ThreadState.ready;
const stateReceiving = ThreadState.receiving;

/** Base of the capability in a slot of a space, or 0. */
function capabilityBase(k: Kernel, spaceBase: number, slot: number): number {
  if (slot >>> 14 !== 0) return 0;
  const page = k.spaces[spaceBase + spacePages + (slot >>> 8)]!;
  return ((page << 8) | (slot & 255)) << capabilityBits;
}

/** `call` in the register file: to a portal, or to a receiver that waits. */
export function fastCall(k: Kernel): number {
  const { registers, threads, spaces, endpoints, capabilities } = k;
  const own = k.current << threadBits;
  const spaceBase = threads[own + threadSpace]! << spaceBits;
  const from = capabilityBase(k, spaceBase, registers[a0]!);
  if ((capabilities[from]! & kindAndSend) !== endpointForSending) return slow;
  const row = capabilities[from + capabilityObject]!;
  const at = row << endpointBits;
  const server = endpoints[at + endpointSpace]! << spaceBits;
  if (
    endpoints[at] !== capabilities[from + capabilityGeneration] ||
    spaces[server + spaceClan] !== spaces[spaceBase + spaceClan]
  ) {
    return slow;
  }
  const badge = capabilities[from + capabilityBadge]!;
  if (endpoints[at + endpointPortal] === 0) return fastCallReceiver(k, at, badge);

  const activation = spaces[server + spaceFirstIdle]!;
  if (
    activation === 0 ||
    spaces[server + spaceActiveCount] !== 0 ||
    (threads[own + threadFlags]! & doomed) !== 0 ||
    // The end of a finite wait is counted from now, and here nobody knows the time. 0 and -1 pass.
    (registers[receiveTimeout]! + 1) >>> 0 > 1 ||
    k.portalDepth >= nestingMax
  ) {
    return slow;
  }
  const sent = registers[a1]!;
  const room = endpoints[at + endpointDescriptor]!;
  if ((sent | room) !== 0) {
    const to = endpoints[at + endpointSpace]!;
    if (!copyDirect(k, threads[own + threadSpace]!, sent, to, room)) return slow;
    registers[a1] = 0;
  }
  // ---- commit ----
  const entry = k.portalDepth << lazyEntryBits;
  k.lazyPortals[entry] = k.current;
  k.lazyPortals[entry + 1] = row;
  k.lazyPortals[entry + 2] = registers[receiveTimeout]!;
  k.lazyPortals[entry + 3] = registers[a2]!;
  spaces[server + spaceActiveCount] = 1;
  registers[callNumber] = 0;
  registers[badgeRegister] = badge;
  k.portal = row;
  k.current = activation;
  k.portalDepth++;
  k.lazyCount++;
  k.ipcCount++;
  return enterPortal;
}

/**
 * The running portal returned an answer, and since it was entered no event has looked at the
 * kernel: caller and activation stand as they stood, and there is nothing to put back.
 */
export function fastPortalReturned(k: Kernel): number {
  const { registers } = k;
  if (k.lazyCount === 0) return slow;
  const depth = k.portalDepth - 1;
  const caller = k.lazyPortals[depth << lazyEntryBits]!;
  const space = k.threads[(k.current << threadBits) + threadSpace]!;
  const room = k.lazyPortals[(depth << lazyEntryBits) + 3]!;
  const sent = registers[a1]!;
  if ((sent | room) !== 0) {
    const to = k.threads[(caller << threadBits) + threadSpace]!;
    if (!copyDirect(k, space, sent, to, room)) return slow;
    registers[a1] = 0;
  }
  // ---- commit ----
  k.spaces[(space << spaceBits) + spaceActiveCount] = 0;
  registers[callNumber] = 0;
  registers[badgeRegister] = 0;
  registers[statusRegister] = 0;
  k.portalDepth = depth;
  k.lazyCount--;
  k.current = caller;
  return resume;
}

/**
 * Writes down what the fast path left out: callers that wait, activations that run. Every event but
 * the two above does this first, so that nobody ever sees the difference.
 */
export function materialize(k: Kernel): void {
  const { lazyCount, portalDepth, current, portal } = k;
  k.lazyCount = 0;
  k.portalDepth -= lazyCount;
  for (let depth = k.portalDepth; depth < portalDepth; depth++) {
    const entry = depth << lazyEntryBits;
    k.current = k.lazyPortals[entry]!;
    const { lazyPortals } = k;
    enterWritten(k, lazyPortals[entry + 1]!, lazyPortals[entry + 2]!, lazyPortals[entry + 3]!);
  }
  assert(k.current === current, "what was left out leads to what runs", k.current, current);
  k.portal = portal;
}

/** The first receiver that waits at the endpoint takes a message from anybody. */
function fastCallReceiver(k: Kernel, at: number, badge: number): number {
  const { registers, threads, endpoints, replies } = k;
  const own = k.current << threadBits;
  const receiver = endpoints[at + endpointReceivers]!;
  const base = receiver << threadBits;
  const reply = threads[own + threadReply]!;
  if (
    receiver === 0 ||
    k.portalDepth !== 0 ||
    !k.directSwitch ||
    registers[receiveTimeout] !== -1 ||
    threads[own + threadTimed] !== 0 ||
    // A receiver in a long copy keeps its place in the queue, and nobody else gets it.
    (threads[own + threadPartner]! | threads[base + threadPartner]!) !== 0 ||
    threads[own + threadReadyIn] !== 0 ||
    threads[base + threadOnlyFrom] !== 0 ||
    threads[base + threadTimed] !== 0 ||
    threads[base + threadReadyIn] !== 0 ||
    k.readyBits >>> threads[base + threadPriority]! > 1
  ) {
    return slow;
  }
  const sent = registers[a1]!;
  const room = threads[base + threadReceiveDescriptor]!;
  if ((sent | room) !== 0) {
    const space = threads[own + threadSpace]!;
    if (!copyDirect(k, space, sent, threads[base + threadSpace]!, room)) return slow;
  }
  // ---- commit ----
  const next = threads[base + threadWaitNext]!;
  endpoints[at + endpointReceivers] = next;
  if (next === 0) endpoints[at + endpointReceiversTail] = 0;
  else threads[(next << threadBits) + threadWaitPrev] = 0;
  threads[base + threadWaitNext] = 0;
  threads[base + threadWaitsOn] = 0;
  threads[base + threadOwed] = reply;
  threads[base + threadOwedGeneration] = replies[reply << replyBits]!;
  replies[(reply << replyBits) + replyArmed] = 1;
  replies[(reply << replyBits) + replyDebtor] = receiver;
  threads[base + threadState] = stateReady;
  threads[own + threadState] = stateAwaitingReply;
  threads[own + threadReceiveDescriptor] = registers[a2]!;
  threads[own + threadWaitsOn] = reference(kindReply, reply);
  registers[callNumber] = callAwaitReply;
  swapRegisters(k, own + threadRegisters, base + threadRegisters, badge);
  k.current = receiver;
  k.ipcCount++;
  return switched;
}

/**
 * The registers of the thread that leaves go to its row, those of the one that comes are taken from
 * its row, and the message stays where it is: in the register file (and, as in the slow path, in both
 * rows).
 */
function swapRegisters(k: Kernel, from: number, to: number, badge: number): void {
  const { registers, threads } = k;
  threads[from] = registers[0]!;
  threads[from + 1] = registers[1]!;
  threads[from + 2] = registers[2]!;
  threads[from + 3] = registers[3]!;
  threads[from + 4] = registers[4]!;
  threads[from + 12] = registers[12]!;
  threads[from + 13] = registers[13]!;
  threads[from + 14] = registers[14]!;
  threads[from + 15] = registers[15]!;
  for (let i = label; i <= w5; i++) {
    const word = registers[i]!;
    threads[from + i] = word;
    threads[to + i] = word;
  }
  threads[to] = 0;
  threads[to + badgeRegister] = badge;
  threads[to + statusRegister] = 0;
  registers[0] = 0;
  registers[1] = threads[to + 1]!;
  registers[2] = threads[to + 2]!;
  registers[3] = threads[to + 3]!;
  registers[4] = threads[to + 4]!;
  registers[12] = badge;
  registers[13] = threads[to + 13]!;
  registers[14] = threads[to + 14]!;
  registers[15] = 0;
}

/** An answer to a caller that waits for it, and nobody else to serve: the caller goes on. */
export function fastReplyAndReceive(k: Kernel): number {
  const { registers, threads, endpoints, capabilities, replies } = k;
  const own = k.current << threadBits;
  const spaceBase = threads[own + threadSpace]! << spaceBits;
  const from = capabilityBase(k, spaceBase, registers[a0]!);
  if ((capabilities[from]! & kindAndReceive) !== endpointForReceiving) return slow;
  const row = capabilities[from + capabilityObject]!;
  const at = row << endpointBits;
  const reply = threads[own + threadOwed]!;
  const replyBase = reply << replyBits;
  const caller = replies[replyBase + replyThread]!;
  const base = caller << threadBits;
  if (
    endpoints[at] !== capabilities[from + capabilityGeneration] ||
    reply === 0 ||
    replies[replyBase] !== threads[own + threadOwedGeneration] ||
    (replies[replyBase + replyHeld]! | replies[replyBase + replyReplier]!) !== 0 ||
    caller === 0 ||
    (endpoints[at + endpointSenders]! | endpoints[at + endpointPortal]!) !== 0 ||
    k.portalDepth !== 0 ||
    !k.directSwitch ||
    (registers[a3]! | (registers[receiveTimeout]! + 1)) !== 0 ||
    (threads[own + threadTimed]! |
      threads[own + threadPartner]! |
      threads[own + threadReadyIn]!) !==
      0 ||
    threads[base + threadState] !== stateAwaitingReply ||
    (threads[base + threadTimed]! | threads[base + threadReadyIn]!) !== 0 ||
    threads[base + threadFlags] !== 0 ||
    k.readyBits >>> threads[base + threadPriority]! > 1
  ) {
    return slow;
  }
  const ownSpace = threads[own + threadSpace]!;
  const ownRoom = registers[a2]!;
  if (ownRoom !== 0 && !isDirect(k, ownSpace, ownRoom)) return slow;
  const sent = registers[a1]!;
  const room = threads[base + threadReceiveDescriptor]!;
  if ((sent | room) !== 0) {
    if (!copyDirect(k, ownSpace, sent, threads[base + threadSpace]!, room)) return slow;
  }
  // ---- commit ----
  replies[replyBase]! += 2;
  replies[replyBase + headerCapabilityCount] = 0;
  replies[replyBase + replyArmed] = 0;
  threads[own + threadOwed] = 0;
  threads[own + threadReceiveDescriptor] = ownRoom;
  threads[own + threadOnlyFrom] = 0;
  threads[own + threadState] = stateReceiving;
  threads[own + threadWaitsOn] = reference(kindEndpoint, row);
  const tail = endpoints[at + endpointReceiversTail]!;
  threads[own + threadWaitNext] = 0;
  threads[own + threadWaitPrev] = tail;
  if (tail === 0) endpoints[at + endpointReceivers] = k.current;
  else threads[(tail << threadBits) + threadWaitNext] = k.current;
  endpoints[at + endpointReceiversTail] = k.current;
  threads[base + threadWaitsOn] = 0;
  threads[base + threadState] = stateReady;
  registers[callNumber] = callReceive;
  swapRegisters(k, own + threadRegisters, base + threadRegisters, 0);
  k.current = caller;
  k.ipcCount++;
  return switched;
}
