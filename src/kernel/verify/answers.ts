// Reply objects: a thread and its reply object name each other, an armed one has a caller that waits
// (or whose state is out) and somebody who can answer, and a debt that is good is an armed one.
import { Kind, Syscall, ThreadState } from "../../abi/index.ts";
import { assert, isLive } from "../../base/index.ts";
import { Header, Reply, replyShift, Thread, threadShift } from "../layout.ts";
import type { Kernel } from "../kernel.ts";
import { pendingCall } from "./wait-queues.ts";

export function verifyAnswers(k: Kernel): void {
  const debtors = new Int32Array(k.tables[Kind.reply].highWater);
  const threads = k.tables[Kind.thread];
  for (let row = 1; row < threads.highWater; row++) {
    if (isLive(threads, row)) verifyThread(k, row, debtors);
  }
  const replies = k.tables[Kind.reply];
  for (let row = 1; row < replies.highWater; row++) {
    if (isLive(replies, row)) verifyReply(k, row, debtors[row]);
  }
}

function verifyThread(k: Kernel, row: number, debtors: Int32Array): void {
  const base = row << threadShift;
  const reply = k.threads[base + Thread.reply];
  const state = k.threads[base + Thread.state];
  const isExited = state === ThreadState.exited;
  assert(isExited === (reply === 0), "a thread has a reply object until it exits", row, reply);
  if (reply !== 0) {
    assert(isLive(k.tables[Kind.reply], reply), "a thread's reply object is live", row, reply);
    const thread = k.replies[(reply << replyShift) + Reply.thread];
    assert(thread === row, "a reply object names its thread", thread, row);
  }
  const isArmed = k.replies[(reply << replyShift) + Reply.armed] === 1;
  const waits =
    state === ThreadState.awaitingReply ||
    (state === ThreadState.transferring &&
      k.threads[base + Thread.step] === ThreadState.awaitingReply);
  assert(!waits || isArmed, "a caller waits on an armed reply object", row, reply);
  const owed = k.threads[base + Thread.owed];
  if (owed === 0) return;
  assert(!isExited, "an exited thread owes nothing", row, owed);
  const generation = k.replies[(owed << replyShift) + Header.generation];
  if (generation !== k.threads[base + Thread.owedGeneration]) return;
  assert(
    k.replies[(owed << replyShift) + Reply.armed] === 1,
    "an answer owed is waited for",
    row,
    owed,
  );
  const debtor = k.replies[(owed << replyShift) + Reply.debtor];
  assert(debtor === row, "a reply object knows who owes it", row, debtor);
  debtors[owed]++;
}

function verifyReply(k: Kernel, row: number, debtors: number): void {
  const base = row << replyShift;
  const thread = k.replies[base + Reply.thread];
  const replier = k.replies[base + Reply.replier];
  const names = k.replies[base + Header.capabilityCount];
  if (thread !== 0) {
    assert(isLive(k.tables[Kind.thread], thread), "a reply object's thread is live", row, thread);
    const own = k.threads[(thread << threadShift) + Thread.reply];
    assert(own === row, "a reply object is its thread's own", own, row);
  }
  if (replier !== 0) verifyReplier(k, row, replier);
  if (k.replies[base + Reply.armed] === 0) {
    assert(thread !== 0, "a reply object without a thread is waited for", row);
    assert(k.replies[base + Reply.held] === 0, "only an armed reply object is held", row);
    assert(replier === 0, "nobody waits to answer what nobody asked", row, replier);
    assert(names === 0, "a reply object that is not armed has no name", row, names);
    return;
  }
  const debtor = k.replies[base + Reply.debtor];
  assert(debtor === 0 || debtors === 1, "a reply object's debtor owes it", row, debtor);
  const hasAnswerer = debtors > 0 || names > 0 || replier !== 0;
  assert(hasAnswerer, "somebody can answer each caller", row, thread);
  if (thread !== 0) verifyCaller(k, thread);
}

function verifyReplier(k: Kernel, row: number, replier: number): void {
  const base = replier << threadShift;
  assert(isLive(k.tables[Kind.thread], replier), "who waits to answer is live", row, replier);
  const state = k.threads[base + Thread.state];
  const isHeld =
    state === ThreadState.transferring && k.threads[base + Thread.step] === ThreadState.replying;
  assert(state === ThreadState.replying || isHeld, "who waits to answer waits", replier, state);
}

/** The thread of an armed reply object waits for the answer, or will when it runs again. */
function verifyCaller(k: Kernel, thread: number): void {
  const state = k.threads[(thread << threadShift) + Thread.state];
  if (state === ThreadState.awaitingReply || state === ThreadState.transferring) return;
  const call = pendingCall(k, thread);
  assert(call === Syscall.awaitReply, "a caller has its wait still to make", thread, call);
}
