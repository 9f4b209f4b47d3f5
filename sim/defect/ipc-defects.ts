// Planted defects in IPC and in the calls on threads.
import { Kind, Register, Status, ThreadState } from "../../src/abi/index.ts";
import { prepend, remove } from "../../src/base/index.ts";
import {
  Endpoint,
  endpointShift,
  EndpointSet,
  endpointSetShift,
  referenceKind,
  referenceRow,
  Reply,
  replyShift,
  Space,
  spaceShift,
  Thread,
} from "../../src/kernel/layout.ts";
import { blocked, finish, waitLinks } from "../../src/kernel/waiting.ts";
import { type Defect, inCall, named, spaceOf, wentWell, word } from "./plant.ts";

export const ipcDefects: readonly Defect[] = [
  inCall("send", "a sender that waits goes to the head of its queue", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const isQueued = k.threads[word(thread, Thread.state)] === ThreadState.sending;
    if (next !== blocked || !isQueued) return next;
    const at =
      (referenceRow(k.threads[word(thread, Thread.waitsOn)]) << endpointShift) + Endpoint.senders;
    remove(waitLinks(k), k.endpoints, at, thread);
    prepend(waitLinks(k), k.endpoints, at, thread);
    return next;
  }),
  inCall("send", "a message that is sent is also sent again", (k, right) => {
    const thread = k.current;
    const registers = k.registers.slice();
    const next = right(k);
    if (!wentWell(k, thread)) return next;
    k.registers.set(registers);
    return right(k);
  }),
  inCall("receive", "a receiver that waits stands in its queue twice over", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const waitsOn = k.threads[word(thread, Thread.waitsOn)];
    if (next !== blocked || referenceKind(waitsOn) !== Kind.endpoint) return next;
    k.threads[word(thread, Thread.waitNext)] = thread;
    return next;
  }),
  inCall("receive", "a receiver of an endpoint set is not found by senders", (k, right) => {
    const thread = k.current;
    const next = right(k);
    const waitsOn = k.threads[word(thread, Thread.waitsOn)];
    if (next !== blocked || referenceKind(waitsOn) !== Kind.endpointSet) return next;
    const words = k.tables[Kind.endpointSet].words;
    const at = (referenceRow(waitsOn) << endpointSetShift) + EndpointSet.receivers;
    remove(waitLinks(k), words, at, thread);
    return next;
  }),
  inCall("call", "a call leaves its reply object unarmed", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (k.threads[word(thread, Thread.state)] !== ThreadState.awaitingReply) return next;
    k.replies[(k.threads[word(thread, Thread.reply)] << replyShift) + Reply.armed] = 0;
    return next;
  }),
  inCall("replyAndReceive", "a word of an answer is changed", (k, right) => {
    if (k.threads[word(k.current, Thread.owed)] !== 0) k.registers[Register.w3] ^= 4;
    return right(k);
  }),
  inCall("saveReply", "a debt that was saved is still owed", (k, right) => {
    const thread = k.current;
    const owed = k.threads[word(thread, Thread.owed)];
    const next = right(k);
    if (wentWell(k, thread)) k.threads[word(thread, Thread.owed)] = owed;
    return next;
  }),
];

export const threadDefects: readonly Defect[] = [
  inCall("threadSleep", "a thread that sleeps has no deadline", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (next === blocked) k.threads[word(thread, Thread.timed)] = 0;
    return next;
  }),
  inCall("threadSleep", "a sleep ends a millisecond early", (k, right) => {
    if (k.registers[Register.receiveTimeout] > 1000) k.registers[Register.receiveTimeout] -= 1000;
    return right(k);
  }),
  inCall("threadYield", "a thread that yields leaves the ready queue", (k, right) => {
    const thread = k.current;
    const next = right(k);
    if (next === blocked) k.threads[word(thread, Thread.readyIn)] = 0;
    return next;
  }),
  inCall("threadSchedule", "a new priority leaves a thread in its old queue", (k, right) => {
    const thread = named(k, Kind.thread);
    const priority = k.registers[Register.a1];
    const isQueued = thread !== 0 && k.threads[word(thread, Thread.readyIn)] !== 0;
    if (!isQueued || priority < 0 || priority > 31) return right(k);
    k.threads[word(thread, Thread.priority)] = priority;
    return finish(k, Status.ok);
  }),
  inCall("threadStop", "a thread that is stopped stays in its queue", (k, right) => {
    const thread = named(k, Kind.thread);
    const isQueued =
      thread !== k.current &&
      thread !== 0 &&
      k.threads[word(thread, Thread.state)] === ThreadState.receiving;
    if (!isQueued) return right(k);
    k.threads[word(thread, Thread.state)] = ThreadState.stopped;
    return finish(k, Status.ok);
  }),
  inCall("threadExit", "a thread that ends is still counted", (k, right) => {
    const space = spaceOf(k, k.current);
    const before = k.spaces[(space << spaceShift) + Space.threadCount];
    const next = right(k);
    k.spaces[(space << spaceShift) + Space.threadCount] = before;
    return next;
  }),
];
