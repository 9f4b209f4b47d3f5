// Cells of the coverage table that need not occur, each with its reason: what cannot, and what can but
// is too rare to insist on. For every outcome the table says which cells it belongs to, and why it
// belongs to no others; a cell that is in neither list must occur in a run of CI size.
import { type SyscallName, Syscall } from "../src/abi/index.ts";

/** A call being made, or a call at the later stage at which its thread was left waiting. */
type CellName = SyscallName | `${SyscallName} > ${SyscallName}`;

interface Rule {
  /** The cells that the outcome belongs to. */
  readonly at: readonly CellName[];
  /** Those of them that occur less than once in 25 seeds. */
  readonly rareAt?: readonly CellName[];
  /** Why it belongs to no others. */
  readonly why: string;
}

const callNames = Object.keys(Syscall) as SyscallName[];

function allBut(...calls: readonly SyscallName[]): CellName[] {
  return callNames.filter((name) => !calls.includes(name));
}

const later = [
  "call > awaitReply",
  "replyAndReceive > receive",
  "conditionWait > mutexLock",
] as const;

const nameless: readonly SyscallName[] = [
  "awaitReply",
  "saveReply",
  "threadYield",
  "threadSleep",
  "threadExit",
  "clockRead",
];

const waits: readonly SyscallName[] = [
  "send",
  "receive",
  "call",
  "replyAndReceive",
  "reply",
  "threadSleep",
  "notificationWait",
  "mutexLock",
  "conditionWait",
  "futexWait",
];

/** Calls that look at the state of what they name; the others are refused only to doomed portals. */
const looksAtState: readonly CellName[] = [
  "objectDestroy",
  "objectSetState",
  "send",
  "receive",
  "replyAndReceive",
  "threadResume",
  "threadStop",
  "threadInterrupt",
  "threadExit",
  "setAdd",
  "setRemove",
  "spaceBind",
];

const rules: Readonly<Record<string, Rule>> = {
  ok: {
    at: [...allBut("awaitReply", "threadSleep", "threadExit", "conditionWait"), ...later],
    why: "an exit has no answer, a sleep ends by its time, and the rest are answered at a later stage",
  },
  badCapability: {
    at: [...allBut(...nameless), ...later],
    why: "the call names nothing",
  },
  noRight: {
    at: [
      ...allBut(...nameless, "objectIdentify", "capabilityMove", "capabilityDelete", "reply"),
      "call > awaitReply",
      "replyAndReceive > receive",
    ],
    rareAt: [
      "call > awaitReply",
      "replyAndReceive > receive",
      "reply",
      "regionRead",
      "regionWrite",
    ],
    why: "the call needs no right, or a capability of its kind always has it",
  },
  badArgument: {
    at: [
      "objectCreate",
      "threadStop",
      "objectGetState",
      "objectSetState",
      "capabilityMint",
      "capabilityCopy",
      "capabilityMove",
      "send",
      "receive",
      "call",
      "call > awaitReply",
      "replyAndReceive",
      "replyAndReceive > receive",
      "reply",
      "saveReply",
      "threadSchedule",
      "threadSleep",
      "notificationSignal",
      "notificationWait",
      "mutexLock",
      "conditionWait",
      "futexWait",
      "futexRequeue",
      "timerSet",
      "spaceBind",
    ],
    rareAt: ["replyAndReceive > receive", "notificationSignal"],
    why: "no argument of the call has a range",
  },
  badAddress: {
    at: [
      "objectGetState",
      "objectSetState",
      "send",
      "receive",
      "call",
      "call > awaitReply",
      "replyAndReceive",
      "replyAndReceive > receive",
      "reply",
      "futexWait",
      "regionRead",
      "regionWrite",
      "memoryRead",
      "memoryWrite",
    ],
    rareAt: ["replyAndReceive > receive"],
    why: "the call has no address, or checked it at its first stage",
  },
  outOfObjects: {
    at: [
      "objectCreate",
      "objectGetState",
      "capabilityMint",
      "capabilityCopy",
      "capabilityMove",
      "receive",
      "call",
      "call > awaitReply",
      "replyAndReceive",
      "replyAndReceive > receive",
      "saveReply",
    ],
    rareAt: ["replyAndReceive", "replyAndReceive > receive"],
    why: "the call makes nothing and fills no slot",
  },
  slotOccupied: {
    at: [
      "objectCreate",
      "objectGetState",
      "capabilityMint",
      "capabilityCopy",
      "capabilityMove",
      "receive",
      "call",
      "call > awaitReply",
      "replyAndReceive",
      "replyAndReceive > receive",
      "saveReply",
    ],
    rareAt: ["receive", "replyAndReceive", "replyAndReceive > receive"],
    why: "the call fills no slot",
  },
  timeout: {
    at: [...waits, "call > awaitReply", "replyAndReceive > receive", "conditionWait > mutexLock"],
    why: "the call does not wait",
  },
  interrupted: {
    at: [...waits.filter((call) => call !== "conditionWait"), ...later],
    rareAt: ["replyAndReceive", "reply"],
    why: "the call does not wait, or its wait belongs to a later stage",
  },
  partnerGone: {
    at: [
      "send",
      "receive",
      "call",
      "replyAndReceive > receive",
      "call > awaitReply",
      "reply",
      "awaitReply",
      "notificationWait",
      "mutexLock",
      "conditionWait > mutexLock",
      "futexWait",
    ],
    rareAt: ["notificationWait"],
    why: "the call has no partner and waits for no object",
  },
  messageTooLong: {
    at: ["send", "call", "call > awaitReply", "replyAndReceive", "reply"],
    why: "the call sends nothing",
  },
  busy: {
    at: ["call", "reply"],
    rareAt: ["reply"],
    why: "only a portal that is active, and a reply object that is being answered, are busy",
  },
  portalMayNotBlock: {
    at: [...waits, "call > awaitReply", "threadStop"],
    rareAt: ["reply", "threadStop"],
    why: "the call does not wait, or has waited already when it comes to this stage",
  },
  nestingTooDeep: { at: ["call"], why: "only calls enter portals" },
  portalFault: { at: ["call", "call > awaitReply"], why: "only calls enter portals" },
  portalFuel: { at: ["call", "call > awaitReply"], why: "only calls enter portals" },
  wouldBlock: {
    at: ["mutexTryLock", "futexWait"],
    why: "the call waits, or has nothing to wait for",
  },
  notOwner: {
    at: ["mutexLock", "mutexTryLock", "mutexUnlock", "conditionWait", "conditionWait > mutexLock"],
    rareAt: ["conditionWait > mutexLock"],
    why: "the call is about no mutex, or its thread gave it up at the stage before",
  },
  ownerDied: {
    at: ["mutexLock", "mutexTryLock", "conditionWait > mutexLock"],
    why: "the call locks no mutex at this stage",
  },
  wrongState: {
    at: looksAtState,
    // Any call is refused to a portal whose space was destroyed under it.
    rareAt: [...allBut(...callNames.filter((name) => looksAtState.includes(name))), ...later],
    why: "any state of the object will do",
  },
  noReply: { at: ["reply", "saveReply"], why: "the call answers nobody" },
  badCall: { at: [], why: "the call exists" },
  blocked: {
    at: waits,
    why: "the call does not wait; stages after the first are not counted as calls",
  },
  switched: {
    at: allBut(),
    rareAt: [
      "awaitReply",
      "threadSleep",
      "timerCancel",
      "setRemove",
      "memoryRead",
      "memoryWrite",
      "regionRead",
      "regionWrite",
      "clockRead",
      "objectIdentify",
      "notificationPoll",
    ],
    why: "stages after the first are not counted as calls",
  },
  portal: { at: ["call"], why: "only calls enter portals" },
  again: {
    at: [
      "objectDestroy",
      "capabilityDelete",
      "capabilityRevoke",
      "send",
      "receive",
      "call",
      "replyAndReceive",
      "reply",
      "regionRead",
      "regionWrite",
      "memoryRead",
      "memoryWrite",
    ],
    rareAt: ["objectDestroy"],
    why: "the call has one step, or needs more waiting threads for a second than there are here",
  },
};

/** Why a cell need not occur; undefined if it must. */
export function unreachable(
  call: SyscallName,
  stage: SyscallName,
  outcome: string,
): string | undefined {
  if (isImpossible(call, stage, outcome)) return rules[outcome].why;
  const rule = rules[outcome];
  return rule?.rareAt?.includes(cellName(call, stage)) === true ? "it is rare" : undefined;
}

/** Whether a cell is said not to occur at all. */
export function isImpossible(call: SyscallName, stage: SyscallName, outcome: string): boolean {
  const rule = rules[outcome];
  const cell = cellName(call, stage);
  return rule !== undefined && !rule.at.includes(cell) && rule.rareAt?.includes(cell) !== true;
}

function cellName(call: SyscallName, stage: SyscallName): CellName {
  return call === stage ? call : `${call} > ${stage}`;
}
