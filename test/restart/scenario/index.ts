// The scenarios by call. A call added to the ABI does not compile until it has one here, and the
// proof checks that the scenario makes the call.
import type { SyscallName } from "../../../src/abi/index.ts";
import type { Scenario } from "../proof.ts";
import * as ipc from "./ipc-scenarios.ts";
import * as object from "./object-scenarios.ts";
import * as sync from "./sync-scenarios.ts";
import * as thread from "./thread-scenarios.ts";

export const scenarios: Readonly<Record<SyscallName, Scenario>> = {
  objectCreate: object.objectCreate,
  objectDestroy: object.objectDestroy,
  objectIdentify: object.objectIdentify,
  objectGetState: object.objectState,
  objectSetState: object.objectState,
  capabilityMint: object.capabilities,
  capabilityCopy: object.capabilities,
  capabilityMove: object.capabilities,
  capabilityDelete: object.capabilityDelete,
  capabilityRevoke: object.capabilityRevoke,
  send: ipc.send,
  receive: ipc.receive,
  call: ipc.call,
  replyAndReceive: ipc.replyAndReceive,
  reply: ipc.reply,
  awaitReply: ipc.awaitReply,
  saveReply: ipc.saveReply,
  threadResume: thread.threadStop,
  threadStop: thread.threadStop,
  threadInterrupt: thread.threadInterrupt,
  threadSchedule: thread.threadSchedule,
  threadYield: thread.threadYield,
  threadSleep: thread.threadSleep,
  threadExit: thread.threadExit,
  notificationSignal: sync.notifications,
  notificationWait: sync.notifications,
  notificationPoll: sync.notifications,
  mutexLock: sync.mutexes,
  mutexTryLock: sync.mutexes,
  mutexUnlock: sync.mutexes,
  conditionWait: sync.conditions,
  conditionSignal: sync.conditions,
  conditionBroadcast: sync.broadcast,
  futexWait: sync.futexWake,
  futexWake: sync.futexWake,
  futexRequeue: sync.futexRequeue,
  timerSet: sync.timers,
  timerCancel: sync.timers,
  regionRead: thread.regions,
  regionWrite: thread.regions,
  setAdd: thread.sets,
  setRemove: thread.sets,
  spaceBind: thread.threadExit,
  memoryRead: thread.memory,
  memoryWrite: thread.memory,
  clockRead: thread.clock,
};

/** Further scenarios of calls that have one above: other sides, other ends. */
export const furtherScenarios: Readonly<Record<string, Scenario>> = {
  "a call that waits for a receiver to answer": ipc.callWaitingServer,
  "a send and a call that time out": ipc.sendTimeout,
  "calls to portals, nested and answered later": ipc.portal,
};
