// The fast path of IPC with a receiver: a call to one that waits, and a reply with a receive that finds
// no sender. It is part of the fast path (fastpath.ts says what that is) and as specialised: made once
// per kernel, whose tables the engine then compiles in as constants.
import { Kind, Next, Register, Right, Syscall, ThreadState } from "../../abi/index.ts";
import {
  Capability,
  Endpoint,
  endpointShift,
  Header,
  reference,
  Reply,
  replyShift,
  Thread,
  threadShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { copyDirect, isDirect } from "./direct-copy.ts";
import { slow } from "./slow.ts";

// Copies of the layout, as in fastpath.ts.
const threadBits = threadShift;
const endpointBits = endpointShift;
const replyBits = replyShift;
const endpointForReceiving = Kind.endpoint | (Right.receive << 8);
const kindAndReceive = 0xff | (Right.receive << 8);
const capabilityGeneration = Capability.generation;
const capabilityObject = Capability.object;
const endpointPortal = Endpoint.portal;
const endpointReceivers = Endpoint.receivers;
const endpointReceiversTail = Endpoint.receiversTail;
const endpointSenders = Endpoint.senders;
const headerCapabilityCount = Header.capabilityCount;
const kindEndpoint = Kind.endpoint;
const kindReply = Kind.reply;
const switched = Next.switched;
const a1 = Register.a1;
const a2 = Register.a2;
const a3 = Register.a3;
const callNumber = Register.call;
const receiveTimeout = Register.receiveTimeout;
const replyArmed = Reply.armed;
const replyDebtor = Reply.debtor;
const replyHeld = Reply.held;
const replyReplier = Reply.replier;
const replyThread = Reply.thread;
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
const stateAwaitingReply = ThreadState.awaitingReply;
const stateReady = ThreadState.ready;
const stateReceiving = ThreadState.receiving;

export interface FastReceiver {
  /** `call` to the endpoint at a base, by a capability with that badge. */
  call(at: number, badge: number): number;
  /** `replyAndReceive` by the capability at a base, 0 for none. */
  replyAndReceive(from: number): number;
}

export function createFastReceiver(k: Kernel): FastReceiver {
  const { registers, threads, endpoints, capabilities, replies } = k;

  /**
   * The registers of the thread that leaves go to its row, those of the one that comes are taken from
   * its row, and the message stays where it is, in the register file. The row of a thread that runs is
   * not true, so nothing is written there.
   */
  const swapRegisters = (from: number, to: number, badge: number): void => {
    threads[from] = registers[0]!;
    threads[from + 1] = registers[1]!;
    threads[from + 2] = registers[2]!;
    threads[from + 3] = registers[3]!;
    threads[from + 4] = registers[4]!;
    threads[from + 12] = registers[12]!;
    threads[from + 13] = registers[13]!;
    threads[from + 14] = registers[14]!;
    threads[from + 15] = registers[15]!;
    const label = registers[5]!;
    threads[from + 5] = label;
    const w0 = registers[6]!;
    threads[from + 6] = w0;
    const w1 = registers[7]!;
    threads[from + 7] = w1;
    const w2 = registers[8]!;
    threads[from + 8] = w2;
    const w3 = registers[9]!;
    threads[from + 9] = w3;
    const w4 = registers[10]!;
    threads[from + 10] = w4;
    const w5 = registers[11]!;
    threads[from + 11] = w5;
    registers[0] = 0;
    registers[1] = threads[to + 1]!;
    registers[2] = threads[to + 2]!;
    registers[3] = threads[to + 3]!;
    registers[4] = threads[to + 4]!;
    registers[12] = badge;
    registers[13] = threads[to + 13]!;
    registers[14] = threads[to + 14]!;
    registers[15] = 0;
  };

  /** The first receiver that waits at the endpoint takes a message from anybody. */
  const call = (at: number, badge: number): number => {
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
    swapRegisters(own + threadRegisters, base + threadRegisters, badge);
    k.current = receiver;
    k.ipcCount++;
    return switched;
  };

  /** An answer to a caller that waits for it, and nobody else to serve: the caller goes on. */
  const replyAndReceive = (from: number): number => {
    const own = k.current << threadBits;
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
    swapRegisters(own + threadRegisters, base + threadRegisters, 0);
    k.current = caller;
    k.ipcCount++;
    return switched;
  };

  return { call, replyAndReceive };
}
