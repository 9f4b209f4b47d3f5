// How the workload makes calls: one composer per call, which puts arguments into the registers of the
// running thread. The table is complete by its type: a call added to the ABI must be simulated.
import type { SyscallName } from "../../src/abi/index.ts";
import type { Mind } from "../mind.ts";
import type { World } from "../world.ts";
import { capabilityComposers } from "./capability-composers.ts";
import { ipcComposers } from "./ipc-composers.ts";
import { objectComposers } from "./object-composers.ts";
import { syncComposers } from "./sync-composers.ts";
import { threadComposers } from "./thread-composers.ts";

/** Puts the arguments of one call into the register file. The call's number is set already. */
export type Composer = (world: World, mind: Mind) => void;

export const composers: Readonly<Record<SyscallName, Composer>> = {
  ...objectComposers,
  ...capabilityComposers,
  ...ipcComposers,
  ...threadComposers,
  ...syncComposers,
};

/** How often each call is made, in parts of the sum of all. */
export const weights: Readonly<Record<SyscallName, number>> = {
  objectCreate: 40,
  objectDestroy: 8,
  objectIdentify: 6,
  objectGetState: 14,
  objectSetState: 14,
  capabilityMint: 14,
  capabilityCopy: 14,
  capabilityMove: 10,
  capabilityDelete: 22,
  capabilityRevoke: 6,
  send: 50,
  receive: 70,
  call: 140,
  replyAndReceive: 60,
  reply: 24,
  awaitReply: 3,
  saveReply: 14,
  threadResume: 26,
  threadStop: 7,
  threadInterrupt: 16,
  threadSchedule: 8,
  threadYield: 6,
  threadSleep: 10,
  threadExit: 2,
  notificationSignal: 18,
  notificationWait: 14,
  notificationPoll: 4,
  mutexLock: 30,
  mutexTryLock: 6,
  mutexUnlock: 24,
  conditionWait: 36,
  conditionSignal: 8,
  conditionBroadcast: 8,
  futexWait: 14,
  futexWake: 10,
  futexRequeue: 8,
  timerSet: 10,
  timerCancel: 4,
  regionRead: 5,
  regionWrite: 5,
  setAdd: 6,
  setRemove: 3,
  spaceBind: 6,
  memoryRead: 5,
  memoryWrite: 5,
  clockRead: 2,
};
