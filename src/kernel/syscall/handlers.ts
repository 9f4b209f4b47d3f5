// The handlers of all kernel calls. The table must be complete: a call added to the ABI does not
// compile until it is here.
import { Syscall, syscallCount, type SyscallName } from "../../abi/index.ts";
import { awaitReply, reply, replyAndReceive, saveReply } from "../ipc/answer.ts";
import { call, receive, send } from "../ipc/rendezvous.ts";
import type { Kernel } from "../kernel.ts";
import { registerClasses } from "../object/class.ts";
import * as capability from "./capability-calls.ts";
import * as memory from "./memory-calls.ts";
import * as object from "./object-calls.ts";
import * as sync from "./sync-calls.ts";
import * as thread from "./thread-calls.ts";

registerClasses();

/** Runs the call in the register file for the running thread. Answers a `Next`, or `blocked`. */
export type Handler = (k: Kernel) => number;

const byName: Readonly<Record<SyscallName, Handler>> = {
  objectCreate: object.objectCreate,
  objectDestroy: object.objectDestroy,
  objectIdentify: object.objectIdentify,
  objectGetState: object.objectGetState,
  objectSetState: object.objectSetState,
  capabilityMint: capability.capabilityMint,
  capabilityCopy: capability.capabilityCopy,
  capabilityMove: capability.capabilityMove,
  capabilityDelete: capability.capabilityDelete,
  capabilityRevoke: capability.capabilityRevoke,
  send,
  receive,
  call,
  replyAndReceive,
  reply,
  awaitReply,
  saveReply,
  threadResume: thread.threadResume,
  threadStop: thread.threadStop,
  threadInterrupt: thread.threadInterrupt,
  threadSchedule: thread.threadSchedule,
  threadYield: thread.threadYield,
  threadSleep: thread.threadSleep,
  threadExit: thread.threadExit,
  notificationSignal: sync.notificationSignal,
  notificationWait: sync.notificationWait,
  notificationPoll: sync.notificationPoll,
  mutexLock: sync.mutexLock,
  mutexTryLock: sync.mutexTryLock,
  mutexUnlock: sync.mutexUnlock,
  conditionWait: sync.conditionWait,
  conditionSignal: sync.conditionSignal,
  conditionBroadcast: sync.conditionBroadcast,
  futexWait: sync.futexWait,
  futexWake: sync.futexWake,
  futexRequeue: sync.futexRequeue,
  timerSet: sync.timerSet,
  timerCancel: sync.timerCancel,
  regionRead: memory.regionRead,
  regionWrite: memory.regionWrite,
  setAdd: memory.setAdd,
  setRemove: memory.setRemove,
  spaceBind: memory.spaceBind,
  memoryRead: memory.memoryRead,
  memoryWrite: memory.memoryWrite,
  clockRead: memory.clockRead,
};

export const handlers: readonly (Handler | undefined)[] = Array.from(
  { length: syscallCount },
  (_, number) => {
    const found = Object.entries(Syscall).find(([, value]) => value === number);
    return found === undefined ? undefined : byName[found[0] as SyscallName];
  },
);
