// The queues of waiting threads: each member waits where its row says, each waiting thread is in
// exactly one queue, and nobody waits for what is there already (no lost wake-up).
import { Kind, Register, Syscall, ThreadState } from "../../abi/index.ts";
import { assert, forEachRow, isLive } from "../../base/index.ts";
import {
  Condition,
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  FutexQueue,
  Mutex,
  Notification,
  notificationShift,
  reference,
  referenceKind,
  referenceRow,
  Reply,
  replyShift,
  shiftOf,
  Thread,
  threadShift,
} from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { queueOf, waitStateOf } from "../waiting.ts";
import type { Written } from "./written.ts";

/** One queue of a kind: the word of its head, and the state of those who wait in it. */
interface QueueForm {
  readonly kind: number;
  readonly head: number;
  readonly state: number;
}

const queueForms: readonly QueueForm[] = [
  { kind: Kind.endpoint, head: Endpoint.senders, state: ThreadState.sending },
  { kind: Kind.endpoint, head: Endpoint.receivers, state: ThreadState.receiving },
  { kind: Kind.endpointSet, head: EndpointSet.receivers, state: ThreadState.receiving },
  { kind: Kind.notification, head: Notification.waiters, state: ThreadState.waitingNotification },
  { kind: Kind.mutex, head: Mutex.waiters, state: ThreadState.lockingMutex },
  { kind: Kind.condition, head: Condition.waiters, state: ThreadState.waitingCondition },
  { kind: Kind.futexQueue, head: FutexQueue.waiters, state: ThreadState.waitingFutex },
];

export function verifyWaitQueues(k: Kernel, written: Written): void {
  let queued = 0;
  for (const form of queueForms) {
    const table = k.tables[form.kind];
    for (let row = 1; row < table.highWater; row++) {
      if (isLive(table, row)) queued += verifyQueue(k, form, row);
    }
  }
  let waiting = 0;
  const threads = k.tables[Kind.thread];
  for (let row = 1; row < threads.highWater; row++) {
    if (isLive(threads, row)) waiting += verifyWaiter(k, row, written);
  }
  assert(queued === waiting, "each waiting thread is in one queue", queued, waiting);
  forEachRow(k.tables[Kind.endpoint], (row) => verifyMeeting(k, row));
  forEachRow(k.tables[Kind.notification], (row) => verifyNotification(k, row));
  verifySets(k);
}

function verifyQueue(k: Kernel, form: QueueForm, row: number): number {
  const words = k.tables[form.kind].words;
  const at = (row << shiftOf[form.kind]) + form.head;
  const ref = reference(form.kind, row);
  let count = 0;
  let previous = 0;
  for (let thread = words[at]; thread !== 0;) {
    const base = thread << threadShift;
    assert(k.threads[base + Thread.waitPrev] === previous, "wait links agree", thread, previous);
    assert(waitStateOf(k, thread) === form.state, "a queued thread waits", thread, form.state);
    assert(k.threads[base + Thread.waitsOn] === ref, "a thread waits in one queue", thread, row);
    previous = thread;
    count++;
    assert(count <= k.tables[Kind.thread].highWater, "a wait queue ends", row);
    thread = k.threads[base + Thread.waitNext];
  }
  assert(words[at + 1] === previous, "a wait queue ends at its tail", row, words[at + 1]);
  return count;
}

/** A thread's state, and what it says of its wait. Answers 1 if it must be in a queue. */
function verifyWaiter(k: Kernel, row: number, written: Written): number {
  const base = row << threadShift;
  const state = k.threads[base + Thread.state];
  const waitsOn = k.threads[base + Thread.waitsOn];
  if (k.threads[base + Thread.partner] !== 0) verifyTransfer(k, row, written);
  else assert(state !== ThreadState.transferring, "a long copy has two parties", row);
  verifyTime(k, row, written);
  switch (state) {
    case ThreadState.sending:
    case ThreadState.receiving:
    case ThreadState.waitingNotification:
    case ThreadState.lockingMutex:
    case ThreadState.waitingCondition:
    case ThreadState.waitingFutex:
      return 1;
    case ThreadState.awaitingReply:
      assert(
        waitsOn === reference(Kind.reply, k.threads[base + Thread.reply]),
        "a caller waits on its own reply object",
        row,
        waitsOn,
      );
      return 0;
    case ThreadState.replying:
      verifyReplier(k, row, referenceRow(waitsOn));
      return 0;
    case ThreadState.transferring:
      return queueOf(k, row) === undefined ? 0 : 1;
    default:
      assert(waitsOn === 0, "a thread that does not wait waits on nothing", row, waitsOn);
      return 0;
  }
}

function verifyReplier(k: Kernel, row: number, reply: number): void {
  assert(
    isLive(k.tables[Kind.reply], reply),
    "an answer waits for a live reply object",
    row,
    reply,
  );
  const replier = k.replies[(reply << replyShift) + Reply.replier];
  assert(replier === row, "a reply object knows who waits to answer", replier, row);
}

/** The call that the thread will make when it runs: in the register file while it runs. */
export function pendingCall(k: Kernel, row: number): number {
  if (row === k.current) return k.registers[Register.call];
  return k.threads[(row << threadShift) + Thread.registers + Register.call];
}

/** Two threads of a long copy: one waits on where it did, the other has its call still to make. */
function verifyTransfer(k: Kernel, row: number, written: Written): void {
  const base = row << threadShift;
  const partner = k.threads[base + Thread.partner];
  const other = partner << threadShift;
  assert(
    isLive(k.tables[Kind.thread], partner),
    "the partner of a long copy is live",
    row,
    partner,
  );
  assert(k.threads[other + Thread.partner] === row, "partners name each other", row, partner);
  if (k.threads[base + Thread.state] === ThreadState.transferring) {
    const otherState = k.threads[other + Thread.state];
    assert(otherState === ThreadState.ready, "one party of a long copy acts", row, otherState);
    verifyHeld(k, row);
    return;
  }
  const state = k.threads[base + Thread.state];
  assert(state === ThreadState.ready, "the acting party of a long copy can run", row, state);
  const call = pendingCall(k, row);
  const isIpc = call >= Syscall.send && call <= Syscall.awaitReply;
  assert(isIpc && row !== 0, "the acting party of a long copy has its call to make", row, call);
  assert(written.depth === 0 || row !== written.current, "no long copy stops in a portal", row);
}

/** The waiting party can be put back where it waited. */
function verifyHeld(k: Kernel, row: number): void {
  const base = row << threadShift;
  const step = k.threads[base + Thread.step];
  const ref = k.threads[base + Thread.waitsOn];
  const isParty =
    step === ThreadState.sending ||
    step === ThreadState.receiving ||
    step === ThreadState.awaitingReply ||
    step === ThreadState.replying;
  assert(isParty, "the waiting party of a long copy waited for it", row, step);
  const kind = referenceKind(ref);
  const isReply = step === ThreadState.awaitingReply || step === ThreadState.replying;
  assert(isReply === (kind === Kind.reply), "a held thread remembers where it waited", row, kind);
}

/** A wait with a time to it is timed, one without time to wait does not wait. */
function verifyTime(k: Kernel, row: number, written: Written): void {
  const base = row << threadShift;
  const registers = base + Thread.registers;
  const timed = k.threads[base + Thread.timed];
  const state = k.threads[base + Thread.state];
  let register: number = Register.receiveTimeout;
  switch (state) {
    case ThreadState.sending:
      if (k.threads[registers + Register.call] === Syscall.threadExit) return;
      register = Register.sendTimeout;
      break;
    case ThreadState.replying:
      register = Register.sendTimeout;
      break;
    case ThreadState.awaitingReply:
      // Callers below a portal wait in earnest once it has left them waiting.
      if (written.depth > 0 && isBelow(k, row)) return;
      break;
    case ThreadState.receiving:
    case ThreadState.waitingNotification:
    case ThreadState.lockingMutex:
    case ThreadState.waitingFutex:
    case ThreadState.sleeping:
      break;
    default:
      assert(timed !== 1, "only a thread that waits has a deadline that counts", row, state);
      return;
    case ThreadState.waitingCondition:
    case ThreadState.transferring:
      return;
  }
  const timeoutUs = k.threads[registers + register];
  assert(timeoutUs !== 0, "nobody waits who has no time to wait", row, state);
  assert(timeoutUs < 0 || timed === 1, "a wait that ends has a deadline", row, timeoutUs);
}

function isBelow(k: Kernel, row: number): boolean {
  const table = k.tables[Kind.thread];
  for (let thread = 1; thread < table.highWater; thread++) {
    if (!isLive(table, thread)) continue;
    if (k.threads[(thread << threadShift) + Thread.below] === row) return true;
  }
  return false;
}

/** No sender waits at an endpoint where a receiver waits who would take its message. */
function verifyMeeting(k: Kernel, row: number): void {
  const base = row << endpointShift;
  const sender = k.endpoints[base + Endpoint.senders];
  if (sender === 0) return;
  const portal = k.endpoints[base + Endpoint.portal];
  assert(portal === 0, "nobody waits at a portal", row, portal);
  verifyPairs(k, sender, k.endpoints[base + Endpoint.receivers]);
  const set = k.endpoints[base + Endpoint.set] << endpointSetShift;
  if (set === 0) return;
  verifyPairs(k, sender, k.tables[Kind.endpointSet].words[set + EndpointSet.receivers]);
}

function verifyPairs(k: Kernel, firstSender: number, firstReceiver: number): void {
  for (let receiver = firstReceiver; receiver !== 0;) {
    const onlyFrom = k.threads[(receiver << threadShift) + Thread.onlyFrom];
    for (let sender = firstSender; sender !== 0;) {
      const badge = k.threads[(sender << threadShift) + Thread.badge];
      const isMatch = (onlyFrom === 0 || onlyFrom === badge) && !isTaken(k, sender, receiver);
      assert(!isMatch, "a sender and a receiver that suit each other meet", sender, receiver);
      sender = k.threads[(sender << threadShift) + Thread.waitNext];
    }
    receiver = k.threads[(receiver << threadShift) + Thread.waitNext];
  }
}

/** Parties of a long copy keep their places, but nobody else gets them. */
function isTaken(k: Kernel, sender: number, receiver: number): boolean {
  const taken = ThreadState.transferring;
  const isSending = k.threads[(sender << threadShift) + Thread.state] === taken;
  return isSending || k.threads[(receiver << threadShift) + Thread.state] === taken;
}

function verifyNotification(k: Kernel, row: number): void {
  const base = row << notificationShift;
  const words = k.tables[Kind.notification].words;
  const bits = words[base + Notification.bits];
  if (bits === 0) return;
  for (let thread = words[base + Notification.waiters]; thread !== 0;) {
    const mask = k.threads[(thread << threadShift) + Thread.registers + Register.a1];
    assert((bits & mask) === 0, "nobody waits for bits that are there", row, thread);
    thread = k.threads[(thread << threadShift) + Thread.waitNext];
  }
}

/** Members of endpoint sets: linked both ways, counted, and each knows its set. */
function verifySets(k: Kernel): void {
  const words = k.tables[Kind.endpointSet].words;
  let linked = 0;
  forEachRow(k.tables[Kind.endpointSet], (set) => {
    const base = set << endpointSetShift;
    let count = 0;
    let previous = 0;
    for (let row = words[base + EndpointSet.members]; row !== 0;) {
      const at = row << endpointShift;
      assert(isLive(k.tables[Kind.endpoint], row), "a member of a set is live", row, set);
      assert(k.endpoints[at + Endpoint.set] === set, "a member knows its set", row, set);
      assert(k.endpoints[at + Endpoint.setPrev] === previous, "set links agree", row, previous);
      previous = row;
      count++;
      row = k.endpoints[at + Endpoint.setNext];
    }
    assert(words[base + EndpointSet.membersTail] === previous, "a set ends at its tail", set);
    assert(words[base + EndpointSet.memberCount] === count, "members are counted", set, count);
    linked += count;
  });
  let members = 0;
  forEachRow(k.tables[Kind.endpoint], (row) => {
    if (k.endpoints[(row << endpointShift) + Endpoint.set] !== 0) members++;
  });
  assert(members === linked, "each member is in its set's list", members, linked);
}
