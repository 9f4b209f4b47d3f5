// The fast path of IPC, short or with one direct string: a portal call and its return, a call to a
// waiting receiver, and a reply with a receive that finds no sender. All checks come first and any doubt answers `slow`; then the
// commit line. It adds no behaviour: the same calls on the slow path leave the same state, and a test
// compares them. One flat function per direction, since each call out of it costs as much as ten words.
//
// A portal call is lazy, as L3's queues are: it notes caller and endpoint and leaves the rest unwritten
// (the caller's waiting, the reply object, the activation) until some event looks at the kernel
// (`materialize`). A portal that only computes is gone before anybody does.
//
// It is made once per kernel and closes over it: where a core has a thread of its own, as each core does,
// the engine compiles the kernel's tables in as constants.
import { Kind, Next, portalNestingMax, Register, Right, Syscall } from "../../abi/index.ts";
import {
  Capability,
  capabilityShift,
  Endpoint,
  endpointShift,
  Space,
  spaceShift,
  Thread,
  ThreadFlag,
  threadShift,
} from "../layout.ts";
import { type FastPath, type Kernel, lazyEntryShift } from "../kernel.ts";
import { copyDirect } from "./direct-copy.ts";
import { createFastReceiver } from "./fast-receiver.ts";
import { slow } from "./slow.ts";

// Copies of the layout: V8 folds a module's own constants into optimised code, but loads imported ones
// from the other module each time. Measured on a null RPC: 1.7 times the whole kernel path.
const threadBits = threadShift;
const spaceBits = spaceShift;
const endpointBits = endpointShift;
const capabilityBits = capabilityShift;
const nestingMax = portalNestingMax;
const lazyEntryBits = lazyEntryShift;
const endpointForSending = Kind.endpoint | (Right.send << 8);
const kindAndSend = 0xff | (Right.send << 8);
const capabilityBadge = Capability.badge;
const capabilityGeneration = Capability.generation;
const capabilityObject = Capability.object;
const endpointDescriptor = Endpoint.descriptor;
const endpointPortal = Endpoint.portal;
const endpointSpace = Endpoint.space;
const enterPortal = Next.portal;
const resume = Next.resume;
const a0 = Register.a0;
const a1 = Register.a1;
const a2 = Register.a2;
const badgeRegister = Register.badge;
const callNumber = Register.call;
const receiveTimeout = Register.receiveTimeout;
const statusRegister = Register.status;
const spaceActiveCount = Space.activeCount;
const spaceClan = Space.clan;
const spaceFirstIdle = Space.firstIdleActivation;
const spacePages = Space.pages;
const threadFlags = Thread.flags;
const threadSpace = Thread.space;
const doomed = ThreadFlag.doomed;
const callCall = Syscall.call;
const callReplyAndReceive = Syscall.replyAndReceive;

export function createFastPath(k: Kernel): FastPath {
  const { registers, threads, spaces, endpoints, capabilities, lazyPortals } = k;
  const receiver = createFastReceiver(k);

  /** Base of the capability in a slot of a space, or 0. */
  const capabilityBase = (spaceBase: number, slot: number): number => {
    if (slot >>> 14 !== 0) return 0;
    const page = spaces[spaceBase + spacePages + (slot >>> 8)]!;
    return ((page << 8) | (slot & 255)) << capabilityBits;
  };

  /** `call` in the register file: to a portal, or to a receiver that waits. */
  const call = (): number => {
    const own = k.current << threadBits;
    const spaceBase = threads[own + threadSpace]! << spaceBits;
    const from = capabilityBase(spaceBase, registers[a0]!);
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
    if (endpoints[at + endpointPortal] === 0) return receiver.call(at, badge);

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
    lazyPortals[entry] = k.current;
    lazyPortals[entry + 1] = row;
    lazyPortals[entry + 2] = registers[receiveTimeout]!;
    lazyPortals[entry + 3] = registers[a2]!;
    spaces[server + spaceActiveCount] = 1;
    registers[callNumber] = 0;
    registers[badgeRegister] = badge;
    k.portal = row;
    k.current = activation;
    k.portalDepth++;
    k.lazyCount++;
    k.ipcCount++;
    return enterPortal;
  };

  /**
   * The running portal returned an answer, and since it was entered no event has looked at the
   * kernel: caller and activation stand as they stood, and there is nothing to put back.
   */
  const portalReturned = (): number => {
    if (k.lazyCount === 0 || k.switchWanted) return slow;
    const depth = k.portalDepth - 1;
    const caller = lazyPortals[depth << lazyEntryBits]!;
    const space = threads[(k.current << threadBits) + threadSpace]!;
    const room = lazyPortals[(depth << lazyEntryBits) + 3]!;
    const sent = registers[a1]!;
    if ((sent | room) !== 0) {
      const to = threads[(caller << threadBits) + threadSpace]!;
      if (!copyDirect(k, space, sent, to, room)) return slow;
      registers[a1] = 0;
    }
    // ---- commit ----
    spaces[(space << spaceBits) + spaceActiveCount] = 0;
    registers[callNumber] = 0;
    registers[badgeRegister] = 0;
    registers[statusRegister] = 0;
    k.portalDepth = depth;
    k.lazyCount--;
    k.current = caller;
    return resume;
  };

  /** The running thread makes the call in the register file. */
  const enter = (): number => {
    if (k.switchWanted) return slow;
    const number = registers[callNumber];
    if (number === callCall) return call();
    if (number !== callReplyAndReceive) return slow;
    const space = threads[(k.current << threadBits) + threadSpace]! << spaceBits;
    return receiver.replyAndReceive(capabilityBase(space, registers[a0]!));
  };

  return { enter, portalReturned };
}
