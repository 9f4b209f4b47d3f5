// The kernel calls: their numbers, and the class of each in the sense of Fluke (OSDI '99, table 1):
//
//   trivial      reads or writes a word or two
//   short        touches a bounded number of rows
//   long         may touch many rows or bytes, and can be preempted between steps
//   multi-stage  may wait, and then leaves its thread at another call, named here
//
// A table that must be complete is a type: a call added here breaks the build until the kernel
// handles it, the simulator makes it and `docs/abi` has its page.

export const Syscall = {
  objectCreate: 1,
  objectDestroy: 2,
  objectIdentify: 3,
  objectGetState: 4,
  objectSetState: 5,
  capabilityMint: 6,
  capabilityCopy: 7,
  capabilityMove: 8,
  capabilityDelete: 9,
  capabilityRevoke: 10,
  send: 11,
  receive: 12,
  call: 13,
  replyAndReceive: 14,
  reply: 15,
  awaitReply: 16,
  saveReply: 17,
  threadResume: 18,
  threadStop: 19,
  threadInterrupt: 20,
  threadSchedule: 21,
  threadYield: 22,
  threadSleep: 23,
  threadExit: 24,
  notificationSignal: 25,
  notificationWait: 26,
  notificationPoll: 27,
  mutexLock: 28,
  mutexTryLock: 29,
  mutexUnlock: 30,
  conditionWait: 31,
  conditionSignal: 32,
  conditionBroadcast: 33,
  futexWait: 34,
  futexWake: 35,
  futexRequeue: 36,
  timerSet: 37,
  timerCancel: 38,
  regionRead: 39,
  regionWrite: 40,
  setAdd: 41,
  setRemove: 42,
  spaceBind: 43,
  memoryRead: 44,
  memoryWrite: 45,
  clockRead: 46,
} as const;

export type SyscallName = keyof typeof Syscall;
export const syscallCount = 47;

export type SyscallClass = "trivial" | "short" | "long" | "multi-stage";

export interface SyscallFacts {
  readonly class: SyscallClass;
  /** The calls at which a thread can be left waiting, or preempted, by this one. */
  readonly stages: readonly SyscallName[];
}

function once(kind: "trivial" | "short"): SyscallFacts {
  return { class: kind, stages: [] };
}

function waitsAs(...stages: SyscallName[]): SyscallFacts {
  return { class: "multi-stage", stages };
}

export const syscallFacts: Readonly<Record<SyscallName, SyscallFacts>> = {
  objectCreate: once("short"),
  objectDestroy: { class: "long", stages: ["objectDestroy"] },
  objectIdentify: once("trivial"),
  objectGetState: once("short"),
  objectSetState: once("short"),
  capabilityMint: once("short"),
  capabilityCopy: once("short"),
  capabilityMove: { class: "long", stages: [] },
  capabilityDelete: { class: "long", stages: ["capabilityDelete"] },
  capabilityRevoke: { class: "long", stages: ["capabilityRevoke"] },
  send: waitsAs("send"),
  receive: waitsAs("receive"),
  call: waitsAs("call", "awaitReply"),
  replyAndReceive: waitsAs("replyAndReceive", "receive"),
  reply: waitsAs("reply"),
  awaitReply: waitsAs("awaitReply"),
  saveReply: once("short"),
  threadResume: once("short"),
  threadStop: once("short"),
  threadInterrupt: once("short"),
  threadSchedule: once("short"),
  threadYield: once("trivial"),
  threadSleep: waitsAs("threadSleep"),
  threadExit: once("short"),
  notificationSignal: once("short"),
  notificationWait: waitsAs("notificationWait"),
  notificationPoll: once("trivial"),
  mutexLock: waitsAs("mutexLock"),
  mutexTryLock: once("trivial"),
  mutexUnlock: once("short"),
  conditionWait: waitsAs("mutexLock"),
  conditionSignal: once("short"),
  conditionBroadcast: { class: "long", stages: ["conditionBroadcast"] },
  futexWait: waitsAs("futexWait"),
  futexWake: { class: "long", stages: ["futexWake"] },
  futexRequeue: { class: "long", stages: ["futexRequeue"] },
  timerSet: once("short"),
  timerCancel: once("short"),
  regionRead: { class: "long", stages: ["regionRead"] },
  regionWrite: { class: "long", stages: ["regionWrite"] },
  setAdd: once("short"),
  setRemove: once("short"),
  spaceBind: once("short"),
  memoryRead: { class: "long", stages: ["memoryRead"] },
  memoryWrite: { class: "long", stages: ["memoryWrite"] },
  clockRead: once("trivial"),
};

const names = new Map<number, SyscallName>(
  Object.entries(Syscall).map(([name, value]) => [value, name as SyscallName]),
);

/** The name of a call number, or undefined if there is no such call. */
export function syscallName(call: number): SyscallName | undefined {
  return names.get(call);
}
